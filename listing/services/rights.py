"""Whether an actor may touch what a person has at a unit; strangers are told that there is nothing."""

from sqlalchemy.orm import Session

from listing.errors import ListingUnknown, refuse
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import access, guardianship
from listing.rules.decision import Refused
from listing.services import relations, state
from listing.services.context import Context
from listing.services.requests import Channel


def may_touch(
    session: Session,
    context: Context,
    person: state.PersonState,
    unit: access.UnitPlace,
    listing_type: ListingType,
    channel: Channel,
) -> None:
    """Refuse whoever may not act for this person at this unit; strangers are told that there is nothing."""
    allowed = access.may_act_at(context.actor, unit)
    if isinstance(allowed, Refused):
        raise ListingUnknown("There is no listing or queue entry in force with this id")
    policy = policy_for(session, unit.region or "", listing_type, context.today).policy
    acting = relations.acting(session, context.actor, person, channel, (), context.today)
    if acting.relation == "none":
        raise ListingUnknown("There is no listing or queue entry in force with this id")
    if context.actor.person_id is None:
        if person.standing.protection != "none" and not context.actor.may_see_protected:
            raise ListingUnknown("There is no listing or queue entry in force with this id")
        return
    decision = guardianship.may_act(policy, acting, context.today)
    if isinstance(decision, Refused):
        raise refuse(decision)
