"""A whole register in one transaction: checked, then written set by set under the units' locks.

A takeover holds the registers of its units until it is done, so that no place is given away twice; operations
there wait up to their lock timeout and are asked to come again. What a unit has above its limit is taken over
too: nobody loses a place because the register moves (exemption `takeover`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.locking import lock_registers
from listing.services import journal
from listing.services.operation import context
from listing.services.takeover import staging
from listing.services.takeover.entries import Fault, Held, Waiting

TAKEOVER = Actor.internal("takeover")
CHUNK = 5000

_UNITS = text(
    "SELECT care_unit_id, listing_type FROM takeover_listing"
    " UNION SELECT care_unit_id, listing_type FROM takeover_queue"
)
# The limits of all days on which any of the unit's rows begins: the trigger looks at those days together.
_EXEMPT = text(
    """
    WITH claims AS (
        SELECT row_number, care_unit_id, listing_type, begins,
            row_number() OVER (PARTITION BY care_unit_id, listing_type
                ORDER BY chosen_at, row_number) AS place
        FROM takeover_listing
        WHERE fault IS NULL AND NOT known AND (until IS NULL OR until > CAST(:today AS date))
    ), room AS (
        SELECT c.care_unit_id, c.listing_type, min(l.places) - coalesce(max(r.listed + r.held), 0) AS free
        FROM claims c JOIN listing_limit l ON l.care_unit_id = c.care_unit_id
            AND l.listing_type = c.listing_type AND (l.valid @> c.begins OR l.valid @> CAST(:today AS date))
        LEFT JOIN unit_register r ON r.care_unit_id = c.care_unit_id AND r.listing_type = c.listing_type
        GROUP BY 1, 2
    )
    UPDATE takeover_listing t SET exemption = 'takeover'
    FROM claims c JOIN room ON room.care_unit_id = c.care_unit_id AND room.listing_type = c.listing_type
    WHERE t.row_number = c.row_number AND c.place > room.free
    """
)
# A change that counted where it was kept counts here too, from when it was made; only choices can count.
_LIST = text(
    """
    INSERT INTO listing (id, person_id, care_unit_id, listing_type, valid, chosen_at, registered_at,
        registered_by, basis, channel, counted, counted_because, exemption, occupies, begun, end_reason)
    SELECT id, person_id, care_unit_id, listing_type, daterange(begins, until), chosen_at, chosen_at, :by,
        CASE WHEN counted THEN 'choice' WHEN own_choice THEN 'takeover' ELSE 'allocation' END, 'system',
        counted, CASE WHEN counted THEN 'change' ELSE 'takeover' END, exemption,
        until IS NULL OR until > CAST(:today AS date), begins <= CAST(:today AS date), end_reason
    FROM takeover_listing
    WHERE fault IS NULL AND NOT known AND (exemption IS NOT NULL) = :exempt ORDER BY row_number
    """
)
# Identity values are given in the order of the rows, so that those of the same time keep theirs.
_QUEUE = text(
    """
    INSERT INTO queue_entry (id, person_id, care_unit_id, listing_type, slot, queued_at, registered_at,
        registered_by, channel, priority, priority_reason, decision_reference)
    SELECT id, person_id, care_unit_id, listing_type, slot, queued_at, :at, :by, 'system', priority,
        priority_reason, decision_reference
    FROM (
        SELECT t.*, row_number() OVER (PARTITION BY person_id, listing_type ORDER BY row_number) - 1
            + coalesce((SELECT max(q.slot) + 1 FROM queue_entry q WHERE q.person_id = t.person_id
                AND q.listing_type = t.listing_type AND q.status IN ('waiting', 'offered')), 0) AS slot_
        FROM takeover_queue t WHERE fault IS NULL AND NOT known
    ) s (row_number, id, person_id, care_unit_id, listing_type, queued_at, priority, priority_reason,
        decision_reference, fault, other, known, no_slot, slot)
    ORDER BY row_number
    """
)
_TAKEN = text(
    """
    SELECT * FROM (
        SELECT row_number, person_id, care_unit_id, listing_type, id AS listing_id, NULL::uuid AS entry_id,
            counted, begins FROM takeover_listing WHERE fault IS NULL AND NOT known
        UNION ALL
        SELECT row_number, person_id, care_unit_id, listing_type, NULL, id, false, NULL FROM takeover_queue
        WHERE fault IS NULL AND NOT known
    ) taken WHERE row_number > :after ORDER BY row_number LIMIT :most
    """
)
_COUNTS = text(
    """
    SELECT (SELECT count(*) FROM takeover_listing WHERE fault IS NULL AND NOT known) AS listings,
        (SELECT count(*) FROM takeover_queue WHERE fault IS NULL AND NOT known) AS queued,
        (SELECT count(*) FROM takeover_listing WHERE fault IS NULL AND known)
            + (SELECT count(*) FROM takeover_queue WHERE fault IS NULL AND known) AS known,
        (SELECT count(*) FROM takeover_listing WHERE exemption IS NOT NULL) AS exempt
    """
)


@dataclass(frozen=True, slots=True)
class Result:
    """How many listings and queue places were taken over, were here already, and stand beyond a limit."""

    listings: int
    queued: int
    known: int
    exempt: int


class Takeover:
    """One register. `add` all of it, `check`, and `apply` unless too much of it is at fault."""

    def __init__(self, session: Session, actor: Actor = TAKEOVER) -> None:
        self._session = session
        self._context = context(actor)
        staging.create(session)

    def add(self, held: Sequence[Held], waiting: Sequence[Waiting]) -> None:
        """Take in a batch. Nothing is applied yet."""
        staging.add(self._session, held, waiting)

    def check(self) -> list[Fault]:
        """What cannot be taken over, and what stands against it. The units are held from here on."""
        self._session.execute(text("SET LOCAL lock_timeout = '60s'"))
        lock_registers(self._session, {(row[0], row[1]) for row in self._session.execute(_UNITS)})
        return staging.check(self._session)

    def apply(self) -> Result:
        """Write what is not at fault and not here already, with its history."""
        session, here = self._session, self._context
        session.execute(_EXEMPT, {"today": here.today})
        values = {"today": here.today, "at": here.at, "by": here.actor.key}
        for exempt in (False, True):  # the trigger looks at each statement as a whole
            session.execute(_LIST, {**values, "exempt": exempt})
        session.execute(_QUEUE, values)
        self._tell()
        return Result(*session.execute(_COUNTS).one())

    def _tell(self) -> None:
        after = -1
        while rows := self._session.execute(_TAKEN, {"after": after, "most": CHUNK}).all():
            journal.write(self._session, self._context, [_event(row) for row in rows])
            after = rows[-1].row_number


def _event(row: Any) -> journal.Event:
    return journal.Event(
        row.person_id,
        "taken-over" if row.listing_id else "queue-taken-over",
        row.listing_type,
        "system",
        row.care_unit_id,
        listing_id=row.listing_id,
        queue_entry_id=row.entry_id,
        counted=row.counted,
        counted_because="change" if row.counted else "takeover",
        detail={"valid_from": row.begins.isoformat()} if row.begins else {},
    )
