"""After an operation: the queue is served, and what the public sees of the unit is brought up to date.

An operation only marks the registers that it touched (`unit_register.unsettled`, by trigger). Settling has
transactions of its own, so that an operation never waits for another person's, nor for a file import that
holds the unit's directory row. It may be run at any time, twice, and by several at once.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

import psycopg
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import clock, metrics
from core.database import unit_of_work
from directory.services.listing_status import ListingState, publish_listing_status
from listing.actor import Actor
from listing.locking import UnitKey, lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules.status import PublicStatus, public_status
from listing.services import state
from listing.services.serving import serve_first

TIMED_WORK = Actor.internal("timed-work")
PUBLISHED = "health-centre"
"""The listing type whose status the directory shows; the others' registers answer for themselves."""

_UNSETTLED = text(
    "SELECT care_unit_id, listing_type FROM unit_register WHERE unsettled ORDER BY 1, 2 LIMIT :most"
)
_UNIT = text(
    "SELECT u.hsa_id, u.region_code, r.status, r.status_since, r.queue_length, r.unsettled"
    " FROM unit_register r JOIN care_unit u ON u.id = r.care_unit_id"
    " WHERE r.care_unit_id = :unit AND r.listing_type = :type"
)
_SETTLED = text(
    """
    UPDATE unit_register
    SET unsettled = false, status = :status, status_since = :since, queue_length = :queue_length,
        settled_on = :today
    WHERE care_unit_id = :unit AND listing_type = :type
    """
)
_WAIT_SHORTLY = text("SET LOCAL lock_timeout = '1s'")


def unsettled(session: Session, most: int = 500) -> list[UnitKey]:
    """Registers that something has happened at."""
    return [(row[0], row[1]) for row in session.execute(_UNSETTLED, {"most": most})]


def settle(engine: Engine, units: Iterable[UnitKey] | None = None, actor: Actor = TIMED_WORK) -> int:
    """Serve the queues and publish the status of these units, or of all that need it; how many were done."""
    if units is None:
        with unit_of_work(engine) as session:
            units = unsettled(session)
    done = 0
    for unit in units:
        try:
            _settle_one(engine, unit, actor)
        except OperationalError as error:
            if not is_held(error):
                raise
            # Somebody holds the unit, an import for instance. It stays unsettled for the next round.
            continue
        done += 1
    return done


@contextmanager
def unless_held() -> Iterator[None]:
    """Leave a unit that somebody holds for the next round, and go on with the others."""
    try:
        yield
    except OperationalError as error:
        if not is_held(error):
            raise


def is_held(error: OperationalError) -> bool:
    """Whether somebody else held what was wanted; then it is left for the next round."""
    return isinstance(error.orig, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected)


def _settle_one(engine: Engine, unit: UnitKey, actor: Actor) -> None:
    serving = True
    while serving:
        with unit_of_work(engine) as session:
            session.execute(_WAIT_SHORTLY)
            serving = serve_first(session, actor, unit)
        if serving:
            metrics.TIMED_WORK.labels("served").inc()
    with unit_of_work(engine) as session:
        session.execute(_WAIT_SHORTLY)
        publish(session, unit)


def publish(session: Session, unit: UnitKey) -> PublicStatus:
    """Work out the unit's public status and show it where it has changed; see `listing.rules.status`."""
    lock_registers(session, [unit])
    row = session.execute(_UNIT, {"unit": unit[0], "type": unit[1]}).one()
    today = clock.today()
    now = status_of(session, row.hsa_id, row.region_code, unit, today)
    shown = (row.status, row.queue_length) == (now.status, now.queue_length)
    since = row.status_since if row.status == now.status else today
    values = {"unit": unit[0], "type": unit[1], "status": now.status, "since": since, "today": today}
    session.execute(_SETTLED, {**values, "queue_length": now.queue_length})
    if unit[1] == PUBLISHED and not shown:
        publish_listing_status(session, [ListingState(unit[0], now.status, now.queue_length, since)])
    return now


def status_of(session: Session, hsa_id: str, region: str, unit: UnitKey, day: date) -> PublicStatus:
    """What one can do at the unit on a day: list, queue or neither."""
    known = state.units(session, [hsa_id], unit[1])[hsa_id]
    policy = policy_for(session, region, _kind(unit[1]), day).policy
    room = state.room(session, unit[0], unit[1], day)
    return public_status(
        policy.queue, room, known.contracts, day, open_unit=known.active, closes_on=known.closes_on
    )


def _kind(listing_type: str) -> ListingType:
    return cast(ListingType, listing_type)
