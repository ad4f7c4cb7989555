"""What the unit offers, to whom, by whom and how."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _

from web.site.presenters.contact import Contact, safe_url

Label = Callable[[str, str], str]
DELIVERY = {
    "on-site": lazy_gettext("på plats"),
    "video": lazy_gettext("videosamtal"),
    "phone": lazy_gettext("telefon"),
    "chat": lazy_gettext("chatt"),
    "home": lazy_gettext("hemma hos dig"),
    "mobile": lazy_gettext("mobil mottagning"),
}
SEX = {"male": lazy_gettext("för män"), "female": lazy_gettext("för kvinnor")}
ACCESS = {
    "yes": lazy_gettext("finns"),
    "no": lazy_gettext("finns inte"),
    "partly": lazy_gettext("finns delvis"),
}


@dataclass(frozen=True)
class Service:
    """One coded service and its conditions in words."""

    code: str
    name: str
    facts: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Named:
    """A name, what stands beside it, and a tone for its mark."""

    name: str
    more: str = ""
    tone: str = ""


def services(offerings: Iterable[Mapping[str, Any]], label: Label, today: date) -> tuple[Service, ...]:
    """The services in force today, in the order of the record."""
    return tuple(
        Service(o["code"], label("care-service", o["code"]), tuple(_facts(o)), o.get("note", ""))
        for o in offerings
        if o.get("valid_from", "") <= today.isoformat() <= o.get("valid_to", "9999")
    )


def age_range(low: int | None, high: int | None) -> str:
    """`från 18 år`, `till och med 5 år`, `6–17 år`; "" when all are received."""
    if low and high is not None:
        return _("%(low)s–%(high)s år", low=low, high=high)
    if low:
        return _("från %(age)s år", age=low)
    if high is not None:
        return _("till och med %(age)s år", age=high)
    return ""


def ages(rules: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The ages that the unit receives."""
    texts = []
    for rule in rules:
        text = age_range(rule.get("min_age"), rule.get("max_age")) or _("alla åldrar")
        texts.append(f"{text} ({rule['note']})" if rule.get("note") else text)
    return tuple(texts)


def professions(entries: Iterable[Mapping[str, Any]], label: Label, today: date) -> tuple[Named, ...]:
    """Professions, and which are not from the catalogue; a manual entry that has expired is not shown."""
    found = []
    for entry in entries:
        until = entry.get("valid_until", "")
        if until and until < today.isoformat():
            continue
        more = ""
        if entry.get("origin") == "manual":
            more = _("angivet av regionen")
            if until:
                day = format_date(date.fromisoformat(until[:10]), "d MMMM y")
                more = _("angivet av regionen, gäller till %(date)s", date=day)
        found.append(Named(label("profession", entry["code"]), more, entry.get("origin", "")))
    return tuple(found)


def accessibility(entries: Iterable[Mapping[str, Any]], label: Label) -> tuple[Named, ...]:
    """Accessibility facts with yes, no or partly in words."""
    found = []
    for entry in entries:
        value = entry.get("value", "yes")
        words = str(ACCESS.get(value, value))
        more = f"{words}: {entry['note']}" if entry.get("note") else words
        found.append(Named(label("accessibility", entry["code"]), more, value))
    return tuple(found)


def e_services(entries: Iterable[Mapping[str, Any]]) -> tuple[Contact, ...]:
    """E-services; one without an address is named all the same."""
    return tuple(
        Contact("e-service", "", e["name"], safe_url(e.get("url", ""))) for e in entries if e.get("name")
    )


def _facts(offering: Mapping[str, Any]) -> Iterable[str]:
    age = age_range(offering.get("min_age"), offering.get("max_age"))
    if age:
        yield age
    if offering.get("sex"):
        yield str(SEX[offering["sex"]])
    if offering.get("referral") is not None:
        yield _("remiss krävs") if offering["referral"] else _("ingen remiss behövs")
    ways = [str(DELIVERY[way]) for way in offering.get("delivery", ()) if way in DELIVERY]
    if ways and ways != [str(DELIVERY["on-site"])]:
        yield ", ".join(ways)
