"""A contract that ends with none to follow: the same duty to those listed as when a unit closes.

Nobody new is listed from the day (`listing.rules.contract`), also not from the queue or by an old offer.
Those who are listed are told, have the region's period to choose, and are then moved as after a closure. The
queue is told and stands still: contracts are often registered late, and then its order goes on as if nothing
had happened. Every step is one unit or one person in a transaction of its own, and safe to repeat.
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import clock
from core.database import unit_of_work
from listing.actor import Actor
from listing.locking import UnitKey, lock_people, lock_registers
from listing.policy.codes import ListingType
from listing.policy.lookup import policy_for
from listing.rules import closure, contract
from listing.services import contracted, ending, journal, notices, settling, state
from listing.services.closing import telling
from listing.services.operation import Context

BATCH = 500

# Registers with somebody in them, whose last contract has ended. A register without any contract was never
# said to have one (a register taken over before its contracts), and nothing has ended for it.
_ENDED = text(
    """
    SELECT r.care_unit_id, r.listing_type, u.region_code
    FROM unit_register r JOIN care_unit u ON u.id = r.care_unit_id
    WHERE (r.listed > 0 OR r.held > 0 OR r.waiting > 0)
        AND EXISTS (SELECT FROM unit_contract c WHERE c.care_unit_id = r.care_unit_id
            AND c.listing_type = r.listing_type AND upper(c.valid) <= CAST(:today AS date))
        AND NOT EXISTS (SELECT FROM unit_contract c WHERE c.care_unit_id = r.care_unit_id
            AND c.listing_type = r.listing_type AND c.valid @> CAST(:today AS date))
        AND NOT EXISTS (SELECT FROM unit_closure k WHERE k.care_unit_id = r.care_unit_id
            AND k.listing_type = r.listing_type AND k.carried_out_at IS NULL AND k.withdrawn_at IS NULL)
    ORDER BY 1, 2
    """
)
_RENEWED = text(
    """
    SELECT k.id, k.care_unit_id, k.listing_type FROM unit_closure k
    WHERE k.cause = 'contract-ended' AND k.carried_out_at IS NULL AND k.withdrawn_at IS NULL
        AND EXISTS (SELECT FROM unit_contract c WHERE c.care_unit_id = k.care_unit_id
            AND c.listing_type = k.listing_type AND c.valid && daterange(CAST(:today AS date), k.closes_on))
    ORDER BY 2, 3
    """
)
_ANNOUNCE = text(
    """
    INSERT INTO unit_closure (care_unit_id, listing_type, announced_at, announced_by, choose_by, closes_on,
        decision_reference, cause)
    SELECT :unit, CAST(:type AS varchar), :at, :by, :choose_by, :closes_on, coalesce((
        SELECT nullif(btrim(reference), '') FROM unit_contract
        WHERE care_unit_id = :unit AND listing_type = CAST(:type AS varchar)
        ORDER BY upper(valid) DESC LIMIT 1
    ), 'contract-ended'), 'contract-ended'
    ON CONFLICT (care_unit_id, listing_type) WHERE carried_out_at IS NULL AND withdrawn_at IS NULL
    DO NOTHING RETURNING id
    """
)
_WITHDRAW = text(
    """
    UPDATE unit_closure SET withdrawn_at = :at
    WHERE id = :id AND carried_out_at IS NULL AND withdrawn_at IS NULL RETURNING id
    """
)
# Offers go back to the head of the queue: what they held is nobody's while nobody may be listed.
_TAKE_BACK_OFFERS = text(
    """
    UPDATE queue_entry SET status = 'waiting', offered_at = NULL, offer_expires_at = NULL
    WHERE care_unit_id = :unit AND listing_type = :type AND status = 'offered' RETURNING id, person_id
    """
)
_UNCOVERED = text(
    """
    SELECT l.id, l.person_id FROM listing l
    WHERE NOT l.begun AND NOT isempty(l.valid) AND upper_inf(l.valid)
        AND EXISTS (SELECT FROM unit_contract c
            WHERE c.care_unit_id = l.care_unit_id AND c.listing_type = l.listing_type)
        AND NOT EXISTS (SELECT FROM unit_contract c WHERE c.care_unit_id = l.care_unit_id
            AND c.listing_type = l.listing_type AND c.valid @> lower(l.valid))
    ORDER BY l.person_id, l.id LIMIT :most
    """
)
_SCHEDULED = text(
    """
    SELECT care_unit_id, listing_type, channel, lower(valid) AS begins FROM listing
    WHERE id = :id AND NOT begun AND NOT isempty(valid) AND upper_inf(valid)
    """
)

_TAKE_BACK = text(
    """
    UPDATE listing SET valid = 'empty', end_reason = 'contract-ended', occupies = false, counted = false
    WHERE id = :id
    """
)


def follow_contracts(engine: Engine, actor: Actor) -> int:
    """Do what ended and renewed contracts ask for; how many registers and coming listings were touched."""
    steps = (_take_back_coming, _announce_ended, _withdraw_renewed)
    return sum(step(engine, actor) for step in steps)


def _announce_ended(engine: Engine, actor: Actor) -> int:
    with unit_of_work(engine) as session:
        found = session.execute(_ENDED, {"today": clock.today()}).all()
    done = 0
    for row in found:
        with settling.unless_held(), unit_of_work(engine) as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            done += _announce(session, actor, (row.care_unit_id, row.listing_type), row.region_code)
    return done


def _announce(session: Session, actor: Actor, unit: UnitKey, region: str) -> bool:
    """Begin the period of one register; False when somebody else has, or it is about to go on."""
    context = Context(actor, clock.now(), clock.today())
    lock_registers(session, [unit])
    rule = policy_for(session, region, cast(ListingType, unit[1]), context.today).policy.closure
    plan = closure.contract_ended(rule, told_on=context.today)
    if not contract.has_ended(contracted.periods(session, *unit), context.today, within=plan.closes_on):
        return False
    values = {"unit": unit[0], "type": unit[1], "at": context.at}
    days = {"choose_by": plan.choose_until, "closes_on": plan.closes_on, "by": context.actor.key}
    if session.scalar(_ANNOUNCE, {**values, **days}) is None:
        return False
    telling.tell_listed(session, values, "contract-ended", telling.days_of(plan))
    _take_back_offers(session, context, unit, values)
    telling.tell_queue(session, values, "queue-stands-still")
    telling.finish(session, context, values, "contract-ended", telling.days_of(plan))
    return True


def _take_back_offers(session: Session, context: Context, unit: UnitKey, values: dict[str, Any]) -> None:
    rows = session.execute(_TAKE_BACK_OFFERS, values).all()
    events = [
        journal.Event(
            row.person_id,
            "offer-taken-back",
            unit[1],
            "system",
            unit[0],
            queue_entry_id=row.id,
            reason="contract-ended",
        )
        for row in rows
    ]
    journal.write(session, context, events)


def _withdraw_renewed(engine: Engine, actor: Actor) -> int:
    """A contract holds again, or will before the period is over: those listed are told that they stay."""
    with unit_of_work(engine) as session:
        found = session.execute(_RENEWED, {"today": clock.today()}).all()
    done = 0
    for row in found:
        with settling.unless_held(), unit_of_work(engine) as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            context = Context(actor, clock.now(), clock.today())
            lock_registers(session, [(row.care_unit_id, row.listing_type)])
            values = {"unit": row.care_unit_id, "type": row.listing_type, "at": context.at}
            if session.scalar(_WITHDRAW, {"id": row.id, "at": context.at}) is None:
                continue
            telling.tell_listed(session, values, "contract-renewed", {})
            telling.tell_queue(session, values, "queue-goes-on")
            telling.finish(session, context, values, "contract-renewed", {})
            done += 1
    return done


def _take_back_coming(engine: Engine, actor: Actor) -> int:
    """Take back listings that would begin on a day without a contract; what they were to replace goes on."""
    done = 0
    while True:
        with unit_of_work(engine) as session:
            found: Sequence[Any] = session.execute(_UNCOVERED, {"most": BATCH}).all()
        taken = 0
        for row in found:
            with settling.unless_held(), unit_of_work(engine) as session:
                session.execute(text("SET LOCAL lock_timeout = '2s'"))
                taken += _take_back(session, actor, row.id, row.person_id)
        done += taken
        if not taken or len(found) < BATCH:
            return done


def _take_back(session: Session, actor: Actor, listing_id: Any, person_id: int) -> bool:
    context = Context(actor, clock.now(), clock.today())
    lock_people(session, [person_id])
    row = session.execute(_SCHEDULED, {"id": listing_id}).one_or_none()
    if row is None:
        return False
    kind = row.listing_type
    person = state.people(session, [person_id], kind, context.today)[person_id]
    lock_registers(session, {(held.care_unit_id, kind) for held in person.listings} | {(row[0], kind)})
    if contracted.refusal(session, row.care_unit_id, kind, row.begins) is None:
        return False
    session.execute(_TAKE_BACK, {"id": listing_id})
    ending.let_present_go_on(session, person, row.begins)
    detail = {"until": row.begins.isoformat()}
    event = journal.Event(
        person_id,
        "withdrawn",
        kind,
        row.channel,
        row.care_unit_id,
        listing_id=listing_id,
        reason="contract-ended",
        detail=detail,
    )
    journal.write(session, context, [event])
    told = {"valid_from": row.begins.isoformat()}
    notices.tell(
        session, context, [notices.Notice(person_id, "coming-withdrawn", kind, row.care_unit_id, told)]
    )
    return True
