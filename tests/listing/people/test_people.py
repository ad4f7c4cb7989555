"""People in a real database: found by every number they had, moved, protected, read with a trace."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from codes.identifiers import InvalidIdentifier, parse_person_id
from core import clock
from core.audit import AuditEvent
from listing.actor import Actor, Role
from listing.models import FormerIdentity, Guardianship, Person, Representation
from listing.people import key_file, queries, sealing
from listing.people.checking import confirm_keys
from listing.people.errors import IdentityTaken, KeysUnavailable, PersonUnknown, SealBroken
from listing.people.keys import Use
from listing.people.record import PersonRecord
from listing.people.services import (
    add_people,
    audit_people,
    change_identity,
    lift_protection,
    read_details,
    set_protection,
    update_people,
)
from tests.listing.people.conftest import STAFF

Records = Sequence[PersonRecord]

pytestmark = pytest.mark.usefixtures("keys_path")


def test_added_people_are_found_and_read(session: Session, records: Records) -> None:
    ids = add_people(session, records)
    assert len(set(ids)) == len(records)
    for person_id, record in zip(ids, records, strict=True):
        person = queries.find_person(session, record.identity)
        assert person is not None
        assert person.id == person_id
        details = queries.details_of(person)
        assert (details.identity, details.given_name, details.city) == (
            record.identity.value,
            record.given_name,
            "Uppsala",
        )
    assert queries.find_people(session, [record.identity for record in records]) == {
        record.identity.value: person_id for person_id, record in zip(ids, records, strict=True)
    }


def test_a_person_is_found_by_any_way_of_writing_the_number(session: Session, records: Records) -> None:
    (person_id,) = add_people(session, records[:1])
    value = records[0].identity.value
    for written in (value, f"{value[:8]}-{value[8:]}", f"{value[2:8]}-{value[8:]}", f" {value} "):
        assert queries.find_person_id(session, written, on=date(2026, 11, 1)) == person_id
    with pytest.raises(InvalidIdentifier):
        queries.find_person_id(session, "19121212")
    assert queries.find_person_id(session, records[1].identity) is None


@pytest.mark.parametrize(("written", "kind"), [("197010632391", "coordination"), ("22500101AB12", "reserve")])
def test_other_kinds_of_numbers_are_people_too(
    session: Session, records: Records, written: str, kind: str
) -> None:
    identity = parse_person_id(written)
    (person_id,) = add_people(session, [replace(records[0], identity=identity)])
    person = queries.find_person(session, written.lower())
    assert person is not None
    assert (person.id, person.identity_kind) == (person_id, kind)


def test_nothing_of_the_person_is_readable_in_the_row(session: Session, records: Records) -> None:
    add_people(session, records[:5])
    dump = "\n".join(session.scalars(text("SELECT person::text FROM person")))
    for record in records[:5]:
        for secret in (record.identity.value, record.given_name, record.family_name, record.street or ""):
            assert secret not in dump
            assert secret.encode().hex() not in dump


def test_details_moved_to_another_row_do_not_open(session: Session, records: Records) -> None:
    first, second = add_people(session, records[:2])
    session.execute(
        text("UPDATE person SET sealed = (SELECT sealed FROM person WHERE id = :a) WHERE id = :b"),
        {"a": first, "b": second},
    )
    with pytest.raises(SealBroken):
        queries.details_of(queries.person_with(session, second))


def test_the_same_person_twice_is_refused_without_saying_who(session: Session, records: Records) -> None:
    add_people(session, records[:1])
    with pytest.raises(IdentityTaken) as refused, session.begin_nested():
        add_people(session, records[:1])
    assert records[0].identity.value not in str(refused.value)


def test_two_live_look_up_keys_do_not_let_one_person_in_twice(
    session: Session, records: Records, keys_path: Path
) -> None:
    add_people(session, records[:1])
    key_file.add(keys_path, Use.LOOKUP)
    key_file.make_current(keys_path, Use.LOOKUP)
    with pytest.raises(IdentityTaken):
        add_people(session, records[:1])
    assert queries.find_person(session, records[0].identity) is not None


def test_a_key_file_of_another_database_is_refused(
    session: Session, records: Records, keys_path: Path
) -> None:
    add_people(session, records[:1])
    keys_path.unlink()
    key_file.create(keys_path)
    with pytest.raises(KeysUnavailable, match="not the one of this database"):
        add_people(session, records[1:2])
    with pytest.raises(KeysUnavailable, match="not the one of this database"):
        confirm_keys(session)


def test_an_update_replaces_all_but_identity_and_protection(session: Session, records: Records) -> None:
    first, second = add_people(session, records[:2])
    set_protection(session, STAFF, second, "confidentiality-mark")
    moved = [
        (n, replace(r, street="Kungsgatan 1", municipality_code="0330", position=(17.5, 59.6), district=None))
        for n, r in ((second, records[1]), (first, records[0]))
    ]
    update_people(session, moved)
    session.expire_all()
    person, protected = (queries.person_with(session, n) for n in (first, second))
    assert queries.details_of(person).street == "Kungsgatan 1"
    assert (person.municipality_code, person.district) == ("0330", None)
    assert queries.find_person_id(session, records[0].identity) == first
    where = session.scalar(text("SELECT ST_AsText(position) FROM person WHERE id = :id"), {"id": first})
    assert where == "POINT(17.5 59.6)"
    assert (protected.protection, protected.municipality_code, protected.position) == (
        "confidentiality-mark",
        None,
        None,
    )
    assert queries.details_of(protected).street is None
    with pytest.raises(PersonUnknown):
        update_people(session, [(10**9, records[2])])


def test_a_changed_number_keeps_the_row_and_the_old_number_still_finds_it(
    session: Session, records: Records
) -> None:
    (person_id,) = add_people(session, [replace(records[0], identity=parse_person_id("197010632391"))])
    new = records[5].identity
    assert change_identity(session, STAFF, person_id, new)
    assert not change_identity(session, STAFF, person_id, new)
    session.expire_all()
    person = queries.person_with(session, person_id)
    assert (person.identity_kind, person.birth_date) == ("personal", records[5].birth_date)
    assert queries.find_person_id(session, new) == person_id
    assert queries.find_person_id(session, "19701063-2391") == person_id
    assert queries.find_people(session, ["197010632391", new.value]) == {
        "197010632391": person_id,
        new.value: person_id,
    }
    assert queries.details_of(person).former == ("197010632391",)
    assert queries.details_of(person).given_name == records[0].given_name


def test_a_change_put_right_leaves_the_right_number_as_the_present_one(
    session: Session, records: Records
) -> None:
    (person_id,) = add_people(session, records[:1])
    right, wrong = records[0].identity, records[1].identity
    change_identity(session, STAFF, person_id, wrong)
    change_identity(session, STAFF, person_id, right)
    person = queries.person_with(session, person_id)
    assert queries.details_of(person).former == (wrong.value,)
    assert session.scalars(select(FormerIdentity.identity_hash)).all() == sealing.lookup_hashes(wrong)


def test_nobody_gets_a_number_that_somebody_else_has_or_had(session: Session, records: Records) -> None:
    first, second = add_people(session, records[:2])
    change_identity(session, STAFF, first, records[2].identity)
    for taken in (records[0].identity, records[2].identity):
        with pytest.raises(IdentityTaken):
            change_identity(session, STAFF, second, taken)
    with pytest.raises(PersonUnknown):
        change_identity(session, STAFF, 10**9, records[9].identity)


def test_a_new_identity_for_protection_leaves_no_way_back(session: Session, records: Records) -> None:
    child, guardian = add_people(session, records[:2])
    _custody(session, child, guardian)
    change_identity(session, STAFF, child, records[2].identity)
    change_identity(session, STAFF, child, records[3].identity, protective_name=("Ny", "Person"))
    session.expire_all()
    person = queries.person_with(session, child)
    details = queries.details_of(person)
    assert (details.former, details.given_name, details.family_name) == ((), "Ny", "Person")
    assert (details.street, person.position, person.protection) == (None, None, "protected-registration")
    for old in (records[0].identity, records[2].identity):
        assert queries.find_person_id(session, old) is None
    assert queries.find_person_id(session, records[3].identity) == child
    assert session.scalar(select(FormerIdentity)) is None
    assert session.scalar(select(Guardianship.suspended)) is True
    trail = session.scalars(select(AuditEvent).where(AuditEvent.action == "person-identity-changed")).all()
    assert len({str(sorted(event.detail.items())) for event in trail}) == 1


def _custody(session: Session, child: int, guardian: int) -> None:
    session.add(Guardianship(child_id=child, guardian_id=guardian, valid=Range(date(2020, 1, 1), None)))
    session.flush()


def test_protection_empties_every_place_and_suspends_custody(session: Session, records: Records) -> None:
    child, guardian = add_people(session, records[:2])
    _custody(session, child, guardian)
    assert set_protection(session, STAFF, guardian, "protected-registration")
    assert not set_protection(session, STAFF, guardian, "protected-registration")
    session.expire_all()
    person = queries.person_with(session, guardian)
    assert (person.position, person.municipality_code, person.district, person.household) == (None,) * 4
    assert person.region_code == "03"
    details = queries.details_of(person)
    assert (details.street, details.postal_code, details.city) == (None, None, None)
    assert details.family_name == "Tolvansson"
    assert session.scalar(select(Guardianship.suspended)) is True


def test_custody_works_again_only_when_nobody_is_protected(session: Session, records: Records) -> None:
    child, guardian = add_people(session, records[:2])
    _custody(session, child, guardian)
    for person_id in (child, guardian):
        set_protection(session, STAFF, person_id, "confidentiality-mark")
    assert lift_protection(session, STAFF, child)
    assert session.scalar(select(Guardianship.suspended)) is True
    assert lift_protection(session, STAFF, guardian)
    assert not lift_protection(session, STAFF, guardian)
    session.expire_all()
    assert session.scalar(select(Guardianship.suspended)) is False


def test_an_ombud_loses_the_power_when_either_is_protected_and_a_guardian_by_court_keeps_it(
    session: Session, records: Records
) -> None:
    person, helper, other = add_people(session, records[:3])
    today = clock.today()
    session.add(_representation(person, helper, "ombud", date(2025, 1, 1)))
    session.add(_representation(person, other, "ombud", today))
    session.add(_representation(helper, other, "god-man", date(2025, 1, 1)))
    session.flush()
    set_protection(session, STAFF, person, "confidentiality-mark")
    set_protection(session, STAFF, helper, "confidentiality-mark")
    session.expire_all()
    found = {(r.representative_id, r.basis): r.valid for r in session.scalars(select(Representation))}
    assert found[helper, "ombud"].upper == today
    assert found[other, "ombud"].isempty
    assert found[other, "god-man"].upper is None


def _representation(person: int, representative: int, basis: str, since: date) -> Representation:
    return Representation(
        person_id=person,
        representative_id=representative,
        basis=basis,
        reference="dnr 1",
        valid=Range(since, None),
    )


def test_the_database_itself_refuses_a_place_for_a_protected_person(
    session: Session, records: Records
) -> None:
    (person_id,) = add_people(session, [replace(records[0], protection="confidentiality-mark")])
    person = queries.person_with(session, person_id)
    assert (person.position, queries.details_of(person).street) == (None, None)
    with pytest.raises(IntegrityError, match="protected_without_place"), session.begin_nested():
        session.execute(text("UPDATE person SET municipality_code = '0380'"))


def test_reading_leaves_a_trace_with_role_purpose_and_workplace(session: Session, records: Records) -> None:
    ids = add_people(session, records[:3])
    nurse = Actor(Role.UNIT, "staff:SE2321000131-P1", region="14", unit="SE2321000131-E000000000001")
    person = queries.person_with(session, ids[0])
    assert read_details(session, nurse, person).given_name == records[0].given_name
    assert audit_people(session, nurse, "unit-list-read", ids) == 3
    seen = queries.who_has_looked(session, ids[0])
    assert [(entry.action, entry.role, entry.purpose) for entry in seen] == [
        ("unit-list-read", "unit", "administration"),
        ("person-read", "unit", "administration"),
    ]
    assert {(entry.unit, entry.region) for entry in seen} == {("SE2321000131-E000000000001", "14")}
    assert queries.who_has_looked(session, ids[0], before=seen[0].id) == seen[1:]
    assert [entry.action for entry in queries.who_has_looked(session, ids[1])] == ["unit-list-read"]


def test_the_trail_of_a_person_spells_no_number_out(session: Session, records: Records) -> None:
    (person_id,) = add_people(session, records[:1])
    change_identity(session, STAFF, person_id, records[1].identity)
    set_protection(session, STAFF, person_id, "confidentiality-mark")
    trail = "\n".join(session.scalars(text("SELECT audit_event::text FROM audit_event")))
    assert "person-identity-changed" in trail
    for record in records[:2]:
        assert record.identity.value not in trail
        assert record.given_name not in trail


def test_the_day_of_an_ombuds_end_is_yesterday(session: Session, records: Records) -> None:
    person, helper = add_people(session, records[:2])
    session.add(_representation(person, helper, "ombud", clock.today() - timedelta(days=1)))
    session.flush()
    set_protection(session, STAFF, person, "confidentiality-mark")
    session.expire_all()
    valid = session.scalars(select(Representation)).one().valid
    assert (valid.lower, valid.upper) == (clock.today() - timedelta(days=1), clock.today())
    assert session.scalar(select(Person.id).where(Person.id == helper)) == helper
