"""Two rows that are one person: the later choice and the longest wait go on, and no number leads astray."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from codes.identifiers import PersonId
from core import clock
from core.database import unit_of_work
from core.settings import Settings
from importers.synthetic.numbers import NumberSeries
from listing.errors import ListingRefused
from listing.models import Listing, Person, QueueEntry
from listing.people import key_file
from listing.people.errors import PersonUnknown
from listing.people.keys import key_ring
from listing.people.queries import details_of, find_person_id
from listing.people.record import PersonRecord
from listing.people.rotation import rekey
from listing.people.services import add_people
from listing.queries.my_pages import history_of
from listing.queries.person_listings import person_listings
from listing.services.choosing import choose
from listing.services.merging import merge
from tests.support.register import (
    a_limit,
    a_unit,
    events,
    guardian_of,
    region_staff,
    resident,
    unit_staff,
    wish,
)

BORN = date(1980, 5, 17)
SERIES = NumberSeries(date(2026, 11, 1))
LONG_SINCE = datetime(2026, 2, 1, 12, tzinfo=UTC)
SINCE = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys.json"
    key_file.create(path)
    monkeypatch.setattr("core.settings._settings", Settings(keys_file=path))
    return path


def two(session: Session, **columns: Any) -> tuple[Person, Person, list[PersonId]]:
    """The row that is kept, the one that is merged, and their numbers."""
    numbers: list[PersonId] = [SERIES.next(BORN, "female") for _ in range(2)]
    records = [
        PersonRecord(one, BORN, "Eva", "Tolvansson", "f", region_code="03", **columns) for one in numbers
    ]
    kept, merged = (session.get_one(Person, id_) for id_ in add_people(session, records))
    return kept, merged, numbers


def lists(session: Session, person: Person, unit: Any, at: datetime, **more: Any) -> None:
    with clock.frozen(at):
        choose(session, resident(person), f"{at}{unit.id}", [wish(person, unit, **more)])


def join(session: Session, kept: Person, merged: Person, actor: Any = None) -> dict[str, Any]:
    with clock.frozen(NOW):
        return merge(session, actor or region_staff(), "m", kept.id, merged.id, evidence="HSN 2026-44")


def standing(session: Session, person: Person) -> list[Any]:
    query = "SELECT care_unit_id, lower(valid), upper(valid), counted FROM listing WHERE person_id = :id"
    rows = session.execute(text(query + " AND NOT isempty(valid) ORDER BY 2"), {"id": person.id})
    return [tuple(row) for row in rows]


def test_both_numbers_find_the_one_and_none_the_other_also_after_a_rotation(session: Session) -> None:
    kept, merged, numbers = two(session)
    join(session, kept, merged)
    for number in numbers:
        assert find_person_id(session, number) == kept.id
    assert details_of(kept).former == (numbers[1].value,)
    session.refresh(merged)
    assert (merged.registered, merged.deregistration_reason) == (False, "GN")
    assert numbers[1].value not in str(details_of(merged).identity)
    session.execute(text("UPDATE person SET hash_key = 0"))
    rekey(session, key_ring())
    assert [find_person_id(session, number) for number in numbers] == [kept.id, kept.id]


@pytest.mark.parametrize("later", ["kept", "merged"])
def test_the_listing_chosen_last_goes_on_and_the_other_ends_without_counting(
    session: Session, later: str
) -> None:
    kept, merged, _ = two(session)
    first, second = a_unit(session), a_unit(session)
    earlier = merged if later == "kept" else kept
    lists(session, earlier, first, LONG_SINCE)
    lists(session, kept if later == "kept" else merged, second, SINCE)
    done = join(session, kept, merged)
    assert done["ended"] == 1
    since, until = LONG_SINCE.date(), SINCE.date()
    assert standing(session, kept) == [(first.id, since, until, False), (second.id, until, None, False)]
    assert ("corrected", "duplicate") in events(session, earlier)
    counters = session.execute(text("SELECT care_unit_id, listed FROM unit_register ORDER BY 1")).all()
    assert counters == [(first.id, 0), (second.id, 1)]


def test_listed_twice_at_one_unit_is_listed_there_since_the_first_time(session: Session) -> None:
    kept, merged, _ = two(session)
    unit = a_unit(session)
    lists(session, merged, unit, LONG_SINCE)
    lists(session, kept, unit, SINCE)
    join(session, kept, merged)
    assert standing(session, kept) == [(unit.id, LONG_SINCE.date(), None, False)]
    assert session.scalars(text("SELECT listed FROM unit_register")).all() == [1]


def test_a_choice_to_come_is_waited_for_at_the_present_unit(session: Session) -> None:
    kept, merged, _ = two(session)
    here, there = a_unit(session), a_unit(session)
    lists(session, merged, here, LONG_SINCE)
    begins = NOW.date() + timedelta(days=9)
    lists(session, kept, there, NOW, wished=begins)
    join(session, kept, merged)
    assert standing(session, kept) == [
        (here.id, LONG_SINCE.date(), begins, False),
        (there.id, begins, None, False),
    ]


def test_the_longest_wait_counts_and_every_unit_keeps_its_order(session: Session) -> None:
    kept, merged, _ = two(session)
    full, other = a_unit(session), a_unit(session)
    for unit in (full, other):
        a_limit(session, unit, 0)
    between, *_ = two(session)
    lists(session, merged, full, LONG_SINCE, join_queue=True)
    lists(session, between, full, SINCE, join_queue=True)
    lists(session, kept, full, SINCE + timedelta(days=1), join_queue=True)
    session.execute(text("UPDATE queue_entry SET slot = 1 WHERE person_id = :id"), {"id": merged.id})
    with clock.frozen(SINCE):
        session.execute(
            text(
                "INSERT INTO queue_entry (person_id, care_unit_id, listing_type, slot, queued_at,"
                " registered_at, registered_by, channel) VALUES (:p, :u, 'health-centre', 0, :at, :at, 'x',"
                " 'web')"
            ),
            {"p": merged.id, "u": other.id, "at": SINCE},
        )
    assert join(session, kept, merged)["queueEnded"] == 1
    waits = select(QueueEntry).where(QueueEntry.status == "waiting").order_by(QueueEntry.queued_at)
    found = [(one.person_id, one.care_unit_id, one.queued_at) for one in session.scalars(waits)]
    assert found == [(kept.id, full.id, LONG_SINCE), (between.id, full.id, SINCE), (kept.id, other.id, SINCE)]
    assert [tuple(row) for row in session.execute(text("SELECT waiting FROM unit_register ORDER BY 1"))] == [
        (1,),
        (2,),
    ]


def test_the_history_of_both_is_reached_through_the_one(session: Session) -> None:
    kept, merged, _ = two(session)
    unit, other, child = a_unit(session), a_unit(session), two(session)[0]
    lists(session, merged, unit, LONG_SINCE)
    lists(session, kept, other, LONG_SINCE + timedelta(hours=1))
    guardian_of(session, child, merged)
    with clock.frozen(NOW):
        join(session, kept, merged)
        found = person_listings(session, region_staff(), kept.id, "health-centre", clock.today())
        told = history_of(session, resident(kept), kept.id, clock.today(), limit=50)
    assert found.current is not None
    assert found.current.hsa_id == other.hsa_id
    assert [one.hsa_id for one in found.earlier] == [unit.hsa_id]
    kinds = [row.kind for row in told]
    assert kinds.count("merged") == 2
    assert kinds.count("listed") == 2
    guards = session.scalar(text("SELECT guardian_id FROM guardianship"))
    assert guards == kept.id
    trail = session.scalars(text("SELECT action FROM audit_event WHERE subject_kind = 'person'")).all()
    assert {"person-merged", "person-merged-into"} <= set(trail)


def test_only_the_region_merges_and_nobody_is_uncovered(session: Session) -> None:
    kept, merged, _ = two(session)
    unit = a_unit(session)
    for actor in (unit_staff(unit), region_staff("12"), resident(kept)):
        with pytest.raises(ListingRefused) as refused, session.begin_nested():
            join(session, kept, merged, actor)
        assert refused.value.code == "not-authorised"
    session.execute(
        text("UPDATE person SET protection = 'confidentiality-mark' WHERE id = :id"), {"id": merged.id}
    )
    with pytest.raises(PersonUnknown), session.begin_nested():
        join(session, kept, merged)
    with pytest.raises(ListingRefused) as refused, session.begin_nested():
        join(session, kept, merged, region_staff(may_see_protected=True))
    assert refused.value.because == "merge-uncovers"
    with pytest.raises(PersonUnknown), session.begin_nested():
        join(session, kept, kept)


def test_the_database_keeps_a_merged_row_out_of_the_register(session: Session) -> None:
    kept, merged, _ = two(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text("UPDATE person SET merged_into_id = :kept WHERE id = :id"),
            {"kept": kept.id, "id": merged.id},
        )


def test_the_command_reads_the_numbers_from_standard_input(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from web import cli

    url = clean_database.url.render_as_string(hide_password=False)
    monkeypatch.setattr("core.cluster.ensure_running", lambda _settings: url)
    with unit_of_work(clean_database) as session:
        kept, merged, numbers = two(session)
        unit = a_unit(session)
        lists(session, merged, unit, LONG_SINCE)
    given = "".join(f"{number.value}\n" for number in numbers)
    for options, expected in ((["--dry-run"], merged.id), ([], kept.id)):
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        assert cli.main(["people", "merge", "--evidence", "HSN 2026-44", *options]) == 0
        said = capsys.readouterr().out
        assert "1 listings moved" in said
        assert numbers[0].value not in said
        with unit_of_work(clean_database) as session:
            assert session.scalars(select(Listing.person_id)).all() == [expected]
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    assert cli.main(["people", "merge", "--evidence", "HSN 2026-44"]) == 1
