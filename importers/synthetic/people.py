"""Invented people in households, with test numbers only; the columns are documented in docs/demo-data.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from core.problems import Invalid
from importers.synthetic import personas
from importers.synthetic.catalogue import words
from importers.synthetic.country import Municipality, Site, shares
from importers.synthetic.numbers import MOST_PEOPLE, NumberSeries

COLUMNS = (
    "person_id",
    "given_name",
    "family_name",
    "birth_date",
    "sex",
    "street",
    "postal_code",
    "city",
    "municipality",
    "region",
    "lat",
    "lon",
    "household",
    "protection",
    "guardians",
    "status",
    "status_since",
)

PROTECTED = 0.004
MARKED = "confidentiality-mark"
REGISTERED_ELSEWHERE = "protected-registration"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a household lives, or nothing where its members are protected."""

    columns: Row
    protection: str = ""


def people(count: int, seed: int, on: date) -> Iterator[Row]:
    """`count` people by municipality, children after their guardians.

    Refuses more than there are test numbers for.
    """
    if count > MOST_PEOPLE:
        raise Invalid(f"there are test numbers for at most {MOST_PEOPLE} people; ask for fewer")
    test_numbers = NumberSeries(on, personas.numbers(on))
    for municipality, quota in shares(count):
        rng = Random(f"{seed}/people/{municipality.code}")
        left, running = quota, 0
        while left > 0:
            household = _household(municipality, rng, on, test_numbers, left)
            left -= len(household)
            running += 1
            _live_together(household, f"{municipality.code}-{running:06d}")
            yield from household


def _live_together(household: Sequence[Row], key: str) -> None:
    """Give those at one address the same key of their dwelling; the protected have none."""
    homes: dict[tuple[str, str], str] = {}
    for person in household:
        if not person["protection"]:
            at = person["lat"], person["lon"]
            person["household"] = homes.setdefault(at, f"{key}-{len(homes) + 1}")


def _household(
    municipality: Municipality, rng: Random, on: date, test_numbers: NumberSeries, room: int
) -> list[Row]:
    """One or two grown-ups and their children; some children have a guardian who lives elsewhere."""
    draw = rng.random()
    homes = [_home(municipality, rng)]
    if draw < 0.12:
        homes.append(_home(municipality, rng))
    family = rng.choice(words("families"))
    has_children = draw < 0.35
    ages = (25, 52) if has_children else (18, 96)
    grown_ups = [
        _person(rng, test_numbers, homes[n % len(homes)], _born(rng, on, *ages), family)
        for n in range(min(room, 1 if len(homes) == 1 and rng.random() < 0.4 else 2))
    ]
    for person in grown_ups:
        _leave(person, rng, on, can_leave=not has_children)
    children = []
    if has_children:
        guardians = [person["person_id"] for person in grown_ups]
        for _ in range(min(room - len(grown_ups), rng.choices((1, 2, 3), (45, 40, 15))[0])):
            born = _born(rng, on, 0, 17)
            children.append(_person(rng, test_numbers, homes[0], born, family, guardians))
    return [*grown_ups, *children]


def _person(
    rng: Random,
    test_numbers: NumberSeries,
    home: _Home,
    born: date,
    family: str,
    guardians: Sequence[str] = (),
) -> Row:
    sex = rng.choice(("female", "male"))
    number = test_numbers.next(born, sex)
    return {
        "person_id": number.value,
        "given_name": rng.choice(words(sex)),
        "family_name": family,
        "birth_date": number.birth_date.isoformat(),
        "sex": sex,
        **home.columns,
        "protection": home.protection,
        "guardians": "|".join(guardians),
        "status": "registered",
    }


def _home(municipality: Municipality, rng: Random) -> _Home:
    """An address. A protected household has none here, not even the municipality: only who is responsible."""
    region = {"region": municipality.region.code}
    if rng.random() < PROTECTED:
        return _Home(region, rng.choice((MARKED, REGISTERED_ELSEWHERE)))
    site: Site = municipality.draw_site(rng)
    lat, lon = site.near(rng)
    address = {
        "street": f"{rng.choice(words('streets'))} {rng.randint(1, 98)}",
        "postal_code": site.draw_postal_code(rng),
        "city": site.city,
        "municipality": municipality.code,
        "lat": f"{lat:.5f}",
        "lon": f"{lon:.5f}",
    }
    return _Home(address | region)


def _born(rng: Random, on: date, youngest: int, oldest: int) -> date:
    """A day of birth of someone who is between these ages, both included, on the reference date."""
    last = _years_before(on, youngest)
    first = _years_before(on, oldest + 1) + timedelta(days=1)
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _years_before(on: date, years: int) -> date:
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - years, on.month, day)


def _leave(person: Row, rng: Random, on: date, *, can_leave: bool) -> None:
    """A few have died or moved abroad within the last two years."""
    if not can_leave or rng.random() >= 0.01:
        return
    person["status"] = rng.choice(("deceased", "emigrated"))
    person["status_since"] = (on - timedelta(days=rng.randint(1, 700))).isoformat()
