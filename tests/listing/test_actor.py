"""Who acts: what an actor may not be, and that it gives nobody's identity away."""

from dataclasses import replace
from typing import Any

import pytest

from codes.identifiers import parse_person_id
from listing.actor import SEES_PERSONS, STAFF, Actor, Purpose, Role

TOLVAN = "191212121212"
UNIT = "SE2321000131-E000000000901"


def test_a_resident_is_masked_until_resolved_and_then_only_a_key() -> None:
    actor = Actor.resident(parse_person_id(TOLVAN))
    assert TOLVAN not in repr(actor) + str(actor)
    known = actor.resolved(17)
    assert (known.key, known.person_id, known.person) == ("person:17", 17, None)
    assert known.purpose is Purpose.OWN_MATTER
    assert known.sees_persons


def test_our_own_work_is_for_the_whole_country() -> None:
    actor = Actor.internal("timed")
    assert (actor.role, actor.key, actor.region) == (Role.SYSTEM, "system:timed", None)
    with pytest.raises(ValueError, match="resident"):
        actor.resolved(1)


@pytest.mark.parametrize("identity", [TOLVAN, "19121212-1212", "1212121212", "121212-1212", "19850101P123"])
def test_no_key_is_an_identity_number(identity: str) -> None:
    with pytest.raises(ValueError, match="pseudonym") as refused:
        Actor(Role.SYSTEM, f"system:{identity}")
    assert identity not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": Role.RESIDENT, "region": "03"},
        {"role": Role.RESIDENT, "unit": UNIT},
        {"role": Role.RESIDENT, "may_see_protected": True},
        {"role": Role.UNIT, "region": "03"},
        {"role": Role.UNIT, "unit": UNIT},
        {"role": Role.REGION},
        {"role": Role.NURSE},
        {"role": Role.STATISTICIAN},
        {"role": Role.NURSE, "region": "03", "may_see_protected": True},
        {"role": Role.STATISTICIAN, "region": "03", "may_see_protected": True},
        {"role": Role.REGION, "region": "03", "person_id": 1},
        {"role": Role.REGION, "region": "03", "person": parse_person_id(TOLVAN)},
        {"role": Role.REGION, "region": "03", "purpose": Purpose.OWN_MATTER},
        {"role": Role.SYSTEM, "key": ""},
        {"role": Role.SYSTEM, "key": "staff:å"},
        {"role": Role.SYSTEM, "key": "x" * 101},
    ],
)
def test_an_actor_that_makes_no_sense_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Actor(**{"key": "staff:SE2321000131-P01", **wrong})


def test_every_role_is_staff_or_resident_and_numbers_need_no_persons() -> None:
    assert set(Role) == STAFF | {Role.RESIDENT}
    assert set(Role) - SEES_PERSONS == {Role.NURSE, Role.STATISTICIAN}
    actor = Actor(Role.STATISTICIAN, "staff:SE2321000131-P01", region="03")
    assert not actor.sees_persons
    with pytest.raises(ValueError, match="protected"):
        replace(actor, may_see_protected=True)
