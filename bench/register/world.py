"""A register of so many people, written straight into the tables; part of them can sign in.

Person and unit keys are chosen here, so that a recorded transaction can be repeated for other people by
replacing keys: person `n` is listed at unit `home(n)` and wants to go to unit `aim(n)`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count, islice

from sqlalchemy import text
from sqlalchemy.orm import Session

from codes.identifiers import PersonId
from codes.services import load_shipped as load_code_systems
from core.database import engine_for, unit_of_work
from directory.geography.services import load_shipped as load_geography
from importers.synthetic.numbers import NumberSeries
from listing.people import sealing
from listing.people.keys import key_ring
from tests.support.database import scratch_database

OPEN_UNITS, FULL_UNITS = 1_200, 50
FIRST_UNIT = 1_000_001
FIRST_PERSON = 10_000_001
ON = date(2026, 1, 1)
KIND = "health-centre"

_UNITS = """
INSERT INTO care_unit (id, kind, hsa_id, name, region_code) OVERRIDING SYSTEM VALUE
SELECT id, 'unit', 'SE2321000016-BENCH' || id, 'Vårdcentralen ' || id, '01'
FROM generate_series(:first, :first + :open + :full - 1) AS id;
"""
_CONTRACTS = """
INSERT INTO unit_contract (care_unit_id, listing_type, valid)
SELECT id, 'health-centre', daterange('2020-01-01', NULL) FROM care_unit WHERE id >= :first;
"""
_LIMITS = """
INSERT INTO listing_limit (care_unit_id, listing_type, places, valid, decision_reference)
SELECT id, 'health-centre', CASE WHEN id >= :first + :open THEN 0 ELSE 1000000 END,
    daterange('2020-01-01', NULL), 'bench'
FROM care_unit WHERE id >= :first AND (id % 2 = 0 OR id >= :first + :open);
"""
_FILLERS = """
INSERT INTO person (id, identity_hash, hash_key, sealed, seal_key, identity_kind, birth_date, region_code,
    municipality_code, updated_at) OVERRIDING SYSTEM VALUE
SELECT id, sha256(int8send(id)), 1, '\\x00', 1, 'personal', date '1950-01-01' + (id % 25000)::integer, '01',
    '0180', now()
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS id;
"""
_LISTED = """
INSERT INTO listing (id, person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
    registered_by, basis, channel, counted, counted_because, begun)
SELECT {listing_id}, id, {home}, 'health-centre', daterange('2024-01-01', NULL), '2024-01-01', '2024-01-01',
    'bench', 'choice', 'web', false, 'first-listing', true
FROM person WHERE id BETWEEN :first AND :last;
"""
LISTING_ID = "('00000000-0000-4000-8000-' || lpad(to_hex({person}), 12, '0'))::uuid"


@dataclass(frozen=True)
class World:
    """`signed`: the identity numbers of the people from `FIRST_PERSON` on who can sign in."""

    url: str
    people: int
    signed: tuple[PersonId, ...]


def home(person: int) -> int:
    """The unit where a person is listed."""
    return FIRST_UNIT + person * 7 % OPEN_UNITS


def aim(person: int) -> int:
    """Another unit with room."""
    return FIRST_UNIT + (person * 7 + 3) % OPEN_UNITS


def full(person: int) -> int:
    """A unit where one can only queue."""
    return FIRST_UNIT + OPEN_UNITS + person % FULL_UNITS


def hsa_id(unit: int) -> str:
    """The HSA-id of a unit."""
    return f"SE2321000016-BENCH{unit}"


@contextmanager
def made(people: int, able: int, server: str) -> Iterator[World]:
    """A scratch database with so many people, all listed, of whom `able` can sign in."""
    with scratch_database(server) as url:
        engine = engine_for(url)
        try:
            with unit_of_work(engine) as session:
                load_code_systems(session)
                load_geography(session)
                signed = _fill(session, people, min(able, people))
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            yield World(url, people, signed)
        finally:
            engine.dispose()


def _fill(session: Session, people: int, able: int) -> tuple[PersonId, ...]:
    values = {"first": FIRST_UNIT, "open": OPEN_UNITS, "full": FULL_UNITS}
    for statement in (_UNITS, _CONTRACTS, _LIMITS):
        session.execute(text(statement), values)
    span = {"first": FIRST_PERSON, "last": FIRST_PERSON + people - 1}
    session.execute(text(_FILLERS), span)
    signed = tuple(islice(_numbers(), able))
    ring = key_ring()
    hash_keys = [
        {"id": FIRST_PERSON + place, "hash": sealing.lookup_hashes(number, ring)[0]}
        for place, number in enumerate(signed)
    ]
    session.execute(
        text(
            "UPDATE person SET identity_hash = h.hash FROM unnest(CAST(:ids AS bigint[]),"
            " CAST(:hashes AS bytea[])) AS h (id, hash) WHERE person.id = h.id"
        ),
        {"ids": [row["id"] for row in hash_keys], "hashes": [row["hash"] for row in hash_keys]},
    )
    there = f"{FIRST_UNIT} + id * 7 % {OPEN_UNITS}"
    statement = _LISTED.format(listing_id=LISTING_ID.format(person="id"), home=there)
    session.execute(text(statement), span)
    return signed


def _numbers() -> Iterator[PersonId]:
    series = NumberSeries(ON)
    for place in count():
        day = date(1940 + place % 60, 1 + place // 60 % 12, 1 + place // 720 % 28)
        yield series.next(day, "male" if place % 2 else "female")
