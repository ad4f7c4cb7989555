"""The history of a unit, field by field, in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from directory.record import CODED_FIELDS, LABELS
from directory.views import WITHHELD

MAX_LENGTH = 300
Label = Callable[[str, str], str]
_STATUS = {"active": lazy_gettext("i drift"), "closed": lazy_gettext("nedlagd")}
_CODED_PARTS = {"offerings": "care-service", "professions": "profession", "accessibility": "accessibility"}


@dataclass(frozen=True)
class Change:
    """One row of the table."""

    at: datetime
    field: str
    old: str
    new: str
    source: str


def change(
    at: datetime, path: str, old: Any, new: Any, source: str | None, language: str, label: Label
) -> Change:
    """One change with its values as short texts."""
    return Change(
        at,
        field_name(path, language),
        readable(in_words(path, old, label)),
        readable(in_words(path, new, label)),
        source or "",
    )


def in_words(path: str, value: Any, label: Label) -> Any:
    """Codes with what they stand for, as far as they have a label."""
    if path == "status":
        return str(_STATUS.get(value, value)) if value else value
    system = CODED_FIELDS.get(path)
    if system and isinstance(value, list):
        return [label(system, code) for code in value]
    if path in _CODED_PARTS and isinstance(value, list):
        return [{**part, "code": label(_CODED_PARTS[path], part.get("code", ""))} for part in value]
    return value


def field_name(path: str, language: str) -> str:
    """`hours.telephone` as people call it."""
    field, _dot, part = path.partition(".")
    label = LABELS.get(field)
    name = getattr(label, language, label.sv) if label else field
    return f"{name} ({_PARTS.get(part, part)})" if part else name


def readable(value: Any) -> str:
    """A value of the record as one line of text."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, Mapping):
        return _short(", ".join(_pairs(value)))
    if isinstance(value, list | tuple):
        return _short("; ".join(readable(item) for item in value))
    return _short(str(value))


_PARTS = {
    "visiting": lazy_gettext("besök"),
    "postal": lazy_gettext("post"),
    "opening": lazy_gettext("öppettider"),
    "telephone": lazy_gettext("telefontider"),
    "drop_in": lazy_gettext("drop-in"),
    "phone": lazy_gettext("telefon"),
    "website": lazy_gettext("webbplats"),
    "email": lazy_gettext("e-post"),
    "switchboard": lazy_gettext("växel"),
    "about": lazy_gettext("om oss"),
    "before_visit": lazy_gettext("innan besöket"),
    "price": lazy_gettext("pris"),
    "directions": lazy_gettext("hitta hit"),
    "referral_rules": lazy_gettext("remiss"),
    "description": lazy_gettext("beskrivning"),
}


def _pairs(value: Mapping[str, Any]) -> Iterable[str]:
    for key, part in value.items():
        text = readable(part) if key not in WITHHELD else ""
        if text:
            yield text


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
