"""Invented people with test numbers: grown-ups, and children with one or two guardians."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from codes.identifiers import PersonalIdentityNumber, PersonId, parse_person_id
from codes.identifiers.checksum import luhn_digit
from core import clock
from listing.models import Guardianship
from listing.people.keys import KeyRing
from listing.people.record import PersonRecord
from listing.people.services import add_people

CHILDREN = 0.25
"""How many of all are children with guardians."""
NEWBORN = 0.3
"""How many of the children are younger than a year, so that a guardian's unit takes them beyond its limit."""


@dataclass(frozen=True, repr=False)
class Human:
    """One person; `children` are places in the list of all."""

    place: int
    id: int
    identity: PersonId
    region: str
    is_child: bool
    children: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return f"Human({self.place})"


def settle_people(
    session: Session, count: int, regions: Sequence[str], ring: KeyRing, chance: Random
) -> list[Human]:
    """Add so many people to the register, children and their guardians among them."""
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
    records = [
        PersonRecord(identity, born, "Prov", "Stormsson", region_code=region, registered_since=born)
        for identity, born, region in zip(identities, births, home, strict=True)
    ]
    ids = add_people(session, records, ring)
    children: dict[int, list[int]] = {}
    for child, found in enumerate(guardians, start=grown):
        for guardian in found:
            children.setdefault(guardian, []).append(child)
            valid = Range(births[child], births[child] + timedelta(days=18 * 365))
            session.add(Guardianship(child_id=ids[child], guardian_id=ids[guardian], valid=valid))
    return [
        Human(
            place, ids[place], identities[place], home[place], place >= grown, tuple(children.get(place, ()))
        )
        for place in range(count)
    ]


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
