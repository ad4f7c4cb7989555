"""Timed work: what falls due by the clock. Safe to run twice, at any time, and from two machines at once.

Every step takes up what is due and leaves it done, in transactions of one unit or one batch each, so that it
may be cut off anywhere. Rows that somebody else works on are left for the next round.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import clock, logging, metrics
from core.database import unit_of_work
from listing.locking import UnitKey, lock_registers
from listing.services import closing, journal, notices, settling
from listing.services.operation import Context
from listing.services.reminding import remind

BATCH = 1000
LOOK_SECONDS = 0.25
ROUND_SECONDS = 10.0
log = logging.get("timed-work")

_WAIT = text("SET LOCAL lock_timeout = '2s'")

_BEGIN = text(
    """
    UPDATE listing SET begun = true WHERE id IN (
        SELECT id FROM listing WHERE NOT begun AND lower(valid) <= CAST(:today AS date)
        ORDER BY lower(valid), id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id, person_id, care_unit_id, listing_type, channel
    """
)
_UNITS_WITH_ENDS = text(
    """
    SELECT DISTINCT care_unit_id, listing_type FROM listing
    WHERE occupies AND NOT upper_inf(valid) AND upper(valid) <= CAST(:today AS date) ORDER BY 1, 2
    """
)
_FREE = text(
    """
    UPDATE listing SET occupies = false
    WHERE care_unit_id = :unit AND listing_type = :type AND occupies AND NOT upper_inf(valid)
        AND upper(valid) <= CAST(:today AS date)
    """
)
_UNITS_WITH_LAPSED = text(
    "SELECT DISTINCT care_unit_id, listing_type FROM queue_entry"
    " WHERE status = 'offered' AND offer_expires_at <= :at ORDER BY 1, 2"
)
_LAPSE = text(
    """
    UPDATE queue_entry SET status = 'lapsed', ended_at = :at, end_reason = 'lapsed'
    WHERE care_unit_id = :unit AND listing_type = :type AND status = 'offered' AND offer_expires_at <= :at
    RETURNING id, person_id
    """
)
_TURNED = text(
    """
    UPDATE unit_register r SET unsettled = true
    FROM (
        SELECT care_unit_id, listing_type, valid FROM listing_limit
        UNION ALL SELECT care_unit_id, listing_type, valid FROM unit_contract
    ) decided
    WHERE r.care_unit_id = decided.care_unit_id AND r.listing_type = decided.listing_type AND NOT r.unsettled
        AND (lower(valid) > r.settled_on AND lower(valid) <= CAST(:today AS date)
            OR upper(valid) > r.settled_on AND upper(valid) <= CAST(:today AS date))
    """
)


@dataclass
class Done:
    """How much was done of each kind."""

    contracts: int = 0
    begun: int = 0
    ended_units: int = 0
    lapsed: int = 0
    reminded: int = 0
    closed: int = 0
    settled: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{one.name.replace('_', ' ')} {getattr(self, one.name)}" for one in fields(self))


def run_due(engine: Engine) -> Done:
    """Do all that is due now, and settle what it has touched."""
    done = Done()
    done.contracts = closing.follow_contracts(engine, settling.TIMED_WORK)
    done.begun = _begin(engine)
    done.ended_units = _free_ended(engine)
    done.lapsed = _lapse(engine)
    done.reminded = remind(engine)
    done.closed = closing.carry_out_due(engine, settling.TIMED_WORK)
    _turn(engine)
    done.settled = settling.settle(engine)
    for one in fields(done):
        metrics.TIMED_WORK.labels(one.name.replace("_", "-")).inc(getattr(done, one.name))
    return done


def _context() -> Context:
    return Context(settling.TIMED_WORK, clock.now(), clock.today())


def _begin(engine: Engine) -> int:
    """Announce listings whose first day has come."""
    count = 0
    while True:
        context = _context()
        with unit_of_work(engine) as session:
            rows = session.execute(_BEGIN, {"today": context.today, "most": BATCH}).all()
            journal.write(session, context, [_begun(row) for row in rows])
        count += len(rows)
        if len(rows) < BATCH:
            return count


def _begun(row: Any) -> journal.Event:
    return journal.Event(
        row.person_id, "begun", row.listing_type, row.channel, row.care_unit_id, listing_id=row.id
    )


def _free_ended(engine: Engine) -> int:
    """Free the places of listings whose last day has passed."""
    count = 0
    for unit in _due(engine, _UNITS_WITH_ENDS, {"today": clock.today()}):
        with settling.unless_held(), unit_of_work(engine) as session:
            session.execute(_WAIT)
            free_ended(session, unit, clock.today())
            count += 1
    return count


def free_ended(session: Session, unit: UnitKey, today: date) -> None:
    """Free the places at one unit; its row is locked first, as operations do that touch its listings."""
    lock_registers(session, [unit])
    session.execute(_FREE, {"unit": unit[0], "type": unit[1], "today": today})


def _lapse(engine: Engine) -> int:
    """End offers that nobody has answered in time; the place goes to the next when the unit is settled."""
    count = 0
    for unit in _due(engine, _UNITS_WITH_LAPSED, {"at": clock.now()}):
        context = _context()
        with settling.unless_held(), unit_of_work(engine) as session:
            session.execute(_WAIT)
            lock_registers(session, [unit])
            values = {"unit": unit[0], "type": unit[1], "at": context.at}
            rows = session.execute(_LAPSE, values).all()
            _tell_lapsed(session, context, unit, rows)
            count += len(rows)
    return count


def _tell_lapsed(session: Session, context: Context, unit: UnitKey, rows: Sequence[Any]) -> None:
    events = [
        journal.Event(
            row.person_id, "offer-lapsed", unit[1], "system", unit[0], queue_entry_id=row.id, reason="lapsed"
        )
        for row in rows
    ]
    journal.write(session, context, events)
    told = [notices.Notice(row.person_id, "offer-lapsed", unit[1], unit[0]) for row in rows]
    notices.tell(session, context, told)


def _turn(engine: Engine) -> None:
    """Look again at units whose limit or contract begins or ends today, or has since they were settled."""
    with unit_of_work(engine) as session:
        session.execute(_TURNED, {"today": clock.today()})


def _due(engine: Engine, statement: Any, values: dict[str, date | datetime]) -> list[UnitKey]:
    with unit_of_work(engine) as session:
        return [(row[0], row[1]) for row in session.execute(statement, values)]


def follow(engine: Engine, stop: threading.Event) -> None:
    """Do what falls due until `stop`, with the queues served and the statuses shown within a second.

    Settling looks often, because people look at what they have just changed; the clock's own work seldom. A
    database that is away is waited for.
    """
    next_round = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= next_round:
                run_due(engine)
                next_round = time.monotonic() + ROUND_SECONDS
            elif not settling.settle(engine):
                stop.wait(LOOK_SECONDS)
        except DBAPIError as error:
            log.warning("timed work waits for the database", error=type(error.orig).__name__)
            stop.wait(1)
