"""What the register of listings says stands above files, in tables and in versions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from core import clock
from core.problems import Invalid
from directory.queries import changes, public_unit
from directory.services import (
    Incoming,
    ListingState,
    apply_records,
    ensure_source,
    publish_listing_status,
    withdraw_listing_status,
)
from tests.directory.search.units import hsa_id, take, unit

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
ONE, TWO = hsa_id(1), hsa_id(2)
FILE_SAYS = {"status": "queue", "queue_length": 14}


@pytest.fixture
def ids(session: Session) -> dict[str, int]:
    """Two units: a file says how one can list at the first and nothing of the second."""
    listed = unit("Solrosen", "1480", 57.7, 11.97, listing=FILE_SAYS)
    take(session, {ONE: listed, TWO: unit("Vallmon", "1480", 57.7, 11.98)}, AT)
    return dict(session.execute(text("SELECT hsa_id, id FROM care_unit WHERE hsa_id IS NOT NULL")).all())


def publish(session: Session, *states: ListingState, at: datetime = LATER) -> list[str]:
    with clock.frozen(at):
        return publish_listing_status(session, states)


def shown(session: Session, key: str) -> Any:
    """The listing of a unit, which record and table must agree on."""
    snapshot = public_unit(session, key)
    assert snapshot is not None
    listing = snapshot.record.get("listing")
    row = session.execute(
        text(
            "SELECT l.status, l.queue_length, l.since::text, s.key FROM care_unit_listing_status l"
            " JOIN source s ON s.id = l.source_id WHERE care_unit_id = :id"
        ),
        {"id": snapshot.unit_id},
    ).one_or_none()
    if listing is None:
        assert row is None
        return None
    assert row is not None
    assert row[:3] == (listing["status"], listing.get("queue_length"), listing.get("since"))
    origin = session.scalar(
        text(
            "SELECT s.key FROM care_unit u JOIN source s ON s.id = (u.field_origin->>'listing')::bigint"
            " WHERE u.id = :id"
        ),
        {"id": snapshot.unit_id},
    )
    assert origin == row[3]
    return listing, row[3]


def count(session: Session, table: str) -> int:
    return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def traces(session: Session) -> tuple[int, int, int]:
    return count(session, "care_unit_version"), count(session, "care_unit_change"), count(session, "outbox")


def test_a_new_status_is_a_version_with_history_and_an_outbox_row(
    session: Session, ids: dict[str, int]
) -> None:
    versions, noted, told = traces(session)
    closed = ListingState(ids[ONE], "closed", since=date(2026, 11, 1))
    opened = ListingState(ids[TWO], "open")
    assert publish(session, opened, closed) == [ONE, TWO]
    assert shown(session, ONE) == ({"status": "closed", "since": "2026-11-01"}, "listing-register")
    assert shown(session, TWO) == ({"status": "open"}, "listing-register")
    assert traces(session) == (versions + 2, noted + 2, told + 2)
    before = public_unit(session, ONE, as_of=LATER - timedelta(seconds=1))
    assert before is not None
    assert before.record["listing"] == FILE_SAYS
    history = changes(session, ONE)
    assert history is not None
    newest = history[1][0]
    assert (newest.field, newest.old_value, newest.new_value) == (
        "listing",
        FILE_SAYS,
        {"status": "closed", "since": "2026-11-01"},
    )
    assert newest.source_key == "listing-register"
    assert newest.changed_at == LATER


def test_a_queue_that_moves_is_corrected_in_place(session: Session, ids: dict[str, int]) -> None:
    publish(session, ListingState(ids[ONE], "queue", 14))
    versions, noted, told = traces(session)
    assert publish(session, ListingState(ids[ONE], "queue", 15), at=LATER + timedelta(hours=1)) == [ONE]
    assert shown(session, ONE) == ({"status": "queue", "queue_length": 15}, "listing-register")
    assert publish(session, ListingState(ids[ONE], "queue")) == [ONE]
    assert shown(session, ONE) == ({"status": "queue"}, "listing-register")
    assert traces(session) == (versions, noted, told + 2)


def test_what_is_shown_already_writes_nothing(session: Session, ids: dict[str, int]) -> None:
    publish(session, ListingState(ids[ONE], "open"))
    before = (*traces(session), _rows(session))
    assert publish(session, ListingState(ids[ONE], "open"), at=LATER + timedelta(days=1)) == []
    assert (*traces(session), _rows(session)) == before
    assert publish(session) == []


def _rows(session: Session) -> list[Any]:
    tables = ("source_record", "care_unit_listing_status", "care_unit", "care_unit_version")
    return [session.execute(text(f"SELECT ctid::text, xmin::text FROM {name}")).all() for name in tables]


def test_the_same_words_as_a_file_are_the_registers_from_then_on(
    session: Session, ids: dict[str, int]
) -> None:
    before = traces(session)
    assert publish(session, ListingState(ids[ONE], "queue", 14)) == []
    assert traces(session) == before
    assert shown(session, ONE) == (FILE_SAYS, "listing-register")


@pytest.mark.parametrize("years", [0, 5])
def test_a_later_file_does_not_overwrite_the_register(
    session: Session, ids: dict[str, int], years: int
) -> None:
    publish(session, ListingState(ids[ONE], "closed"))
    renamed = unit("Solrosens vårdcentral", "1480", 57.7, 11.97, listing={"status": "open"})
    take(session, {ONE: renamed}, LATER + timedelta(days=365 * years + 1))
    assert shown(session, ONE) == ({"status": "closed"}, "listing-register")
    found = public_unit(session, ONE)
    assert found is not None
    assert found.record["name"] == "Solrosens vårdcentral"
    other = ensure_source(session, "region-14")
    record = {"listing": {"status": "queue", "queue_length": 3}}
    at = LATER + timedelta(days=365 * years + 2)
    incoming = [Incoming(ONE, record)]  # type: ignore[arg-type]
    apply_records(session, source=other, run=None, actor="test", at=at, incoming=incoming)
    assert shown(session, ONE) == ({"status": "closed"}, "listing-register")


def test_a_withdrawn_word_lets_files_count_again(session: Session, ids: dict[str, int]) -> None:
    publish(session, ListingState(ids[ONE], "open"), ListingState(ids[TWO], "open"))
    take(session, {ONE: unit("Solrosen", "1480", 57.7, 11.97, listing={"status": "closed"})}, LATER)
    versions, _, told = traces(session)
    with clock.frozen(LATER + timedelta(hours=1)):
        assert withdraw_listing_status(session, ids.values()) == [ONE, TWO]
    assert shown(session, ONE) == ({"status": "closed"}, "search-test")
    assert shown(session, TWO) is None
    assert traces(session)[0] == versions + 2
    assert traces(session)[2] == told + 2
    assert withdraw_listing_status(session, ids.values()) == []
    take(session, {ONE: unit("Solrosen", "1480", 57.7, 11.97, listing={"status": "open"})}, LATER)
    assert shown(session, ONE) == ({"status": "open"}, "search-test")


def test_the_register_keeps_no_unit_open_that_catalogues_closed(
    session: Session, ids: dict[str, int]
) -> None:
    publish(session, ListingState(ids[ONE], "open"))
    take(session, {ONE: unit("Solrosen", "1480", 57.7, 11.97, status="closed")}, LATER)
    assert public_unit(session, ONE, as_of=LATER + timedelta(seconds=1)) is not None
    published = session.scalar(text("SELECT published FROM care_unit WHERE id = :id"), {"id": ids[ONE]})
    assert published is False


def test_what_cannot_be_is_refused(session: Session, ids: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="queue length"):
        ListingState(ids[ONE], "open", 3)
    with pytest.raises(ValueError, match="queue length"):
        ListingState(ids[ONE], "queue", -1)
    with pytest.raises(ValueError, match="no such listing status"):
        ListingState(ids[ONE], "full")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="once"):
        publish(session, ListingState(ids[ONE], "open"), ListingState(ids[ONE], "closed"))
    with pytest.raises(ValueError, match="not care units"):
        publish(session, ListingState(2**40, "open"))
    register = ensure_source(session, "listing-register")
    with pytest.raises(Invalid, match="register of this installation"):
        apply_records(session, source=register, run=None, actor="test", at=AT, incoming=[])


def test_the_number_of_statements_does_not_grow_with_the_units(session: Session, engine: Engine) -> None:
    many = {hsa_id(n): unit(f"Enhet {n}", "1480", 57.7, 11.97) for n in range(1, 2001)}
    take(session, many, AT)
    keys = session.scalars(text("SELECT id FROM care_unit WHERE hsa_id IS NOT NULL ORDER BY id")).all()
    statements = 0

    def counted(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(engine, "before_cursor_execute", counted)
    try:
        publish(session, *(ListingState(key, "open") for key in keys[:1]))
        one, statements = statements, 0
        publish(session, *(ListingState(key, "queue", 3) for key in keys))
    finally:
        event.remove(engine, "before_cursor_execute", counted)
    assert statements <= one
    assert count(session, "care_unit_listing_status") == 2000
    assert session.scalars(text("SELECT DISTINCT status FROM care_unit_listing_status")).all() == ["queue"]


def test_a_long_import_holds_up_no_row_that_refers_to_its_units(clean_database: Engine) -> None:
    with Session(clean_database) as first:
        take(first, {ONE: unit("Solrosen", "1480", 57.7, 11.97)}, AT)
        first.commit()
        take(first, {ONE: unit("Solrosens vårdcentral", "1480", 57.7, 11.97)}, LATER)
        with Session(clean_database) as second:
            second.execute(text("SET lock_timeout = '1s'"))
            second.execute(text("SELECT id FROM care_unit FOR KEY SHARE"))
