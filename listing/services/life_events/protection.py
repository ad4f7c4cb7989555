"""Protection set or lifted for many: links to and from the protected rest, an ombud's power ends.

The rows themselves were written without any place (`people`); what leads to a person is here.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.services.operation import Context

_SUSPEND = text(
    """
    UPDATE guardianship SET suspended = true, updated_at = :at
    WHERE (child_id = ANY(CAST(:ids AS bigint[])) OR guardian_id = ANY(CAST(:ids AS bigint[])))
        AND NOT suspended
    """
)
_RESUME = text(
    """
    UPDATE guardianship g SET suspended = false, updated_at = :at
    WHERE (g.child_id = ANY(CAST(:ids AS bigint[])) OR g.guardian_id = ANY(CAST(:ids AS bigint[])))
        AND g.suspended AND NOT EXISTS (
            SELECT FROM person p WHERE p.id IN (g.child_id, g.guardian_id) AND p.protection <> 'none')
    """
)
_END_OMBUD = text(
    """
    UPDATE representation SET updated_at = :at, valid = CASE
        WHEN lower(valid) > CAST(:last AS date) THEN 'empty'::daterange
        ELSE daterange(lower(valid), CAST(:last AS date), '[]') END
    WHERE (person_id = ANY(CAST(:ids AS bigint[])) OR representative_id = ANY(CAST(:ids AS bigint[])))
        AND basis = 'ombud' AND NOT isempty(valid)
        AND (upper_inf(valid) OR upper(valid) > CAST(:last AS date) + 1)
    """
)


def carry_out(session: Session, context: Context, protected: Sequence[int], lifted: Sequence[int]) -> None:
    """Suspend what leads to the protected, and let it lead again to those who are not any more.

    Whoever was protected and is not any more by the same file counts as both, in this order.
    """
    if protected:
        values = {"ids": sorted(protected), "at": context.at}
        session.execute(_SUSPEND, values)
        session.execute(_END_OMBUD, {**values, "last": context.today - timedelta(days=1)})
    if changed := sorted({*protected, *lifted}):
        session.execute(_RESUME, {"ids": changed, "at": context.at})
