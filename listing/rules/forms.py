"""A paper form: who registers it, its own number, and that it counts once.

Source: regional practice. The unit registers in Stockholm (which keeps the form and shows it on request) and
in Västra Götaland (which prints a personal form from its system, and registers it without delay); other
regions have it sent to an office of their own. A form is a public document (TF 2 kap.), and one that led to
two listings would let nobody tell which of them it proves.

The printed form (`/blankett/<hsa-id>`) carries a number that is made up for each printing. Its signs cannot
be mistaken for each other in handwriting, and the last one checks the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from listing.policy.model import Paper
from listing.rules.decision import Allowed, Decision, Refused

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7
MOST_CHILDREN = 3
"""The lines for children on one sheet."""

_WEIGHTS = (1, 7, 11, 13, 17, 19, 23)

Registrar = Literal["person", "unit", "region"]


@dataclass(frozen=True, slots=True)
class Registered:
    """One line of a form that has been registered: whose, where, and when."""

    person_id: int
    care_unit_id: int
    listing_type: str
    for_child: bool
    on: date


def may_register(rule: Paper, registrar: Registrar) -> Decision:
    """Whether forms are registered here by whoever does it now: the unit's staff or the region's.

    A person signs a form and never registers it. A region's own system registers for the region.
    """
    if registrar == "person":
        return Refused("not-authorised", "form-by-staff")
    if rule.registered_by == "region" and registrar == "unit":
        return Refused("not-authorised", "form-by-region")
    if rule.registered_by == "unit" and registrar == "region":
        return Refused("not-authorised", "form-by-unit")
    return Allowed("registrar")


def check_reference(reference: str | None) -> Decision:
    """Whether a reference in the shape of a printed form's number is one: a wrong sign would hide the form.

    What has another shape is the region's own way of finding the form, and is left alone.
    """
    if reference and _looks_printed(reference) and number_of(reference) is None:
        return Refused("form-not-valid", "number-mistyped", {"number": reference.strip().upper()})
    return Allowed("reference")


def check_once(
    before: Sequence[Registered], *, person_id: int, care_unit_id: int, listing_type: str, for_child: bool
) -> Decision:
    """Whether a line of a form may be registered, when these lines of the same form have been.

    Several people stand on one form only when they are children, chosen for at the same unit.
    """
    if not before:
        return Allowed("first-use")
    same_sheet = len(before) < MOST_CHILDREN and all(
        one.person_id != person_id
        and one.for_child
        and for_child
        and (one.care_unit_id, one.listing_type) == (care_unit_id, listing_type)
        for one in before
    )
    if same_sheet:
        return Allowed("next-child")
    return Refused("form-not-valid", "form-registered", {"registered": before[0].on})


def written(number: str) -> str:
    """The number as it stands on the form: `K7XM-4QTR`."""
    return f"{number[:4]}-{number[4:]}"


def number_of(text: str | None) -> str | None:
    """The eight signs of a printed form's number as people write it (any case, with or without the line).

    None when the text is no such number; one of digits alone is never printed, and is somebody else's.
    """
    signs = (text or "").replace("-", "").replace(" ", "").upper()
    if len(signs) != LENGTH + 1 or signs.isdigit() or any(sign not in SIGNS for sign in signs):
        return None
    return signs if check_sign(signs[:-1]) == signs[-1] else None


def check_sign(drawn: str) -> str:
    """Weighted by place, each weight without a common factor with 30, so that one wrong sign always shows."""
    total = sum(weight * SIGNS.index(sign) for weight, sign in zip(_WEIGHTS, drawn, strict=True))
    return SIGNS[-total % len(SIGNS)]


def _looks_printed(reference: str) -> bool:
    first, line, last = reference.strip().upper().partition("-")
    both = first + last
    shaped = len(first) == len(last) == 4 and line == "-"
    return shaped and not both.isdigit() and all(sign in SIGNS for sign in both)
