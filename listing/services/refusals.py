"""A refusal leaves its trace too: whoever was refused can be told why, when and by which rule.

The refused operation's own transaction is rolled back, so the trace is written in another, by whoever
carried the operation out. The same refusal of the same person at the same unit is written once a day:
asking again says nothing new.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.errors import ListingRefused
from listing.services import journal
from listing.services.operation import context

_WRITTEN = text(
    """
    SELECT EXISTS (SELECT FROM listing_event
        WHERE person_id = :person AND at >= CAST(:today AS date) AND kind = 'refused' AND reason = :reason
            AND care_unit_id IS NOT DISTINCT FROM CAST(:unit AS bigint))
    """
)


def keep(session: Session, actor: Actor, refused: ListingRefused) -> None:
    """Write the trace of a refusal that concerns a person; others have none."""
    where = refused.concerns
    if where is None:
        return
    here = context(actor)
    values = {
        "person": where.person_id,
        "today": here.today,
        "reason": refused.code,
        "unit": where.care_unit_id,
    }
    if session.scalar(_WRITTEN, values):
        return
    event = journal.Event(
        where.person_id,
        "refused",
        where.listing_type,
        where.channel,
        where.care_unit_id,
        reason=refused.code,
        detail={"because": refused.because, "arguments": dict(refused.arguments)},
    )
    journal.write(session, here, [event])
