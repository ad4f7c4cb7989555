"""Taking in what sources say: tables, versions, history and outbox agree after every call."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from codes.identifiers import InvalidIdentifier
from core.problems import Invalid
from directory.queries import changes, public_unit, staff_contacts
from directory.record import Record
from directory.services import Incoming, Outcome, apply_records, close_missing, ensure_source, missing_units

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
EKBACKEN = "SE2321000131-E000000000901"
PARENT = "SE2321000131-E000000000900"


def record(**fields: Any) -> Record:
    base: Record = {
        "name": "Vårdcentralen Ekbacken",
        "municipality": "1481",
        "position": {"lat": 57.65, "lon": 12.01, "origin": "rt90"},
        "addresses": {"visiting": {"street": "Ekgatan 1", "postal_code": "43167", "city": "Mölndal"}},
        "hours": {"opening": {"weekly": [{"weekday": 1, "opens": "08:00", "closes": "26:00"}]}},
        "contacts": {"phone": ["+46317000000"], "website": ["https://example.se"]},
        "activities": ["1502", "1504"],
        "professional_contacts": {"phone": ["+46317999999"]},
    }
    return {**base, **fields}  # type: ignore[typeddict-item]


def take(
    session: Session, *incoming: Incoming, source: str = "catalogue", at: datetime = AT
) -> list[Outcome]:
    return apply_records(
        session,
        source=ensure_source(session, source),
        run=None,
        actor="test",
        at=at,
        incoming=incoming,
    )


def rows(session: Session, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(text(sql))]


def test_a_new_unit_stands_in_every_table_with_its_source(session: Session) -> None:
    (outcome,) = take(session, Incoming(EKBACKEN, record()))
    assert outcome.action == "created"
    assert rows(session, "SELECT name, region_code, published FROM care_unit WHERE hsa_id IS NOT NULL") == [
        ("Vårdcentralen Ekbacken", "14", True)
    ]
    assert rows(session, "SELECT weekday, opens, closes FROM weekly_hours") == [(1, 480, 1560)]
    assert rows(session, "SELECT kind, postal_code FROM care_unit_address") == [("visiting", "43167")]
    assert rows(
        session,
        "SELECT c.code FROM care_unit_classification f JOIN concept c ON c.id = concept_id"
        " ORDER BY f.sort_order",
    ) == [("1502",), ("1504",)]
    assert rows(session, "SELECT s.key FROM care_unit_contact c JOIN source s ON s.id = c.source_id") == [
        ("catalogue",),
        ("catalogue",),
    ]
    assert rows(session, "SELECT topic, key FROM outbox WHERE topic = 'care-unit'") == [
        ("care-unit", EKBACKEN)
    ]


def test_the_hsa_id_is_kept_in_capitals_whatever_the_file_wrote(session: Session) -> None:
    take(session, Incoming(EKBACKEN.lower(), record()))
    assert rows(session, "SELECT hsa_id FROM care_unit WHERE hsa_id IS NOT NULL") == [(EKBACKEN,)]
    snapshot = public_unit(session, EKBACKEN.swapcase())
    assert snapshot is not None
    assert snapshot.hsa_id == EKBACKEN


def test_the_same_record_again_changes_nothing(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record()))
    (outcome,) = take(session, Incoming(EKBACKEN, record()), at=AT + timedelta(days=1))
    assert outcome.action == "unchanged"
    assert rows(session, "SELECT count(*) FROM care_unit_version") == [(1,)]
    assert rows(session, "SELECT count(*) FROM outbox WHERE topic = 'care-unit'") == [(1,)]


def test_a_change_is_a_version_a_history_row_and_an_outbox_row(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record()))
    later = AT + timedelta(days=1)
    (outcome,) = take(session, Incoming(EKBACKEN, record(name="Närhälsan Ekbacken")), at=later)
    assert outcome.changed["name"] == ("Vårdcentralen Ekbacken", "Närhälsan Ekbacken")
    found = changes(session, EKBACKEN)
    assert found is not None
    total, listed = found
    assert total == len(listed) == 3
    assert {c.field: (c.old_value, c.new_value) for c in listed} == {
        "name": ("Vårdcentralen Ekbacken", "Närhälsan Ekbacken"),
        "former_names": (None, ["Vårdcentralen Ekbacken"]),
        "status": (None, "active"),
    }
    before = public_unit(session, EKBACKEN, as_of=later - timedelta(seconds=1))
    after = public_unit(session, EKBACKEN)
    assert before is not None
    assert after is not None
    assert before.record["name"] == "Vårdcentralen Ekbacken"
    assert after.record["name"] == "Närhälsan Ekbacken"
    assert rows(session, "SELECT name FROM care_unit_name WHERE kind = 'former'") == [
        ("Vårdcentralen Ekbacken",)
    ]
    assert public_unit(session, EKBACKEN, as_of=AT - timedelta(days=1)) is None


def test_what_one_source_says_survives_another_that_does_not_carry_it(session: Session) -> None:
    old = AT - timedelta(days=5000)
    take(session, Incoming(EKBACKEN, record(), as_of=old))
    slim: Record = {"name": "Närhälsan Ekbacken", "contacts": {"phone": ["+46317111111"]}}
    take(session, Incoming(EKBACKEN, slim), source="snapshot")
    snapshot = public_unit(session, EKBACKEN)
    assert snapshot is not None
    assert snapshot.record["name"] == "Närhälsan Ekbacken"
    assert snapshot.record["contacts"] == {"phone": ["+46317111111"], "website": ["https://example.se"]}
    assert snapshot.record["hours"]["opening"]["weekly"]
    assert snapshot.record["activities"] == ["1502", "1504"]


def test_an_older_record_that_arrives_later_does_not_take_over(session: Session) -> None:
    take(session, Incoming(EKBACKEN, {"name": "Närhälsan Ekbacken"}), source="snapshot")
    take(session, Incoming(EKBACKEN, record(), as_of=AT - timedelta(days=5000)))
    snapshot = public_unit(session, EKBACKEN)
    assert snapshot is not None
    assert snapshot.record["name"] == "Närhälsan Ekbacken"
    assert snapshot.record["former_names"] == ["Vårdcentralen Ekbacken"]
    assert snapshot.record["activities"] == ["1502", "1504"]


def test_a_full_file_closes_only_what_its_source_alone_kept_open(session: Session) -> None:
    other = "SE2321000131-E000000000902"
    take(session, Incoming(EKBACKEN, record()), Incoming(other, record(name="BVC Ekbacken")))
    take(session, Incoming(EKBACKEN, {"name": "Vårdcentralen Ekbacken"}), source="snapshot")
    source = ensure_source(session, "catalogue")
    missing = missing_units(session, source=source, seen=[])
    assert missing == [EKBACKEN, other]
    closed = close_missing(session, source=source, run=None, actor="test", at=AT, missing=missing)
    assert closed == [other]
    assert rows(session, "SELECT hsa_id FROM care_unit WHERE status = 'closed'") == [(other,)]
    assert missing_units(session, source=source, seen=[]) == []


def test_a_closed_unit_opens_when_its_source_lists_it_again(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record()))
    source = ensure_source(session, "catalogue")
    close_missing(session, source=source, run=None, actor="test", at=AT, missing=[EKBACKEN])
    (outcome,) = take(session, Incoming(EKBACKEN, record()), at=AT + timedelta(days=1))
    assert outcome.reopened
    snapshot = public_unit(session, EKBACKEN)
    assert snapshot is not None
    assert snapshot.published


def test_contacts_for_staff_reach_no_public_reading(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record()))
    take(
        session,
        Incoming(EKBACKEN, record(professional_contacts={"phone": ["+46317888888"]})),
        at=AT + timedelta(days=1),
    )
    snapshot = public_unit(session, EKBACKEN)
    found = changes(session, EKBACKEN, limit=100)
    assert snapshot is not None
    assert found is not None
    assert "+4631788" not in repr(snapshot)
    assert "professional" not in repr(snapshot)
    assert "professional" not in repr(found)
    assert staff_contacts(session, snapshot.unit_id) == {"phone": ["+46317888888"]}
    assert rows(session, "SELECT count(*) FROM care_unit_change WHERE audience = 'internal'") == [(1,)]


def test_the_database_itself_keeps_staff_contacts_out_of_a_public_version(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record()))
    with pytest.raises(IntegrityError, match="public_only"):
        session.execute(
            text("UPDATE care_unit_version SET record = record || '{\"professional_contacts\": {}}'")
        )


def test_a_unit_is_linked_to_a_parent_that_arrives_later(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record(kind="unit", parent=PARENT)))
    assert rows(session, "SELECT count(*) FROM care_unit_membership") == [(0,)]
    take(session, Incoming(PARENT, {"name": "Primärvården Mölndal", "kind": "care_unit"}))
    assert rows(
        session,
        "SELECT c.hsa_id, p.hsa_id FROM care_unit_membership m"
        " JOIN care_unit c ON c.id = child_id JOIN care_unit p ON p.id = parent_id",
    ) == [(EKBACKEN, PARENT)]


def test_a_new_parent_ends_the_link_to_the_old_one(session: Session) -> None:
    second = "SE2321000131-E000000000899"
    parents = [Incoming(hsa_id, {"name": hsa_id, "kind": "care_unit"}) for hsa_id in (PARENT, second)]
    take(session, *parents, Incoming(EKBACKEN, record(kind="unit", parent=PARENT)))
    take(session, Incoming(EKBACKEN, record(kind="unit", parent=second)), at=AT + timedelta(days=30))
    assert rows(
        session,
        "SELECT p.hsa_id, upper_inf(valid) FROM care_unit_membership m"
        " JOIN care_unit p ON p.id = parent_id ORDER BY lower(valid)",
    ) == [(PARENT, False), (second, True)]


def test_a_provider_is_made_from_its_organisation_number(session: Session) -> None:
    provider = {"organisation_number": "5560000001", "name": "Ekbackens vård AB"}
    take(session, Incoming(EKBACKEN, record(provider=provider)))
    assert rows(
        session,
        "SELECT p.kind, p.name FROM care_unit_membership m JOIN care_unit p ON p.id = parent_id",
    ) == [("provider", "Ekbackens vård AB")]


def test_a_code_that_no_system_has_is_refused_by_name(session: Session) -> None:
    with pytest.raises(Invalid, match=r"9999.*hsa-business-classification"):
        take(session, Incoming(EKBACKEN, record(activities=["9999"])))


def test_a_malformed_hsa_id_is_refused(session: Session) -> None:
    with pytest.raises(InvalidIdentifier):
        take(session, Incoming("29997", record()))


def test_two_changes_at_one_moment_make_two_versions_in_order(session: Session) -> None:
    take(session, Incoming(EKBACKEN, record()))
    take(session, Incoming(EKBACKEN, record(name="Närhälsan Ekbacken")))
    assert rows(
        session, "SELECT record->>'name', isempty(period) FROM care_unit_version ORDER BY lower(period)"
    ) == [("Vårdcentralen Ekbacken", False), ("Närhälsan Ekbacken", False)]


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE care_unit SET hsa_id = lower(hsa_id)", "hsa_id_form"),
        ("UPDATE care_unit SET name = ' '", "name_present"),
        ("UPDATE care_unit SET municipality_code = '0180', region_code = '14'", "municipality_in_region"),
        ("UPDATE weekly_hours SET closes = opens", "span"),
        ("UPDATE weekly_hours SET weekday = 8", "weekday"),
        ("UPDATE care_unit_address SET postal_code = '4316x'", "postal_code_form"),
        (
            "INSERT INTO care_unit_version (care_unit_id, hsa_id, period, record, published)"
            " SELECT care_unit_id, hsa_id, period, record, true FROM care_unit_version",
            "ex_care_unit_version_period",
        ),
    ],
)
def test_the_database_refuses_what_must_never_be(session: Session, statement: str, constraint: str) -> None:
    take(session, Incoming(EKBACKEN, record()))
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(text(statement))
