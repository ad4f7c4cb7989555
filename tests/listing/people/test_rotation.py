"""Rotation beside a service that holds rows: what is held is passed over, and never waited for in a ring."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.models import Person
from listing.people import key_file, queries
from listing.people.errors import KeyInUse
from listing.people.keys import Use, key_ring
from listing.people.record import PersonRecord
from listing.people.rotation import Batch, refuse_while_in_use, rekey, rows_using
from listing.people.services import add_people, change_identity
from tests.listing.people.conftest import STAFF

Records = Sequence[PersonRecord]


@pytest.fixture
def ids(clean_database: Engine, records: Records, keys_path: Path) -> list[int]:
    """Ten people under keys that are no longer the current ones."""
    with unit_of_work(clean_database) as session:
        added = add_people(session, records[:10])
    for use in (Use.LOOKUP, Use.SEAL):
        key_file.add(keys_path, use)
        key_file.make_current(keys_path, use)
    return added


def _rekey(engine: Engine, after: int = -1, *, size: int = 100, wait: bool = False) -> Batch:
    with unit_of_work(engine) as session:
        return rekey(session, key_ring(), after, size=size, wait=wait)


def test_batches_go_on_where_the_last_ended(clean_database: Engine, ids: list[int]) -> None:
    first = _rekey(clean_database, size=4)
    assert first == Batch(4, ids[3])
    second = _rekey(clean_database, ids[3], size=100)
    assert second == Batch(6, ids[9])
    assert _rekey(clean_database, ids[9]) == Batch(0, None)
    assert _rekey(clean_database) == Batch(0, None)


def test_a_held_row_is_passed_over_and_taken_later(
    clean_database: Engine, ids: list[int], records: Records
) -> None:
    with Session(clean_database) as holder:
        holder.scalar(select(Person).where(Person.id == ids[4]).with_for_update())
        assert _rekey(clean_database) == Batch(9, ids[9])
        with Session(clean_database) as session:
            session.connection().exec_driver_sql("SET LOCAL lock_timeout = '10ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                rekey(session, key_ring(), wait=True)
        assert queries.find_person_id(holder, records[4].identity) == ids[4]
    assert _rekey(clean_database, wait=True) == Batch(1, ids[4])


def test_a_change_in_the_middle_is_kept(clean_database: Engine, ids: list[int], records: Records) -> None:
    _rekey(clean_database, size=5)
    with unit_of_work(clean_database) as session:
        for person_id, record in ((ids[0], records[20]), (ids[9], records[21])):
            change_identity(session, STAFF, person_id, record.identity)
    _rekey(clean_database)
    with unit_of_work(clean_database) as session:
        for number, record in ((0, records[0]), (0, records[20]), (9, records[9]), (9, records[21])):
            assert queries.find_person_id(session, record.identity) == ids[number]
        assert (rows_using(session, Use.LOOKUP, 1), rows_using(session, Use.LOOKUP, 2)) == (0, 12)


def test_a_key_that_rows_need_is_not_given_up(clean_database: Engine, ids: list[int]) -> None:
    for use in (Use.LOOKUP, Use.SEAL):
        with pytest.raises(KeyInUse, match="10 rows still need"), Session(clean_database) as session:
            refuse_while_in_use(session, use, 1)
    _rekey(clean_database)
    with Session(clean_database) as session:
        refuse_while_in_use(session, Use.SEAL, 1)
        refuse_while_in_use(session, Use.DIGEST, 1)
