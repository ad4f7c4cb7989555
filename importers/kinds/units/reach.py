"""How a unit is reached: contacts and hours."""

from functools import lru_cache
from typing import Any

from directory.hours import InvalidHours, Parsed, Schedule, encode, parse_hsa, parse_text
from importers.issues import Trouble
from importers.kinds.cells import Cells
from importers.values import contacts

_PHONES = ("phone", "switchboard", "text_phone", "video_phone", "sms", "fax")
_HOURS = {
    "opening": "opening_hours",
    "telephone": "telephone_hours",
    "drop_in": "drop_in_hours",
    "visiting": "visiting_hours",
}


def public_contacts(cells: Cells) -> dict[str, list[str]]:
    """Contacts for everyone, per kind."""
    found = {kind: _phones(cells, kind) for kind in _PHONES}
    found["email"] = _emails(cells, "email")
    found["website"] = _websites(cells)
    return {kind: values for kind, values in found.items() if values}


def professional_contacts(cells: Cells) -> dict[str, list[str]]:
    """Contacts for staff alone."""
    found = {"phone": _phones(cells, "professional_phone"), "email": _emails(cells, "professional_email")}
    return {kind: values for kind, values in found.items() if values}


def hours(cells: Cells) -> dict[str, dict[str, Any]]:
    """The JSON form of each kind of hours that the row carries."""
    found = {}
    for kind, column in _HOURS.items():
        schedule = _schedule(cells, column)
        if kind == "opening":
            schedule = _with_exceptions(cells, schedule)
        if encoded := _encoded(schedule):
            found[kind] = encoded
    return found


def _schedule(cells: Cells, column: str) -> Schedule:
    values = cells.all(column)
    if not values:
        return Schedule()
    return _noted(cells, column, _parsed(tuple(values)))


@lru_cache(maxsize=4096)
def _parsed(values: tuple[str, ...]) -> Parsed:
    """Units share their hours: a national file has a few hundred different ones."""
    is_hsa = any("#" in value for value in values)
    return parse_hsa(values) if is_hsa else parse_text("; ".join(values))


@lru_cache(maxsize=4096)
def _encoded(schedule: Schedule) -> dict[str, Any]:
    """Shared between records, which nobody changes once they are made."""
    return encode(schedule)


def _with_exceptions(cells: Cells, schedule: Schedule) -> Schedule:
    values = cells.all("hours_exceptions")
    if not values:
        return schedule
    extra = _noted(cells, "hours_exceptions", parse_text("; ".join(values)))
    try:
        return Schedule(
            weekly=schedule.weekly + extra.weekly,
            exceptions=schedule.exceptions + extra.exceptions,
            holidays=schedule.holidays + extra.holidays,
            note=schedule.note,
        )
    except InvalidHours as invalid:
        cells.warn("hours-exceptions", "hours_exceptions", "; ".join(values), f"{invalid.detail}; left out")
        return schedule


def _noted(cells: Cells, column: str, parsed: Parsed) -> Schedule:
    for problem in parsed.problems:
        trouble = Trouble(problem.code, problem.message, "info" if problem.kept else "warning")
        cells.note([trouble], column, problem.text)
    return parsed.schedule


def _phones(cells: Cells, column: str) -> list[str]:
    values = cells.all(column)
    if not values:
        return []
    found, troubles = contacts.phones(values)
    cells.note(troubles, column, "|".join(values))
    return found


def _emails(cells: Cells, column: str) -> list[str]:
    values = cells.all(column)
    found, troubles = contacts.emails(values)
    cells.note(troubles, column, "|".join(values))
    return found


def _websites(cells: Cells) -> list[str]:
    found = []
    for value in cells.all("website"):
        address, troubles = contacts.website(value)
        cells.note(troubles, "website", value)
        if address and address not in found:
            found.append(address)
    return found
