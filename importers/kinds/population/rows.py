"""One row of a population file as a statement, or why not.

No issue repeats a value: a number, a name or a place has no business in a report, and of a protected person
not even a municipality that was written wrongly. Row, column and code are enough to find the cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from codes.identifiers import InvalidIdentifier, PersonalIdentityNumber, PersonId, parse_person_id
from importers.issues import Issue
from importers.kinds.population.columns import CARE, ENDED_BY, EVENTS, PROTECTIONS, SEXES, STATUSES
from importers.readers import RawRow
from importers.values import dates
from importers.values.codes import county_code, municipality_code
from listing.people.record import PersonRecord, sex_of
from listing.people.sealing import household_hash
from listing.services.life_events import Care, Statement, Told, Visit

T = TypeVar("T")
_LONGEST = 200
_POSTAL_CODE = re.compile(r"(\d{3}) ?(\d{2})", re.ASCII)
_SWEDEN = ((54.0, 70.0), (9.5, 25.5))
_PERSONAL = re.compile(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4}", re.ASCII)
_LETTERS = re.compile(r"\s+")
EARLIEST = date(1840, 1, 1)


class Rejected(Exception):
    """The row cannot be used; nothing of the person is in it."""

    def __init__(self, code: str, column: str, message: str) -> None:
        super().__init__(code)
        self.code, self.column, self.message = code, column, message


@dataclass(frozen=True)
class Known:
    """What is there: municipalities with their regions, the regions, units by HSA-id; and the day.

    `has` are the columns of the table, None where each row names its own. `limited` is the region that the
    import is for.
    """

    municipalities: Mapping[str, str]
    regions: frozenset[str]
    units: Mapping[str, int]
    today: date
    has: frozenset[str] | None = None
    limited: str | None = None
    source_id: int | None = None
    run_id: int | None = None

    def says(self, row: RawRow, *columns: str) -> bool:
        """Whether the file says something in these columns, be it that there is nothing."""
        if self.has is not None:
            return any(column in self.has for column in columns)
        return any(column in row.fields for column in columns)


@dataclass(slots=True)
class Read:
    """What became of a row."""

    statement: Statement | None
    issues: list[Issue] = field(default_factory=list)


class RowReader:
    """Reads rows of one file."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def read(self, row: RawRow) -> Read:
        """The row as a statement."""
        issues = [_blank(issue) for issue in row.issues]
        if any(issue.severity == "error" for issue in issues):
            return Read(None, issues)
        try:
            return Read(self._statement(row, issues), issues)
        except Rejected as why:
            issues.append(Issue("error", why.code, row.number, None, why.column, None, why.message))
            return Read(None, issues)

    def _statement(self, row: RawRow, issues: list[Issue]) -> Statement:
        today = self._known.today
        identity = self._identity(row, "person_id")
        if identity is None:
            raise Rejected("person-id-missing", "person_id", "the row has no identity number")
        former = self._identity(row, "former_person_id")
        told = _word(row, "event", EVENTS) if row.first("event") else None
        day = _day(row, "event_date", today)
        born = self._born(row, identity)
        reason, ended = self._status(row, told, day, born)
        protection = _word(row, "protection", PROTECTIONS)
        protected = protection != "none" or told == "new-identity"
        region, municipality = self._place(row, protected)
        care, visit = self._care(row, issues), self._visit(row, issues)
        record = PersonRecord(
            identity=identity,
            birth_date=born,
            given_name=_text(row, "given_name"),
            family_name=_text(row, "family_name"),
            sex=_word(row, "sex", SEXES) if row.first("sex") else sex_of(identity),
            street=_text(row, "street") or None,
            postal_code=_postal_code(row, issues),
            city=_text(row, "city") or None,
            region_code=region,
            municipality_code=municipality,
            district=_text(row, "district") or None,
            position=None if protected else _position(row, issues),
            household=_household(row) if not protected else None,
            protection=protection,
            registered=reason is None,
            registered_since=None,
            deregistered_on=ended,
            deregistration_reason=reason,
            source_id=self._known.source_id,
            import_run_id=self._known.run_id,
        )
        return Statement(
            row.number,
            record,
            told,
            day or ended,
            _moment(row),
            former,
            self._guardians(row, identity, born, told),
            care,
            visit,
        )

    def _identity(self, row: RawRow, column: str) -> PersonId | None:
        text = row.first(column)
        return _number(text, column, self._known.today) if text and text.strip() else None

    def _born(self, row: RawRow, identity: PersonId) -> date:
        stated = _day(row, "birth_date", self._known.today)
        born = stated or getattr(identity, "birth_date", None)
        if not isinstance(born, date):
            raise Rejected(
                "birth-date-missing", "birth_date", "a reserve number needs the date of birth beside it"
            )
        if born < EARLIEST:
            raise Rejected("date", "birth_date", "nobody who was born then can be alive")
        if born > self._known.today:
            raise Rejected("date-in-future", "birth_date", "the date of birth is in the future")
        return born

    def _status(
        self, row: RawRow, told: Told | None, day: date | None, born: date
    ) -> tuple[str | None, date | None]:
        """The reason for not being registered and from when; both None of whoever is registered."""
        reason = _word(row, "status", STATUSES)
        since = _day(row, "status_since", self._known.today)
        implied = ENDED_BY.get(told) if told else None
        if reason is None and implied and not row.first("status"):
            reason = implied
        if implied and reason != implied:
            raise Rejected("status-differs", "status", "the event and the status do not say the same")
        if reason == "GN":
            message = "give the new number in person_id and this one in former_person_id"
            raise Rejected("number-without-successor", "status", message)
        if reason is None:
            return None, None
        ended = since or day
        if ended is None:
            raise Rejected("status-since-missing", "status_since", "say from which day the person is gone")
        if ended < born:
            raise Rejected("date-before-birth", "status_since", "the day is before the date of birth")
        return reason, ended

    def _place(self, row: RawRow, protected: bool) -> tuple[str | None, str | None]:
        known = self._known
        region, troubles = county_code(row.first("region") or "")
        if troubles or (region and region not in known.regions):
            raise Rejected("region", "region", "the region is not one of the two-digit codes")
        municipality, troubles = municipality_code(row.first("municipality") or "", region)
        if troubles or (municipality and municipality not in known.municipalities):
            raise Rejected("municipality", "municipality", "no municipality has this code")
        region = region or (known.municipalities[municipality] if municipality else known.limited)
        if municipality and known.municipalities[municipality] != region and not protected:
            raise Rejected("municipality", "municipality", "the municipality is not in the region")
        if known.limited and region != known.limited:
            raise Rejected("other-region", "region", f"the import is limited to region {known.limited}")
        return region, municipality

    def _guardians(
        self, row: RawRow, identity: PersonId, born: date, told: Told | None
    ) -> tuple[PersonId, ...] | None:
        values = [one for cell in row.fields.get("guardians", ()) for one in cell.split("|") if one.strip()]
        is_child = self._known.today.year - born.year <= 18
        if not values and not (is_child and (self._known.has or told == "guardians-changed")):
            return None
        if not values and not self._known.says(row, "guardians") and told != "guardians-changed":
            return None
        found = tuple(dict.fromkeys(_number(one, "guardians", self._known.today) for one in values))
        if identity in found:
            raise Rejected("guardian-of-self", "guardians", "nobody is their own guardian")
        return found

    def _care(self, row: RawRow, issues: list[Issue]) -> Care | None:
        if not self._known.says(row, "special_care"):
            return None
        kind = _word(row, "special_care", CARE) if row.first("special_care") else None
        unit = self._unit(row, "special_care_unit", issues) if kind else None
        return Care(kind, unit) if unit else Care(None, None)

    def _visit(self, row: RawRow, issues: list[Issue]) -> Visit | None:
        if not self._known.says(row, "last_visited_unit"):
            return None
        unit = self._unit(row, "last_visited_unit", issues)
        on = _day(row, "last_visited_on", self._known.today) if unit else None
        return Visit(unit, on) if unit and on else Visit(None, None)

    def _unit(self, row: RawRow, column: str, issues: list[Issue]) -> int | None:
        text = (row.first(column) or "").strip().upper()
        unit = self._known.units.get(text)
        if unit is None and text:
            message = "no unit with this HSA-id is known; it was left out"
            issues.append(Issue("warning", "unit-unknown", row.number, None, column, None, message))
        return unit


