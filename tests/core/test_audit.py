"""The audit trail: written with the deed, refused any change, and any change behind its back is found."""

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from core import audit, clock
from core.audit import sealing
from core.audit.sealing import Head
from core.audit.seals import COLUMNS, FIRST, Link, gaps, ids_of, multirange
from core.audit.verifying import Verdict, verify
from tests.support.cleaning import empty_tables


class Keys:
    """Audit keys made up for the test."""

    def __init__(self, current: int = 1, *numbers: int) -> None:
        self.current = current
        self.numbers = {current, *numbers}

    def state(self, number: int) -> hmac.HMAC:
        return hmac.new(bytes([number]) * 32, digestmod=hashlib.sha256)


KEYS = Keys()


def _write(engine: Engine, *keys: str) -> None:
    with Session(engine) as session, session.begin():
        for key in keys:
            audit.record(
                session,
                actor="staff:x",
                actor_role="unit",
                purpose="administration",
                action="person-read",
                subject_kind="person",
                subject_key=key,
                count=1,
            )


def _seal(engine: Engine, keys: Keys = KEYS, most_rows: int = 50_000) -> int:
    with Session(engine) as session, session.begin():
        return sealing.seal(session, keys, most_rows=most_rows)


def _verify(engine: Engine, keys: Keys = KEYS, kept: Head | None = None) -> Verdict:
    with Session(engine) as session:
        return verify(session, keys, kept)


def _breach(engine: Engine, kept: Head | None = None) -> str:
    return str(_verify(engine, kept=kept).breach)


def _head(engine: Engine) -> Head:
    with Session(engine) as session:
        found = sealing.head(session)
    assert found is not None
    return found


