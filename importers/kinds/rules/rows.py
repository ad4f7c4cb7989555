"""One row of a file of rules as a decision, or the issues that say why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from importers.issues import Issue, Trouble, has_error
from importers.kinds.cells import Cells
from importers.kinds.rules.columns import json_object
from importers.kinds.rules.files import RuleRow
from importers.values import dates
from importers.values.codes import county_code, whole_number
from importers.values.text import one_line
from listing.policy.checks import departures
from listing.policy.model import HEALTH_CENTRE, LISTING_TYPES, ListingType
from listing.policy.parse import from_record
from listing.policy.services import About, Decision, DecisionKind
from listing.policy.succession import Days

KINDS: tuple[DecisionKind, ...] = ("policy", "contract", "limit")
MAX_PLACES = 1_000_000
_WORDS = {"regler": "policy", "avtal": "contract", "tak": "limit", "listningstak": "limit"}


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """What a row needs to know of a unit that is there."""

    id: int
    region: str | None


@dataclass(frozen=True)
class RuleRead:
    """What became of one row. `about` is known even for most rejected rows, so that they count as named."""

    row: int
    key: str
    decision: Decision | None
    about: About | None
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Known:
    """What is there: units by HSA-id, the regions' codes. `limited` is the region that the import is for."""

    units: Mapping[str, KnownUnit]
    regions: frozenset[str]
    limited: str | None = None


def read_row(rule: RuleRow, known: Known) -> RuleRead:
    """Read one row as a decision."""
    cells = Cells(rule.raw)
    kind, listing_type = _kind(cells), _listing_type(cells)
    days = _days(cells)
    subject: str | int | None = None
    if kind == "policy":
        subject = _region(cells, known)
    elif kind:
        subject = _unit(cells, known)
    content = _content(cells, kind, rule.parameters, listing_type)
    about = (kind, subject, listing_type) if kind and subject is not None and listing_type else None
    key = cells.key or (subject if isinstance(subject, str) else "")
    issues = tuple(cells.issues)
    decision = None
    if about is not None and days is not None and not has_error(issues):
        decision = Decision(about, days, content, f"{kind} {key} {listing_type}")
    return RuleRead(rule.raw.number, key, decision, about, issues)


def _kind(cells: Cells) -> DecisionKind | None:
    word = cells.first("type").casefold()
    word = _WORDS.get(word, word)
    if word in KINDS:
        return word
    cells.reject("type-unknown", "type", word or None, f"write one of {', '.join(KINDS)}")
    return None


def _listing_type(cells: Cells) -> ListingType | None:
    word = cells.first("listing_type").casefold() or HEALTH_CENTRE
    if word in LISTING_TYPES:
        return word
    cells.reject("listing-type-unknown", "listing_type", word, f"write one of {', '.join(LISTING_TYPES)}")
    return None


def _days(cells: Cells) -> Days | None:
    first, last = _date(cells, "valid_from"), _date(cells, "valid_to")
    if first and last and last < first:
        cells.reject("validity", "valid_to", cells.first("valid_to"), "the last day is before the first")
        return None
    return Days(first, last + timedelta(days=1) if last else None)


def _date(cells: Cells, name: str) -> Any:
    """A day; one that cannot be read rejects the row, because a period must not become another."""
    text = cells.first(name)
    day, troubles = dates.local_date(text)
    cells.note([Trouble(trouble.code, trouble.message, "error") for trouble in troubles], name, text)
    return day


def _region(cells: Cells, known: Known) -> str | None:
    text = cells.first("region") or known.limited or ""
    code, _ = county_code(text)
    if code not in known.regions:
        cells.reject("region", "region", text or None, "a policy needs a region's two digits, as in 03")
        return None
    if known.limited and code != known.limited:
        cells.reject("other-region", "region", text, f"the import is limited to region {known.limited}")
    return code


def _unit(cells: Cells, known: Known) -> int | None:
    key = cells.read_key()
    if key is None:
        return None
    unit = known.units.get(key)
    if unit is None:
        cells.reject("unit-unknown", "hsa_id", key, "no unit with this HSA-id is known; import units first")
        return None
    if known.limited and unit.region != known.limited:
        cells.reject("other-region", "hsa_id", key, f"the import is limited to region {known.limited}")
    return unit.id


def _content(
    cells: Cells, kind: DecisionKind | None, given: dict[str, Any], listing_type: ListingType | None
) -> dict[str, Any]:
    reference = one_line(cells.first("decision_reference"))
    if kind == "contract":
        return {"reference": reference or None}
    if not reference and kind:
        message = "a policy or a limit needs the reference of its decision"
        cells.reject("reference-missing", "decision_reference", None, message)
    if kind == "limit":
        return _limit(cells, reference)
    return _policy(cells, reference, given, listing_type) if kind == "policy" else {}


def _limit(cells: Cells, reference: str) -> dict[str, Any]:
    text = cells.first("places")
    places, troubles = whole_number(text)
    if places is None or troubles or places > MAX_PLACES:
        cells.reject("places", "places", text or None, f"write a whole number from 0 to {MAX_PLACES}")
    decided_by = one_line(cells.first("decided_by")) or None
    return {"places": places, "decision_reference": reference, "decided_by": decided_by}


def _policy(
    cells: Cells, reference: str, given: dict[str, Any], listing_type: ListingType | None
) -> dict[str, Any]:
    record = {**cells.read("parameters", json_object), **given}
    parsed = from_record(record, listing_type or HEALTH_CENTRE)
    for problem in parsed.problems:
        cells.reject(problem.code, problem.path, problem.value, problem.message)
    if parsed.policy is not None and listing_type:
        for told in departures(parsed.policy, listing_type):
            cells.warn(told.code, told.path, told.value, told.message)
    decided_on = _date(cells, "decided_on")
    return {"decision_reference": reference, "decided_on": decided_on, "parameters": record}
