"""The parts of a unit row that need nothing but the row: names, belonging, texts, notices, publication."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from codes.identifiers import InvalidIdentifier, OrganisationNumber
from core.clock import SWEDEN
from importers.issues import Trouble
from importers.kinds.cells import Cells
from importers.values import ages, codes, contacts, dates, notices
from importers.values.text import one_line, prose

MAX_NAME = 200
MAX_TEXT = 20_000
MAX_CONTACT = 255
MAX_IDENTIFIER = 128

WORKPLACE_CODE = "workplace-code"
"""System of the arbetsplatskod among a unit's other identifiers."""

_KINDS = {
    "care_unit": "care_unit",
    "vårdenhet": "care_unit",
    "unit": "unit",
    "enhet": "unit",
    "provider": "provider",
    "vårdgivare": "provider",
}
_STATUSES = {
    "active": "active",
    "aktiv": "active",
    "closed": "closed",
    "stängd": "closed",
    "nedlagd": "closed",
}
_LISTING = {
    "open": "open",
    "öppen": "open",
    "queue": "queue",
    "kö": "queue",
    "closed": "closed",
    "stängd": "closed",
    "full": "closed",
}
_TEXTS = {
    "description": "description",
    "about": "about",
    "before_visit": "patient_information",
    "price": "price_information",
    "directions": "directions",
    "indoor_directions": "indoor_directions",
    "referral_rules": "referral_rules",
    "visiting_rules": "visiting_rules",
}


def names(cells: Cells) -> dict[str, Any]:
    """Public name, other names, former names."""
    found: dict[str, Any] = {"name": _cut(cells, "name", one_line(cells.first("name")), MAX_NAME)}
    if not found["name"]:
        cells.reject("name-missing", "name", None, "the row has no name for the unit")
    taken = {found["name"].casefold()}
    for column in ("alternative_names", "former_names"):
        kept = []
        for value in cells.all(column):
            name = _cut(cells, column, one_line(value), MAX_NAME)
            if name and name.casefold() not in taken:
                taken.add(name.casefold())
                kept.append(name)
        found[column] = kept
    return found


def belonging(cells: Cells) -> dict[str, Any]:
    """Kind, parent, provider, relations, other identifiers, who answers for the information."""
    related = [
        found for value in cells.all("related_hsa_ids") if (found := cells.hsa_id("related_hsa_ids", value))
    ]
    workplace = [
        {"system": WORKPLACE_CODE, "value": value} for value in _identifiers(cells, "prescription_code")
    ]
    return {
        "kind": choice(cells, "kind", _KINDS),
        "parent": cells.hsa_id("parent_hsa_id", cells.first("parent_hsa_id")),
        "provider": _provider(cells),
        "related_units": [one for one in dict.fromkeys(related) if one != cells.key],
        "successor": cells.hsa_id("successor_hsa_id", cells.first("successor_hsa_id")),
        "external_identifiers": workplace,
        "responsible_contact": one_line(cells.first("responsible_contact"))[:MAX_CONTACT],
    }


def texts(cells: Cells) -> dict[str, str]:
    """Longer texts, their paragraphs kept."""
    found = {
        kind: _cut(cells, column, prose(cells.first(column)), MAX_TEXT) for kind, column in _TEXTS.items()
    }
    return {kind: text for kind, text in found.items() if text}


def all_notices(cells: Cells) -> list[dict[str, str]]:
    """Temporary notices; the date columns hold for a notice that has no dates of its own."""
    first = cells.read("notice_from", dates.local_date)
    last = cells.read("notice_to", dates.local_date)
    found = []
    for value in cells.all("notice"):
        notice, troubles = notices.parse_notice(value)
        cells.note(troubles, "notice", value)
        if notice is None:
            continue
        dated = notice.starts_on or notice.ends_on
        starts, ends = (notice.starts_on, notice.ends_on) if dated else (first, last)
        if starts and ends and ends < starts:
            cells.warn(
                "notice-dates", "notice_to", cells.first("notice_to"), "the notice ends before it starts"
            )
            continue
        entry = {"text": notice.text[:MAX_TEXT]} | _iso(starts_on=starts, ends_on=ends)
        if entry not in found:
            found.append(entry)
    return found


def age_rules(cells: Cells) -> list[dict[str, Any]]:
    """Ages received."""
    found = []
    for value in cells.all("age_rules"):
        rule, troubles = ages.parse_age_rule(value)
        cells.note(troubles, "age_rules", value)
        if rule is not None:
            parts = {"min_age": rule.min_age, "max_age": rule.max_age, "note": rule.note or None}
            found.append({part: value for part, value in parts.items() if value is not None})
    return found


def e_services(cells: Cells) -> list[dict[str, str]]:
    """Named web addresses, one per name."""
    found: dict[str, dict[str, str]] = {}
    for value in cells.all("e_services"):
        service, troubles = contacts.named_url(value)
        cells.note(troubles, "e_services", value)
        if service:
            found.setdefault(service[0].casefold(), {"name": service[0], "url": service[1]})
    return list(found.values())


def listing(cells: Cells) -> dict[str, Any] | None:
    """Whether one can list; a queue's length counts only with a queue."""
    status = choice(cells, "listing_status", _LISTING)
    if status is None:
        return None
    found: dict[str, Any] = {"status": status}
    length = cells.read("queue_length", codes.whole_number)
    if status == "queue" and length is not None:
        found["queue_length"] = length
    since = cells.read("listing_since", dates.local_date)
    return found | _iso(since=since)


def publication(cells: Cells) -> dict[str, str]:
    """From the first moment of the first day until the end of the last day, Swedish time, as UTC instants."""
    first = cells.read("publish_from", dates.local_date)
    last = cells.read("publish_to", dates.local_date)
    if first and last and last < first:
        message = "the unit would be shown until a day before it is first shown; both dates were left out"
        cells.warn("publication-window", "publish_to", cells.first("publish_to"), message)
        return {}
    found = {}
    if first:
        found["publish_from"] = _midnight(first)
    if last and last < date.max:
        found["publish_to"] = _midnight(last + timedelta(days=1))
    return found


def status(cells: Cells) -> str | None:
    """Active or closed, if the file says."""
    return choice(cells, "status", _STATUSES)


def choice(cells: Cells, column: str, known: dict[str, str]) -> str | None:
    """One of a few words."""
    text = cells.first(column)
    if not text:
        return None
    found = known.get(one_line(text).casefold())
    if found is None:
        words = ", ".join(dict.fromkeys(known.values()))
        cells.warn("word-unknown", column, text, f"the value is not one of {words} and was left out")
    return found


def _provider(cells: Cells) -> dict[str, str]:
    found = {}
    if name := one_line(cells.first("provider_name")):
        found["name"] = name[:MAX_NAME]
    if text := cells.first("organisation_number"):
        try:
            found["organisation_number"] = OrganisationNumber.parse(text).value
        except InvalidIdentifier as invalid:
            cells.warn(
                "organisation-number", "organisation_number", text, f"{invalid.detail}; it was left out"
            )
    return found


def _identifiers(cells: Cells, column: str) -> list[str]:
    values = [one_line(value) for value in cells.all(column)]
    return [value for value in dict.fromkeys(values) if value and len(value) <= MAX_IDENTIFIER]


def _cut(cells: Cells, column: str, text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cells.note([Trouble("too-long", f"only the first {length} characters were kept")], column, text)
    return text[:length].rstrip()


def _midnight(day: date) -> str:
    moment = datetime.combine(day, time(), SWEDEN).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _iso(**days: date | None) -> dict[str, str]:
    return {name: day.isoformat() for name, day in days.items() if day}
