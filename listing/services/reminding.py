"""Whoever has not answered an offer is reminded once, on the day that the region has decided."""

from sqlalchemy import Engine, text

from core import clock
from core.database import unit_of_work
from listing.policy.lookup import policy_for
from listing.rules import queueing
from listing.rules.days import civil_day, days_later
from listing.services import notices
from listing.services.context import context
from listing.services.settling import TIMED_WORK

# One at a time, so that two machines do not both find that nobody has reminded yet.
_ALONE = text("SELECT pg_try_advisory_xact_lock(7235203)")
_OPEN = text(
    """
    SELECT q.id, q.person_id, q.care_unit_id, q.listing_type, q.offered_at, q.offer_expires_at, u.region_code
    FROM queue_entry q JOIN care_unit u ON u.id = q.care_unit_id
    WHERE q.status = 'offered' AND q.offer_expires_at > :now AND NOT EXISTS (
        SELECT FROM listing_notice n WHERE n.person_id = q.person_id AND n.kind = 'offer-reminder'
            AND n.detail->>'entry' = q.id::text)
    ORDER BY q.offer_expires_at, q.id
    """
)


def remind(engine: Engine) -> int:
    """Tell those whose day of reminder has come, by the rules in force today; how many."""
    here = context(TIMED_WORK)
    with unit_of_work(engine) as session:
        if not session.scalar(_ALONE):
            return 0
        told = []
        for row in session.execute(_OPEN, {"now": here.at}).all():
            queue = policy_for(session, row.region_code, row.listing_type, here.today).policy.queue
            on = queueing.remind_on(queue, row.offered_at)
            if on is None or on > clock.today():
                continue
            last = days_later(civil_day(row.offer_expires_at), -1)
            detail = {"last_day": last.isoformat(), "entry": str(row.id)}
            told.append(
                notices.Notice(row.person_id, "offer-reminder", row.listing_type, row.care_unit_id, detail)
            )
        notices.tell(session, here, told)
    return len(told)
