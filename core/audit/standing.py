"""How the trail stands: when it was last sealed, and how long its oldest unsealed row has waited."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.audit.sealing import IN_THE_FUTURE, NOTHING_SEEN, OUTSIDE, sealed_ranges
from core.audit.seals import gaps

_LAST = text("SELECT sealed_at, snapshot FROM audit_seal ORDER BY number DESC LIMIT 1")
_UNSEALED = text(
    """
    SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0) FROM (
        SELECT at FROM audit_event
        WHERE txid >= (pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text)::bigint
            AND txid < (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint
            AND NOT pg_visible_in_snapshot((txid::text)::xid8, CAST(:seen AS pg_snapshot))
        ORDER BY txid, id LIMIT :most) unsealed
    """
)
_ELSEWHERE = text(
    f"""
    SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0) FROM (
        SELECT e.at {OUTSIDE} WHERE e.id IS NOT NULL LIMIT :most) unsealed
    """  # noqa: S608 - constants only
)


@dataclass(frozen=True, slots=True)
class Standing:
    """`rows` under no seal, no more than were asked for; `unsealed` the age of the oldest, in seconds."""

    sealed_at: datetime | None
    rows: int
    unsealed: float


def ask(session: Session, most: int = 10_000) -> Standing:
    """How it stands now; reads at most `most` rows."""
    last = session.execute(_LAST).first()
    sealed_at, seen = (last.sealed_at, last.snapshot) if last else (None, NOTHING_SEEN)
    if session.scalar(IN_THE_FUTURE, {"seen": seen}):  # brought here from a cluster that had come further
        values = {"gaps": gaps(sealed_ranges(session)), "most": most}
        rows, seconds = session.execute(_ELSEWHERE, values).one()
    else:
        rows, seconds = session.execute(_UNSEALED, {"seen": seen, "most": most}).one()
    return Standing(sealed_at, rows, max(0.0, float(seconds)))