def _ids(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return list(session.scalars(text("SELECT id FROM audit_event ORDER BY id")))


def _behind_its_back(engine: Engine, *statements: str, **values: object) -> None:
    """As a superuser who has switched the triggers off."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), values)


@pytest.fixture
def trail(clean_database: Engine) -> Engine:
    """A trail without the rows of the reference data."""
    empty_tables(clean_database)
    return clean_database


@pytest.fixture
def sealed(trail: Engine) -> Engine:
    """Three seals over two rows each, and one row that waits."""
    for n in range(3):
        _write(trail, f"{n}a", f"{n}b")
        assert _seal(trail) == 2
    _write(trail, "waiting")
    assert _verify(trail) == Verdict(seals=3, rows=6, waiting=1)
    return trail


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'somebody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "INSERT INTO audit_event (id, actor, action, subject_kind, subject_key) OVERRIDING SYSTEM VALUE"
        " SELECT id, '', '', '', '' FROM audit_event LIMIT 1 ON CONFLICT (id) DO UPDATE SET actor = 'x'",
        "UPDATE audit_seal SET rows = 0",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ],
)
def test_the_database_refuses_any_change(sealed: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError) as refused, sealed.begin() as connection:
        connection.execute(text(statement))
    assert refused.value.orig is not None
    assert getattr(refused.value.orig, "sqlstate", "") == "HV002"
    assert _verify(sealed).breach is None


def test_a_person_without_purpose_or_role_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="role and the purpose"):
        audit.record(session, actor="x", action="y", subject_kind="person", subject_key="1")
    with pytest.raises(IntegrityError, match="person_with_purpose"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO audit_event (actor, action, subject_kind, subject_key)"
                " VALUES ('', '', 'person', '')"
            )
        )
    audit.record(session, actor="x", action="y", subject_kind="care-unit", subject_key="1")


def test_many_rows_are_written_as_one_by_one(session: Session) -> None:
    entries = [audit.Entry("unit-list-read", "person", str(n), {"list": 1}) for n in range(25_000)]
    assert (
        audit.record_many(session, entries, actor="staff:x", actor_role="unit", purpose="administration")
        == 25_000
    )
    rows = audit.about(session, "person", "24999")
    assert [(row.actor, row.actor_role, row.purpose, row.detail) for row in rows] == [
        ("staff:x", "unit", "administration", {"list": 1})
    ]
    with pytest.raises(ValueError, match="role and the purpose"):
        audit.record_many(session, entries, actor="staff:x")


def test_sealing_again_without_news_makes_no_seal(sealed: Engine) -> None:
    assert _seal(sealed) == 1
    head = _head(sealed)
    assert _seal(sealed) == 0
    assert _head(sealed) == head
    assert head.number == 4


def test_rows_of_slow_transactions_are_sealed_later_and_never_skipped(trail: Engine) -> None:
    with Session(trail) as slow:
        audit.record(slow, actor="slow", action="x", subject_kind="thing", subject_key="1")
        slow.flush()
        _write(trail, "fast")
        assert _seal(trail) == 1
        assert _verify(trail).waiting == 0
        slow.commit()
    assert _verify(trail) == Verdict(seals=1, rows=1, waiting=1)
    assert _seal(trail) == 1
    assert _verify(trail) == Verdict(seals=2, rows=2, waiting=0)


def test_what_was_rolled_back_is_no_breach(sealed: Engine) -> None:
    with Session(sealed) as session:
        audit.record(session, actor="x", action="y", subject_kind="thing", subject_key="1")
        session.flush()
        session.rollback()
    _write(sealed, "after")
    assert _seal(sealed) == 2
    assert _verify(sealed) == Verdict(seals=4, rows=8, waiting=0)


def test_a_long_trail_is_cut_into_links_of_one_run(trail: Engine) -> None:
    _write(trail, *map(str, range(25)))
    assert _seal(trail, most_rows=10) == 25
    assert _verify(trail) == Verdict(seals=3, rows=25, waiting=0)
    _write(trail, "next")
    assert _seal(trail) == 1


def test_two_machines_that_seal_at_once_make_one_chain(trail: Engine) -> None:
    for n in range(5):
        _write(trail, *(f"{n}-{m}" for m in range(20)))
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(lambda _: _seal(trail), range(4))) == 20
    assert _verify(trail) == Verdict(seals=5, rows=100, waiting=0)


def test_a_sealing_that_dies_leaves_nothing(trail: Engine) -> None:
    _write(trail, *map(str, range(25)))

    def die(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Session(trail) as session, session.begin():
        sealing.seal(session, KEYS, most_rows=10, progress=die)
    assert _verify(trail) == Verdict(seals=0, rows=0, waiting=25)
    assert _seal(trail) == 25
    assert _verify(trail).breach is None


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'staff:y'",
        "at = at + interval '1 microsecond'",
        "purpose = 'care'",
        "actor_role = 'region'",
        "action = 'nothing'",
        "subject_key = 'other'",
        "subject_kind = 'other'",
        "detail = detail || '{\"count\": 2}'",
        "detail = '{}'",
        "txid = txid + 1",
    ],
)
def test_a_changed_row_is_found(sealed: Engine, change: str) -> None:
    row = _ids(sealed)[3]
    _behind_its_back(sealed, f"UPDATE audit_event SET {change} WHERE id = {row}")
    assert _breach(sealed) == f"seal 2, row {row}: the row is not what was sealed"


@pytest.mark.parametrize("position", range(6))
def test_a_deleted_row_is_found(sealed: Engine, position: int) -> None:
    row = _ids(sealed)[position]
    _behind_its_back(sealed, f"DELETE FROM audit_event WHERE id = {row}")
    assert _breach(sealed) == f"seal {position // 2 + 1}, row {row}: the row is missing"


def test_a_row_inserted_among_the_sealed_is_found(sealed: Engine) -> None:
    old = _ids(sealed)[2]
    sealed_txid = f"(SELECT txid FROM audit_event WHERE id = {old})"
    for row, txid in ((old - 1_000_000, "1"), (10**9, sealed_txid), (10**9, "10^15")):
        _behind_its_back(
            sealed,
            "INSERT INTO audit_event (id, txid, at, actor, action, subject_kind, subject_key)"
            f" OVERRIDING SYSTEM VALUE SELECT {row}, {txid}, at, actor, 'x', 'thing', ''"
            f" FROM audit_event WHERE id = {old}",
        )
        assert _breach(sealed) == f"seal 3, row {row}: the row was inserted after the sealing: no seal has it"
        _behind_its_back(sealed, f"DELETE FROM audit_event WHERE id = {row}")


def test_reordered_rows_are_found(sealed: Engine) -> None:
    first, second = _ids(sealed)[2:4]
    _behind_its_back(
        sealed,
        f"UPDATE audit_event SET id = -1 WHERE id = {first}",
        f"UPDATE audit_event SET id = {first} WHERE id = {second}",
        f"UPDATE audit_event SET id = {second} WHERE id = -1",
    )
    assert _breach(sealed) == f"seal 2, row {first}: the row is not what was sealed"


def test_a_row_replaced_together_with_its_tag_is_found(sealed: Engine) -> None:
    row = _ids(sealed)[2]
    _behind_its_back(
        sealed,
        f"UPDATE audit_event SET actor = 'x' WHERE id = {row}",
        "UPDATE audit_seal SET tags = substr((SELECT tags FROM audit_seal WHERE number = 1), 1, 8)"
        " || substr(tags, 9) WHERE number = 2",
    )
    assert _breach(sealed).startswith("seal 2")


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ("sealed_at = sealed_at - interval '1 day'", "the seal itself was altered"),
        ("snapshot = '1:1:'", "the seal itself was altered"),
        ("rows = 3", "the seal itself was altered"),
        ("mac = previous", "the seal itself was altered"),
        ("tags = tags || tags", "the seal itself was altered"),
        ("previous = mac", "does not follow from the seal before it"),
        ("key = 9", "was made with a key that the key file does not have"),
    ],
)
def test_a_changed_seal_is_found(sealed: Engine, change: str, how: str) -> None:
    # `rows` is taken from the rows themselves, so that alone it changes nothing but a count.
    _behind_its_back(sealed, f"UPDATE audit_seal SET {change} WHERE number = 2")
    if change.startswith("rows"):
        assert _breach(sealed) == "seal 2: counts 3 rows and has 2"
    else:
        assert _breach(sealed) == f"seal 2: {how}"


@pytest.mark.parametrize(
    ("number", "found"),
    [(1, "seal 1: is missing"), (2, "seal 2: is missing")],
)
def test_a_deleted_seal_is_found(sealed: Engine, number: int, found: str) -> None:
    _behind_its_back(sealed, f"DELETE FROM audit_seal WHERE number = {number}")
    assert _breach(sealed) == found


def test_exchanged_seals_are_found(sealed: Engine) -> None:
    _behind_its_back(
        sealed,
        "UPDATE audit_seal SET number = -1 WHERE number = 1",
        "UPDATE audit_seal SET number = 1 WHERE number = 2",
        "UPDATE audit_seal SET number = 2 WHERE number = -1",
    )
    assert _breach(sealed) == "seal 1: does not follow from the seal before it"


def test_the_end_cut_off_is_found_with_a_head_kept_elsewhere(sealed: Engine) -> None:
    kept = Head.parse(str(_head(sealed)))
    assert _verify(sealed, kept=kept).breach is None
    last = _ids(sealed)[4:]
    _behind_its_back(
        sealed,
        "DELETE FROM audit_seal WHERE number = 3",
        "DELETE FROM audit_event WHERE id = ANY(:ids)",
        ids=last,
    )
    assert _verify(sealed).breach is None  # nothing in the database itself can tell
    assert _breach(sealed, kept) == "seal 3: is missing: the trail ends at seal 2"


def test_a_chain_made_anew_with_a_stolen_key_differs_from_the_head_kept_elsewhere(sealed: Engine) -> None:
    kept = _head(sealed)
    _behind_its_back(sealed, "DELETE FROM audit_seal", "DELETE FROM audit_event WHERE subject_key = '0a'")
    while _seal(sealed, most_rows=2):
        continue
    assert _verify(sealed).breach is None
    assert _breach(sealed, kept) == "seal 3: is not the one that was kept elsewhere"


def test_another_key_verifies_nothing(sealed: Engine) -> None:
    class Other(Keys):
        def state(self, number: int) -> hmac.HMAC:
            return hmac.new(b"other" * 7, digestmod=hashlib.sha256)

    row = _ids(sealed)[0]
    assert str(_verify(sealed, Other()).breach) == f"seal 1, row {row}: the row is not what was sealed"


def test_seals_under_older_keys_still_verify(sealed: Engine) -> None:
    assert _seal(sealed, Keys(2, 1)) == 1
    assert _verify(sealed, Keys(2, 1)) == Verdict(seals=4, rows=7, waiting=0)


def test_brought_to_a_cluster_whose_transactions_count_from_the_beginning(sealed: Engine) -> None:
    """As after a dump and restore: there, the last snapshot lies in the future."""
    _behind_its_back(sealed, "DELETE FROM audit_seal", "UPDATE audit_event SET txid = txid + 1000000000000")
    with sealed.begin() as connection:
        _claim_future(connection)
    _write(sealed, "after the restore")
    assert _verify(sealed).waiting == 1
    assert _seal(sealed) == 1
    assert _seal(sealed) == 0
    verdict = _verify(sealed)
    assert (verdict.breach, verdict.rows, verdict.waiting) == (None, 8, 0)


def _claim_future(connection: Connection) -> None:
    """One seal over everything, with a snapshot of a cluster that had come much further."""
    link = Link(KEYS, 1, FIRST)
    for row in connection.execute(text(f"SELECT {COLUMNS} FROM audit_event e ORDER BY e.id")):
        link.add(row)
    ids, now = multirange(link.ids), clock.now()
    snapshot = "2000000000000:2000000000000:"
    values = {
        "number": 1,
        "sealed_at": now,
        "snapshot": snapshot,
        "ids": ids,
        "rows": link.rows,
        "tags": bytes(link.tags),
        "previous": FIRST,
        "mac": link.close(1, 1, now, snapshot, ids),
        "key": 1,
    }
    connection.execute(
        text(
            "INSERT INTO audit_seal (number, sealed_at, snapshot, ids, rows, tags, previous, mac, key) VALUES"
            " (:number, :sealed_at, :snapshot, CAST(:ids AS int8multirange), :rows, :tags, :previous,"
            " :mac, :key)"
        ),
        values,
    )


@pytest.mark.parametrize("written", ["", "1", "x:00", "1:zz", "0:" + "00" * 32, "1:" + "00" * 31])
def test_what_is_no_head_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Head.parse(written)


@pytest.mark.parametrize(
    ("ranges", "outside"),
    [([], "{(,)}"), ([(1, 3)], "{(,1),[3,)}"), ([(1, 3), (3, 5), (2, 4), (9, 10)], "{(,1),[5,9),[10,)}")],
)
def test_what_ranges_leave_out(session: Session, ranges: list[tuple[int, int]], outside: str) -> None:
    assert gaps(ranges) == outside
    assert session.scalar(select(text("CAST(:o AS int8multirange)::text")), {"o": outside})
    assert list(ids_of(multirange(sorted(ranges)[:1]))) == ([1, 2] if ranges else [])
