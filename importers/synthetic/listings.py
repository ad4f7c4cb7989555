"""Where the invented people are listed and queue, consistent with the units' contracts and limits.

Most have chosen a health centre of their municipality, some were allocated one, some have none. Centres that
have a limit are exactly full, so that those who queue there wait; a few listings begin in the coming weeks.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from core.clock import SWEDEN
from importers.synthetic.units import Unit

COLUMNS = (
    "type",
    "person_id",
    "hsa_id",
    "listing_type",
    "valid_from",
    "valid_to",
    "chosen_at",
    "basis",
    "counted",
    "end_reason",
    "queued_at",
    "priority",
    "priority_reason",
    "decision_reference",
)
LISTED, PASSIVE, CHANGED, COMING, QUEUED, PRIORITY = 0.9, 0.18, 0.08, 0.01, 0.06, 0.05
"""Shares: of all who are listed; of those, allocated, changed within a year, about to change, waiting
elsewhere; of those, with a documented priority."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Centre:
    """A health centre that one may choose, and whether its limit leaves no room."""

    hsa_id: str
    municipality: str
    is_full: bool


class Listings:
    """Lists people one after another; `listed` counts who is at each centre when all are through."""

    def __init__(self, seed: int, on: date) -> None:
        self._seed, self._on = seed, on
        self._centres: dict[str, list[Centre]] = defaultdict(list)
        self._lots: dict[str, Random] = {}
        self._of_guardian: dict[str, str] = {}
        self.listed: Counter[str] = Counter()

    def add(self, unit: Unit, *, has_limit: bool) -> None:
        """A unit; only health centres that are open take part."""
        municipality = unit.row.get("municipality")
        if unit.kind.key == "health-centre" and unit.row.get("status") != "closed" and municipality:
            self._centres[municipality].append(Centre(unit.row["hsa_id"], municipality, has_limit))

    def rows(self, person: Mapping[str, str], *, always: bool = False) -> Iterator[Row]:
        """The listings and the queue place of one person; nobody protected or gone has any here."""
        centres = self._centres.get(person.get("municipality", ""))
        if person["status"] != "registered" or person["protection"] or not centres:
            return
        rng = self._lot(centres[0].municipality)
        if rng.random() >= LISTED and not always:
            return
        number, guardians = person["person_id"], person["guardians"]
        followed = self._of_guardian.get(guardians.split("|")[0]) if guardians else None
        at = followed or rng.choice(centres).hsa_id
        if not guardians:
            self._of_guardian[number] = at
        yield from self._listing(number, at, centres, rng, date.fromisoformat(person["birth_date"]))
        full = [one.hsa_id for one in centres if one.is_full and one.hsa_id != at]
        if full and not guardians and rng.random() < QUEUED:
            yield self._queue(number, rng.choice(full), rng)

    def _lot(self, municipality: str) -> Random:
        return self._lots.setdefault(municipality, Random(f"{self._seed}/listings/{municipality}"))

    def _listing(self, number: str, at: str, centres: list[Centre], rng: Random, born: date) -> Iterator[Row]:
        on = self._on
        since = max(born, on - timedelta(days=rng.randint(400, 4000)))
        drawn = rng.random()
        others = [one for one in centres if one.hsa_id != at]
        open_ones = [one for one in others if not one.is_full]
        if drawn < PASSIVE:
            yield self._row(number, at, since, basis="passive")
        elif drawn < PASSIVE + CHANGED and others and (on - born).days > 400:
            changed = on - timedelta(days=rng.randint(10, 360))
            end = (changed - timedelta(days=1)).isoformat()
            yield self._row(number, rng.choice(others).hsa_id, since, valid_to=end, end_reason="changed")
            yield self._row(number, at, changed, counted="yes")
        elif drawn < PASSIVE + CHANGED + COMING and open_ones:
            coming = on + timedelta(days=rng.randint(5, 60))
            end = (coming - timedelta(days=1)).isoformat()
            yield self._row(number, at, since, valid_to=end, end_reason="changed")
            to = rng.choice(open_ones).hsa_id
            yield self._row(number, to, coming, counted="yes", chosen_at=on.isoformat())
            self.listed[to] += 1
        else:
            yield self._row(number, at, since)
        self.listed[at] += 1

    def _row(self, number: str, at: str, since: date, **more: str) -> Row:
        row = {"type": "listing", "person_id": number, "hsa_id": at, "listing_type": "health-centre"}
        return {**row, "valid_from": since.isoformat(), "basis": "active", **more}

    def _queue(self, number: str, at: str, rng: Random) -> Row:
        day = self._on - timedelta(days=rng.randint(1, 300))
        moment = datetime.combine(day, time(rng.randint(7, 20), rng.randrange(60)), SWEDEN)
        row = {"type": "queue", "person_id": number, "hsa_id": at, "listing_type": "health-centre"}
        if rng.random() < PRIORITY:
            reason = rng.choice(("medical-need", "home-care"))
            row |= {"priority": "1", "priority_reason": reason}
            row["decision_reference"] = f"Påhittat beslut {day.year}/{rng.randint(100, 999)}"
        return {**row, "queued_at": moment.isoformat()}
