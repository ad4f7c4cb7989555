"""One row of a register that is taken over as a listing or a queue place, or why not.

As in a population file no issue repeats a value: which unit somebody has would tell where a protected person
is, and the report goes to people who need not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

from codes.identifiers import InvalidIdentifier, PersonId, parse_person_id
from importers.issues import Issue, Trouble
from importers.kinds.listings.columns import BASES, END_REASONS, MOST_PRIORITY, PRIORITY_REASONS, TYPES
from importers.readers import RawRow
from importers.values import dates
from importers.values.codes import boolean
from listing.policy.codes import ListingType, PriorityReason
from listing.policy.model import HEALTH_CENTRE, LISTING_TYPES
from listing.rules.days import beginning_of
from listing.services.takeover import Held, Waiting

EARLIEST = date(1990, 1, 1)


@dataclass(slots=True)
class Read:
    """What became of a row, before the person's key is known: `entry` has key 0 until then."""

    row: int
    person: PersonId | None = None
    entry: Held | Waiting | None = None
    issues: list[Issue] = field(default_factory=list)

    def reject(self, code: str, column: str, message: str) -> None:
        """The row cannot be used."""
        self.entry = None
        self.issues.append(Issue("error", code, self.row, None, column, None, message))


class _Rejected(Exception):
    def __init__(self, code: str, column: str, message: str) -> None:
        super().__init__(code)
        self.why = (code, column, message)


def read_row(row: RawRow, units: Mapping[str, int], today: date, now: datetime) -> Read:
    """Read one row. The latest that something may have been chosen or queued is `now`."""
    read = Read(row.number)
    read.issues = [Issue(i.severity, i.code, i.row, None, i.field, None, i.message) for i in row.issues]
    if any(issue.severity == "error" for issue in read.issues):
        return read
    try:
        kind = TYPES.get(_cell(row, "type").casefold())
        if kind is None:
            raise _Rejected("type-unknown", "type", "write listing or queue")
        read.person = _person(row, today)
        unit, listing_type = _unit(row, units), _listing_type(row)
        if kind == "queue":
            read.entry = _waiting(row, unit, listing_type, now)
        else:
            read.entry = _held(row, unit, listing_type, today, now)
    except _Rejected as rejected:
        read.reject(*rejected.why)
    return read


def _cell(row: RawRow, column: str) -> str:
    return (row.first(column) or "").strip()


def _person(row: RawRow, today: date) -> PersonId:
    try:
        return parse_person_id(_cell(row, "person_id"), on=today)
    except InvalidIdentifier as invalid:
        raise _Rejected("person-id", "person_id", invalid.detail) from None


def _unit(row: RawRow, units: Mapping[str, int]) -> int:
    unit = units.get(_cell(row, "hsa_id").upper())
    if unit is None:
        raise _Rejected("unit-unknown", "hsa_id", "no unit with this HSA-id is known; import units first")
    return unit


def _listing_type(row: RawRow) -> ListingType:
    word = _cell(row, "listing_type").casefold() or HEALTH_CENTRE
    if word not in LISTING_TYPES:
        raise _Rejected("listing-type-unknown", "listing_type", f"write one of {', '.join(LISTING_TYPES)}")
    return word


def _held(row: RawRow, unit: int, listing_type: ListingType, today: date, now: datetime) -> Held:
    begins = _date(row, "valid_from")
    if begins is None:
        raise _Rejected("valid-from-missing", "valid_from", "say from which day the listing holds")
    if begins < EARLIEST:
        raise _Rejected("date", "valid_from", f"nobody was listed before {EARLIEST.isoformat()}")
    last = _date(row, "valid_to")
    if last is not None and last < begins:
        raise _Rejected("validity", "valid_to", "the last day is before the first")
    own_choice = BASES.get(_cell(row, "basis").casefold())
    if own_choice is None:
        raise _Rejected("basis-unknown", "basis", "write active or passive")
    counted, troubles = boolean(_cell(row, "counted"))
    _refuse(troubles, "counted")
    if counted and not own_choice:
        raise _Rejected("passive-counted", "counted", "only a person's own choice uses up a change")
    chosen_at = _moment(row, "chosen_at", now)
    if chosen_at is None:
        chosen_at = beginning_of(min(begins, today))
    return Held(
        row.number,
        0,
        unit,
        listing_type,
        begins,
        last + timedelta(days=1) if last is not None else None,
        chosen_at,
        own_choice,
        bool(counted),
        _end_reason(row, last),
    )


def _end_reason(row: RawRow, last: date | None) -> str | None:
    word = _cell(row, "end_reason").casefold()
    if last is None:
        if word:
            raise _Rejected("validity", "end_reason", "a listing without a last day has not ended")
        return None
    if word and word not in END_REASONS:
        raise _Rejected("end-reason-unknown", "end_reason", f"write one of {', '.join(END_REASONS)}")
    return word or "changed"


def _waiting(row: RawRow, unit: int, listing_type: ListingType, now: datetime) -> Waiting:
    queued_at = _moment(row, "queued_at", now)
    if queued_at is None:
        raise _Rejected("queued-at-missing", "queued_at", "say since when the person has waited")
    written = _cell(row, "priority") or "0"
    if not (written.isascii() and written.isdigit() and int(written) <= MOST_PRIORITY):
        raise _Rejected("priority", "priority", f"write a whole number from 0 to {MOST_PRIORITY}")
    priority, reason = int(written), _cell(row, "priority_reason").casefold()
    reference = _cell(row, "decision_reference")
    if priority and (reason not in PRIORITY_REASONS or not reference):
        message = f"a priority needs its reason ({' or '.join(PRIORITY_REASONS)}) and its decision"
        raise _Rejected("priority-undocumented", "priority", message)
    if not priority:
        return Waiting(row.number, 0, unit, listing_type, queued_at)
    known = cast(PriorityReason, reason)
    return Waiting(row.number, 0, unit, listing_type, queued_at, priority, known, reference[:200])


def _date(row: RawRow, column: str) -> date | None:
    day, troubles = dates.local_date(_cell(row, column))
    _refuse(troubles, column)
    return day


def _moment(row: RawRow, column: str, now: datetime) -> datetime | None:
    moment, troubles = dates.instant(_cell(row, column))
    _refuse(troubles, column)
    if moment is not None and moment > now:
        raise _Rejected("date-in-future", column, "the time is in the future")
    return moment


def _refuse(troubles: tuple[Trouble, ...], column: str) -> None:
    if troubles:
        raise _Rejected(troubles[0].code, column, troubles[0].message)
