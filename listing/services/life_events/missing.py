"""Whoever a full file does not name any more. Silence is no death and no emigration.

A file that was cut off, or a region that answers for fewer people, would otherwise end listings by the
thousand. So they are counted and left; only on somebody's word they are deregistered for a technical reason
(`TA`), which ends what they have as any deregistration does.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.services import journal
from listing.services.life_events import staging
from listing.services.life_events.people import CHUNK, Applied, Origin
from listing.services.operation import Context

_MISSING = (
    "FROM person p WHERE p.source_id = :source AND p.registered AND NOT EXISTS ("
    " SELECT FROM population_statement s WHERE s.person_id = p.id)"
)
_COUNT = text(f"SELECT count(*) {_MISSING}")
_NEXT = text(f"SELECT p.id {_MISSING} AND p.id > :after ORDER BY p.id LIMIT :most FOR NO KEY UPDATE OF p")
_DEREGISTER = text(
    """
    UPDATE person SET registered = false, deregistered_on = :today, deregistration_reason = 'TA',
        household = NULL, special_care = NULL, special_care_unit_id = NULL,
        import_run_id = :run, updated_at = :at
    WHERE id = ANY(CAST(:ids AS bigint[]))
    """
)


def carry_out(session: Session, context: Context, origin: Origin, applied: Applied, deregister: bool) -> int:
    """How many the source has stated before and does not state now; deregistered on request."""
    missing = int(session.scalar(_COUNT, {"source": origin.source_id}) or 0)
    if not deregister:
        return missing
    after = 0
    values = {"source": origin.source_id, "run": origin.run_id, "today": context.today, "at": context.at}
    while ids := session.scalars(_NEXT, {**values, "after": after, "most": CHUNK}).all():
        session.execute(_DEREGISTER, {**values, "ids": list(ids)})
        journal.write(
            session,
            context,
            [journal.Event(one, "deregistered", "health-centre", "system", reason="missing") for one in ids],
        )
        effects = [(one, "deregistered", context.today, None) for one in ids]
        staging.copy(session, "population_effect", staging.EFFECT, effects)
        after = ids[-1]
    applied.closed += missing
    applied.count("deregistered", missing)
    return missing
