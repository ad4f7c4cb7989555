"""All statements of one file, in one transaction: people first, then what it means for their listings.

The file never holds one advisory lock per person: the lock table is finite and a file may name the whole
country. It locks people's rows in the order of their keys in a strength that operations do not wait for, and
only at the end, for the moment that the last statements take, the registers of the units concerned, in
their order, and the rows of those whose listings end. An operation that comes meanwhile waits up to its lock
timeout and is then asked to repeat; one that read a person before the file was applied and lists afterwards
is refused by the database as lost (trigger `listing_person_gone`), and sees at its one repetition what is so
now.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.actor import Actor
from listing.locking import lock_registers
from listing.people.checking import confirm_keys
from listing.people.keys import key_ring
from listing.policy.model import HEALTH_CENTRE
from listing.rules.life_events import ENDS
from listing.services.life_events import (
    ending,
    guardians,
    identity,
    missing,
    moving,
    newborn,
    protection,
    staging,
)
from listing.services.life_events.people import Applied, Origin, Writer
from listing.services.life_events.reading import Reader
from listing.services.life_events.statement import Statement, Trouble
from listing.services.operation import context

REGISTER = Actor.internal("population-register")

_TOUCHED = text(
    """
    SELECT DISTINCT l.care_unit_id, l.listing_type FROM population_effect e
    JOIN listing l ON l.person_id = e.person_id
    WHERE e.kind = ANY(:kinds) AND NOT isempty(l.valid) AND (upper_inf(l.valid) OR upper(l.valid) > e.day)
    UNION
    SELECT q.care_unit_id, q.listing_type FROM population_effect e
    JOIN queue_entry q ON q.person_id = e.person_id
    WHERE e.kind = ANY(:ends) AND q.status IN ('waiting', 'offered')
    """
)


@dataclass(slots=True)
class Result:
    """What came of a file: of the people, of their listings, and what was wrong with some rows."""

    people: Applied
    listings: dict[str, int] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    missing: int = 0


class Population:
    """The statements of one file. First `stage` them all, then `apply`, unless the file is refused."""

    def __init__(self, session: Session, origin: Origin, actor: Actor = REGISTER) -> None:
        self._session, self._origin = session, origin
        self._ring = key_ring()
        confirm_keys(session, self._ring)
        self._context = context(actor)
        self._reader = Reader(session, self._ring, self._context.today)

    def stage(self, statements: Sequence[Statement]) -> list[Trouble]:
        """Take in a batch; returns what is wrong with some of it. Nothing is applied yet."""
        return self._reader.stage(statements)

    def apply(
        self,
        *,
        full: bool = False,
        deregister_missing: bool = False,
        progress: Callable[[int], None] = lambda _count: None,
    ) -> Result:
        """Carry out what is staged. `full`: the file is meant to name everybody of its source; whoever it
        does not name is counted, and deregistered only with `deregister_missing`.
        """
        session, here = self._session, self._context
        turns = staging.arrange(session)
        session.execute(text("SET LOCAL lock_timeout = '60s'"))
        people = Writer(session, here, self._ring, self._origin, progress).write(turns)
        result = Result(people, troubles=[Trouble(row, "older-than-known") for row in people.older])
        if full:
            result.missing = missing.carry_out(session, here, self._origin, people, deregister_missing)
        protection.carry_out(session, here, people.protected, people.lifted)
        custody = guardians.carry_out(
            session, here, people.older, self._origin.source_id, self._origin.run_id
        )
        people.count("guardians-changed", len(custody.changed))
        result.troubles += [Trouble(row, "guardian-unknown") for row in custody.unknown]
        self._listings(result)
        return result

    def _listings(self, result: Result) -> None:
        """What has happened to the listings: short, because whole registers are held."""
        session, here = self._session, self._context
        session.execute(text("ANALYZE population_effect"))
        cases = moving.ended_by_rules(session, here)
        moving.tell(session, here, cases)
        kinds = [*ENDS, *sorted({kind for kind, *_ in cases})]
        touched = {
            (row[0], row[1]) for row in session.execute(_TOUCHED, {"kinds": kinds, "ends": list(ENDS)})
        }
        touched |= {(unit, HEALTH_CENTRE) for unit in newborn.units_of(session, here)}
        lock_registers(session, touched)
        ending.hold(session)
        for part in (
            ending.end_all(session, here),
            moving.carry_out(session, here, cases),
            newborn.carry_out(session, here),
        ):
            result.listings.update(part)
        identity.carry_out(session, self._ring, result.people.renamed)


def apply_statements(
    session: Session,
    statements: Iterable[Statement],
    origin: Origin | None = None,
    *,
    full: bool = False,
    deregister_missing: bool = False,
) -> Result:
    """Apply a few statements at once: what a test or a single notice needs."""
    population = Population(session, origin or Origin(None, None))
    troubles = population.stage(list(statements))
    result = population.apply(full=full, deregister_missing=deregister_missing)
    result.troubles = [*troubles, *result.troubles]
    return result


__all__ = ["Population", "Result", "apply_statements"]
