"""Why staff read persons: the token's purpose, else the one that the request states.

The claim comes first because it is part of the assignment (HSA: uppdragets ändamål) that somebody has
signed for. A request may state the purpose only where the token leaves it open, so nobody can widen it.
"""

from dataclasses import replace
from typing import Any

from listing.actor import Actor, Purpose
from web.auth.errors import PurposeInvalid, PurposeMissing, TokenInvalid

HEADER = "Access-Purpose"
STATABLE = tuple(purpose for purpose in Purpose if purpose is not Purpose.OWN_MATTER)

_OF_ASSIGNMENT = {
    "vård och behandling": Purpose.CARE,
    "administration": Purpose.ADMINISTRATION,
    "kvalitetssäkring": Purpose.QUALITY,
    "statistik": Purpose.STATISTICS,
}
"""The words of HSA's commissionPurpose."""


def purpose_of(claim: Any) -> Purpose | None:
    """The purpose that a token carries; None when it carries none, TokenInvalid when it is not one of ours.

    A purpose that we do not know, such as research, is no right to read listings.
    """
    if claim is None:
        return None
    purpose = _read(str(claim))
    if purpose is None:
        raise TokenInvalid("The access token carries a purpose that does not allow anything here")
    return purpose


def with_purpose(actor: Actor, stated: str | None) -> Actor:
    """The same actor with a purpose. PurposeMissing without one; PurposeInvalid when the two differ."""
    if stated is None:
        if actor.purpose is None:
            raise PurposeMissing
        return actor
    purpose = _read(stated)
    if actor.purpose not in (None, purpose) or purpose is None:
        raise PurposeInvalid(
            f"{HEADER} must be one of {', '.join(STATABLE)}, and the token's own if it has one"
        )
    return replace(actor, purpose=purpose)


def _read(text: str) -> Purpose | None:
    word = text.strip().lower()
    return next((purpose for purpose in STATABLE if purpose == word), _OF_ASSIGNMENT.get(word))
