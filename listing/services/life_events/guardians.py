"""Who has custody of a child, as the register states it: links that it names no more end, new ones begin.

Föräldrabalken 6 kap. 2 §: custody lasts until the child is 18. A link to or from somebody protected is kept
but rests, so that it works again when the protection is lifted.
"""

from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.services import journal
from listing.services.operation import Context

_FOUND = """
    CREATE TEMPORARY TABLE population_custody ON COMMIT DROP AS
    WITH latest AS (
        SELECT DISTINCT ON (person_id) person_id, row_number, coalesce(day, ordered) AS day, told
        FROM population_statement WHERE guardians_stated AND NOT row_number = ANY(CAST(:older AS bigint[]))
        ORDER BY person_id, turn DESC
    )
    SELECT s.person_id AS child_id, s.row_number, s.day, s.told, g.place,
        coalesce(p.id, f.person_id) AS guardian_id, g.row_number IS NOT NULL AS named
    FROM latest s LEFT JOIN population_guardian g ON g.row_number = s.row_number
    LEFT JOIN person p ON p.identity_hash = ANY(g.hashes)
    LEFT JOIN former_identity f ON f.identity_hash = ANY(g.hashes) AND p.id IS NULL
    """
_UNKNOWN = text(
    "SELECT DISTINCT row_number FROM population_custody WHERE named AND guardian_id IS NULL ORDER BY 1"
)
_END = text(
    """
    UPDATE guardianship g SET updated_at = :at,
        valid = CASE WHEN lower(g.valid) >= c.day THEN 'empty'::daterange
            ELSE daterange(lower(g.valid), c.day) END
    FROM (SELECT DISTINCT child_id, day FROM population_custody) c
    WHERE g.child_id = c.child_id AND NOT isempty(g.valid) AND (upper_inf(g.valid) OR upper(g.valid) > c.day)
        AND NOT EXISTS (SELECT FROM population_custody k
            WHERE k.child_id = g.child_id AND k.guardian_id = g.guardian_id)
    RETURNING g.child_id
    """
)
# From birth when the child is heard of for the first time, otherwise from the day of the change. Until the
# day of turning 18, which for somebody born on a leap day is 1 March (`listing.rules.days.birthday`).
_BEGIN = text(
    """
    WITH wanted AS (
        SELECT DISTINCT ON (c.child_id, c.guardian_id) c.child_id, c.guardian_id, c.place,
            CASE WHEN EXISTS (SELECT FROM guardianship g WHERE g.child_id = c.child_id)
                OR c.told = 'guardians-changed' THEN c.day ELSE p.birth_date END AS begins,
            (p.birth_date + interval '18 years')::date + (to_char(p.birth_date, 'MMDD') = '0229')::integer
                AS grown_up, p.protection <> 'none' OR w.protection <> 'none' AS suspended
        FROM population_custody c JOIN person p ON p.id = c.child_id JOIN person w ON w.id = c.guardian_id
        WHERE c.guardian_id <> c.child_id AND 'AV' NOT IN (
                coalesce(p.deregistration_reason, ''), coalesce(w.deregistration_reason, ''))
            AND NOT EXISTS (SELECT FROM guardianship g WHERE g.child_id = c.child_id
                AND g.guardian_id = c.guardian_id AND NOT isempty(g.valid)
                AND (upper_inf(g.valid) OR upper(g.valid) > c.day))
        ORDER BY c.child_id, c.guardian_id, c.place
    )
    INSERT INTO guardianship (child_id, guardian_id, valid, suspended, source_id, import_run_id, updated_at)
    SELECT child_id, guardian_id,
        daterange(begins, grown_up), suspended, :source, :run, :at
    FROM wanted WHERE begins < grown_up ORDER BY child_id, place
    RETURNING child_id
    """
)
_ALREADY = text(
    "SELECT DISTINCT child_id FROM population_custody c WHERE EXISTS ("
    " SELECT FROM guardianship g WHERE g.child_id = c.child_id)"
)


@dataclass(slots=True)
class Custody:
    """Children whose guardians have changed, and rows that name somebody who is not in the register."""

    changed: set[int] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)


def carry_out(
    session: Session, context: Context, older: list[int], source_id: int | None, run_id: int | None
) -> Custody:
    """Make custody what the latest statement of each child says; the same again changes nothing.

    A guardian who is not in the register (abroad, in another region's file) is told and left out. Custody
    ends with the death of either.
    """
    session.execute(text("DROP TABLE IF EXISTS population_custody"))
    session.execute(text(_FOUND), {"older": older})
    session.execute(text("ANALYZE population_custody"))
    custody = Custody(unknown=list(session.scalars(_UNKNOWN)))
    known = set(session.scalars(_ALREADY))
    ended = set(session.scalars(_END, {"at": context.at}))
    values = {"at": context.at, "source": source_id, "run": run_id}
    begun = set(session.scalars(_BEGIN, values))
    # The first that is known of a child is no change.
    custody.changed = ended | (begun & known)
    events = [
        journal.Event(child, "guardians-changed", "health-centre", "system")
        for child in sorted(custody.changed)
    ]
    journal.write(session, context, events)
    return custody