def _number(text: str, column: str, today: date) -> PersonId:
    text = text.strip()
    try:
        # Nearly all are this: told from the other kinds by the month and the day, at a third of the cost.
        if _PERSONAL.fullmatch(text):
            number = PersonalIdentityNumber(text)
            if number.birth_date <= today:
                return number
        return parse_person_id(text, on=today)
    except InvalidIdentifier as invalid:
        raise Rejected("person-id", column, invalid.detail) from None


def _day(row: RawRow, column: str, today: date) -> date | None:
    text = row.first(column)
    if not text:
        return None
    day, troubles = dates.local_date(text)
    if troubles:
        raise Rejected(troubles[0].code, column, troubles[0].message)
    if day is not None and day > today:
        raise Rejected(
            "date-in-future", column, "the day is in the future; a register tells what has happened"
        )
    return day


def _moment(row: RawRow) -> datetime | None:
    moment, troubles = dates.instant(row.first("stated_at") or "")
    if troubles:
        raise Rejected(troubles[0].code, "stated_at", troubles[0].message)
    return moment


def _word(row: RawRow, column: str, words: Mapping[str, T]) -> T:
    word = _LETTERS.sub(" ", (row.first(column) or "").strip().casefold())
    if word not in words:
        raise Rejected(f"{column}-unknown", column, f"write one of {', '.join(one for one in words if one)}")
    return words[word]


def _text(row: RawRow, column: str) -> str:
    return _LETTERS.sub(" ", (row.first(column) or "").strip())[:_LONGEST]


def _postal_code(row: RawRow, issues: list[Issue]) -> str | None:
    text = (row.first("postal_code") or "").strip()
    if not text:
        return None
    matched = _POSTAL_CODE.fullmatch(text)
    if matched is None:
        _left_out(row, issues, "postal-code", "postal_code", "a postal code has five digits")
        return None
    return matched[1] + matched[2]


def _position(row: RawRow, issues: list[Issue]) -> tuple[float, float] | None:
    lat, lon = row.first("lat"), row.first("lon")
    if not lat and not lon:
        return None
    try:
        point = float((lon or "").replace(",", ".")), float((lat or "").replace(",", "."))
    except ValueError:
        point = 0.0, 0.0
    (south, north), (west, east) = _SWEDEN
    if not (south <= point[1] <= north and west <= point[0] <= east):
        _left_out(row, issues, "position", "lat", "the position is not in Sweden, in degrees of WGS 84")
        return None
    return point


def _household(row: RawRow) -> bytes | None:
    key = _text(row, "household")
    return household_hash(key) if key else None


def _left_out(row: RawRow, issues: list[Issue], code: str, column: str, message: str) -> None:
    issues.append(Issue("warning", code, row.number, None, column, None, f"{message}; it was left out"))


def _blank(issue: Issue) -> Issue:
    return Issue(issue.severity, issue.code, issue.row, None, issue.field, None, issue.message)
