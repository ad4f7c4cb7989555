"""Whom a caller may speak of at all: found by the whole identity number, and only when there is a right.

Nobody is told whether a stranger is in the register: a resident gets the same answer, by the same
statements, for whoever is unknown and whoever is not theirs (OSL 2009:400, 25 kap. 1 §). Which right it is,
and what it is good for, is decided by `listing.rules.guardianship` afterwards.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from codes.identifiers import PersonId
from core.roundtrip import ask
from listing.actor import Actor, Role
from listing.people.errors import PersonUnknown
from listing.people.queries import find_people

# A child under protection is nobody's here, so that its link leads nobody to it; whoever is protected
# themselves knows already, and is told of the other way (`guardianship.may_act`).
_REACH = text(
    """
    SELECT p.id FROM person p JOIN person me ON me.id = :me
    WHERE p.id = ANY(CAST(:ids AS bigint[])) AND (p.protection = 'none' OR me.protection <> 'none')
        AND (EXISTS (SELECT FROM guardianship WHERE child_id = p.id AND guardian_id = me.id
                AND valid @> CAST(:today AS date))
            OR EXISTS (SELECT FROM representation WHERE person_id = p.id AND representative_id = me.id
                AND valid @> CAST(:today AS date)))
    """
)


def resolved(
    session: Session, actor: Actor, people: Sequence[PersonId], today: date
) -> tuple[Actor, list[int]]:
    """The actor as known in the register, and the keys of these people in order.

    Raises `PersonUnknown` with the `index` of the first whom the actor may not speak of, or who is unknown.
    """
    if actor.role is not Role.RESIDENT:
        found = find_people(session, people)
        return actor, [_known(found.get(person.value), index) for index, person in enumerate(people)]
    if actor.person is None:
        raise ValueError("a resident with an identity number")
    found = find_people(session, [actor.person, *people])
    own = found.get(actor.person.value)
    if own is None:
        raise PersonUnknown("The person is not in the register")
    ids = [found.get(person.value) for person in people]
    within = {own, *reached(session, own, ids, today)}
    return actor.resolved(own), [
        _known(one if one in within else None, index) for index, one in enumerate(ids)
    ]


def reached(session: Session, person_id: int, others: Sequence[int | None], today: date) -> set[int]:
    """Those of `others` whom the person is guardian of or represents; no statement when there are none."""
    if all(other == person_id for other in others):
        return set()  # Only of themselves: nothing to keep from anybody.
    values = {"me": person_id, "ids": [other for other in others if other is not None], "today": today}
    return {row.id for row in ask(session, _REACH, values)}


def within(session: Session, me: int, person_id: int, today: date) -> None:
    """Raises `PersonUnknown` when a resident has nothing to do with the person."""
    _known(person_id if person_id in {me, *reached(session, me, [person_id], today)} else None, 0)


def _known(person_id: int | None, index: int) -> int:
    if person_id is None:
        raise PersonUnknown("The person is not in the register", index=index)
    return person_id
