"""Paper forms as they are registered: by whom they may be, and each printed one once."""

from typing import cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.policy.model import Policy
from listing.rules import forms
from listing.rules.days import civil_day
from listing.rules.decision import Refused
from listing.services.context import Context
from listing.services.requests import Choice, Paper

_BEFORE = text(
    """
    SELECT person_id, care_unit_id, listing_type, for_child, registered_at FROM registered_form
    WHERE number = :number AND void_at IS NULL ORDER BY slot
    """
)
# The slot is the first free one: two who register the same form at once meet in its unique index.
_CLAIM = text(
    """
    INSERT INTO registered_form (number, slot, person_id, care_unit_id, listing_type, for_child,
        registered_at, registered_by)
    SELECT CAST(:number AS varchar), coalesce(min(slot), 0), :person, :unit, :type, :for_child, :at, :by
    FROM generate_series(0, 2) slot WHERE NOT EXISTS (
        SELECT FROM registered_form f
        WHERE f.number = CAST(:number AS varchar) AND f.slot = slot.slot AND f.void_at IS NULL)
    """
)
_VOID = text(
    """
    UPDATE registered_form SET void_at = :at
    WHERE number = :number AND person_id = :person AND void_at IS NULL
    """
)


def check(
    session: Session, policy: Policy, choice: Choice, care_unit_id: int, registrar: forms.Registrar
) -> Refused | None:
    """Why this form may not be registered here and now by this registrar; None when it may."""
    paper = choice.paper
    decisions = [forms.may_register(policy.paper, registrar)]
    if paper is not None:
        decisions.append(forms.check_reference(paper.reference))
        decisions.append(
            forms.check_once(
                _before(session, paper),
                person_id=choice.person_id,
                care_unit_id=care_unit_id,
                listing_type=choice.listing_type,
                for_child=bool(paper.guardians),
            )
        )
    return next((one for one in decisions if isinstance(one, Refused)), None)


def claim(session: Session, context: Context, choice: Choice, care_unit_id: int) -> None:
    """Keep that this line of the form has been registered; the database refuses a second time."""
    paper = choice.paper
    number = forms.number_of(paper.reference) if paper else None
    if paper is None or number is None:
        return
    values = {"number": number, "person": choice.person_id, "unit": care_unit_id, "type": choice.listing_type}
    more = {"for_child": bool(paper.guardians), "at": context.at, "by": context.actor.key}
    session.execute(_CLAIM, {**values, **more})


def void(session: Session, context: Context, person_id: int, reference: str | None) -> None:
    """Let a form be registered again, because what it led to was an error."""
    number = forms.number_of(reference)
    if number is not None:
        session.execute(_VOID, {"number": number, "person": person_id, "at": context.at})


def reference(paper: Paper | None) -> str | None:
    """What is kept to find the form by: a printed number as it is printed, anything else as it was given."""
    if paper is None:
        return None
    number = forms.number_of(paper.reference)
    return forms.written(number) if number else paper.reference


def _before(session: Session, paper: Paper) -> list[forms.Registered]:
    number = forms.number_of(paper.reference)
    rows = session.execute(_BEFORE, {"number": number}).all() if number else []
    return [
        forms.Registered(
            cast(int, row.person_id), row.care_unit_id, row.listing_type, row.for_child, civil_day(row[4])
        )
        for row in rows
    ]
