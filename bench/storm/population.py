"""Invented people with test numbers: grown-ups, and children with one or two guardians."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from codes.identifiers import PersonalIdentityNumber, PersonId, parse_person_id
from codes.identifiers.checksum import luhn_digit
from core import clock
from listing.models import Guardianship
from listing.people.keys import KeyRing
from listing.people.record import PersonRecord
from listing.people.sealing import household_hash
from listing.people.services import add_people

CHILDREN = 0.25
"""How many of all are children with guardians."""
NEWBORN = 0.3
"""How many of the children are younger than a year, so that a guardian's unit takes them beyond its limit."""
SPECIAL_HOUSING = 0.12
"""How many of the grown-ups live in special housing that a unit of their region answers for."""
MOVED_IN = 0.2
"""How many of the grown-ups have moved to their region within the year."""
_CARE = text(
    "UPDATE person SET special_care = 'special-housing', special_care_unit_id = :unit WHERE id = :id"
)


@dataclass(frozen=True, repr=False)
class Human:
    """One person; `children` are places in the list of all.

    What may exempt the person from a unit's limit: `guardians` and `housemates` by id, `newborn`, the unit
    that answers for the `special_housing`, and having `moved_in` lately.
    """

    place: int
    id: int
    identity: PersonId
    region: str
    is_child: bool
    children: tuple[int, ...] = ()
    guardians: frozenset[int] = frozenset()
    housemates: frozenset[int] = frozenset()
    newborn: bool = False
    special_housing: int | None = None
    moved_in: bool = False

    def __repr__(self) -> str:
        return f"Human({self.place})"


def settle_people(
    session: Session,
    count: int,
    regions: Sequence[str],
    ring: KeyRing,
    chance: Random,
    units: Mapping[str, Sequence[int]] | None = None,
) -> list[Human]:
    """Add so many people to the register, children and their guardians among them; `units` by region."""
    today = clock.today()
    small = int(count * CHILDREN)
    grown = count - small
    births = [_grown_up(today, chance) for _ in range(grown)] + [_child(today, chance) for _ in range(small)]
    numbers = _Numbers()
    identities = [numbers.next(born) for born in births]
    births = [identity.birth_date for identity in identities]
    home = [regions[place % len(regions)] for place in range(grown)]
    guardians = [sorted(chance.sample(range(grown), min(grown, chance.choice((1, 2))))) for _ in range(small)]
    home += [home[found[0]] for found in guardians]
    # A child lives with the first of its guardians.
    dwelling = [*range(grown), *(found[0] for found in guardians)]
    moved = [place < grown and chance.random() < MOVED_IN for place in range(count)]
    records = [
        PersonRecord(
            identities[place],
            births[place],
            "Prov",
            "Stormsson",
            region_code=home[place],
            registered_since=births[place],
            region_since=today - timedelta(days=100) if moved[place] else births[place],
            household=household_hash("storm", str(dwelling[place]), ring=ring),
        )
        for place in range(count)
    ]
    ids = add_people(session, records, ring)
    _custody(session, ids, births, grown, guardians)
    special = _special_housing(session, ids[:grown], home, units or {}, chance)
    children: dict[int, list[int]] = defaultdict(list)
    for child, found in enumerate(guardians, start=grown):
        for guardian in found:
            children[guardian].append(child)
    together: dict[int, set[int]] = defaultdict(set)
    for place, at in enumerate(dwelling):
        together[at].add(ids[place])
    return [
        Human(
            place,
            ids[place],
            identities[place],
            home[place],
            place >= grown,
            tuple(children[place]) if place in children else (),
            frozenset(ids[one] for one in guardians[place - grown]) if place >= grown else frozenset(),
            frozenset(together[dwelling[place]] - {ids[place]}),
            births[place] > today - timedelta(days=365),
            special.get(ids[place]),
            moved[place],
        )
        for place in range(count)
    ]


def _custody(
    session: Session,
    ids: Sequence[int],
    births: Sequence[date],
    grown: int,
    guardians: Sequence[Sequence[int]],
) -> None:
    for child, found in enumerate(guardians, start=grown):
        for guardian in found:
            valid = Range(births[child], births[child] + timedelta(days=18 * 365))
            session.add(Guardianship(child_id=ids[child], guardian_id=ids[guardian], valid=valid))


def _special_housing(
    session: Session,
    ids: Sequence[int],
    home: Sequence[str],
    units: Mapping[str, Sequence[int]],
    chance: Random,
) -> dict[int, int]:
    """Whom a unit answers for in special housing, and which unit."""
    found = {
        id_: chance.choice(units[region])
        for id_, region in zip(ids, home, strict=False)
        if units.get(region) and chance.random() < SPECIAL_HOUSING
    }
    if found:
        session.execute(_CARE, [{"id": id_, "unit": unit} for id_, unit in found.items()])
    return found


def _grown_up(today: date, chance: Random) -> date:
    return today - timedelta(days=chance.randint(19 * 366, 90 * 365))


def _child(today: date, chance: Random) -> date:
    newest = chance.random() < NEWBORN
    return today - timedelta(days=chance.randint(1, 300) if newest else chance.randint(400, 12 * 365))


class _Numbers:
    """Test numbers (980-999), each once."""

    def __init__(self) -> None:
        self._used: dict[date, Iterator[int]] = {}

    def next(self, born: date) -> PersonalIdentityNumber:
        """A number for somebody born that day, or soon before when the day's are used up."""
        while (number := next(self._used.setdefault(born, iter(range(980, 1000))), None)) is None:
            born -= timedelta(days=1)
        digits = f"{born:%Y%m%d}{number}"
        found = parse_person_id(digits + luhn_digit(digits[2:]))
        assert isinstance(found, PersonalIdentityNumber)
        return found
