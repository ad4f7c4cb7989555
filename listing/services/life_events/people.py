"""People as the statements have them: new ones added, known ones compared, what has happened written down.

Rows are locked in the order of their keys, in a strength that lets operations on the same people go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.people import sealing
from listing.people.keys import KeyRing
from listing.rules.life_events import ENDS, Facts, Kept, LifeEvent, happened, older
from listing.services import journal
from listing.services.life_events import staging
from listing.services.operation import Context

CHUNK = 5000

_NEW = text(
    """
    WITH taken AS (
        INSERT INTO person (id, identity_hash, hash_key, identity_kind, sealed, seal_key, birth_date, sex,
            region_code, municipality_code, district, position, household, protection, registered,
            registered_since, region_since, deregistered_on, deregistration_reason, special_care,
            special_care_unit_id, last_visited_unit_id, last_visited_on, stated_at, source_id, import_run_id,
            updated_at)
        SELECT person_id, identity_hash, hash_key, identity_kind, sealed, seal_key, birth_date, sex,
            region_code, municipality_code, district, position, household, protection, registered,
            coalesce(registered_since, CASE WHEN told IN ('born', 'immigrated') THEN day END),
            CASE WHEN told IN ('born', 'immigrated') THEN day END, deregistered_on, deregistration_reason,
            special_care, special_care_unit_id, last_visited_unit_id, last_visited_on, stated_at, :source,
            :run, :at
        FROM population_statement WHERE is_new AND turn = 1 ORDER BY person_id
        RETURNING id
    ) SELECT count(*) FROM taken
    """
)
_TOLD_NEW = text(
    "SELECT person_id, told, ordered, region_code FROM population_statement"
    " WHERE is_new AND turn = 1 AND registered AND told IN ('born', 'immigrated') ORDER BY person_id"
)
_CLEAR = (
    "birth_date",
    "sex",
    "region_code",
    "municipality_code",
    "district",
    "household",
    "protection",
    "registered",
    "deregistered_on",
    "deregistration_reason",
)
_DIFFERS = (
    f"({', '.join('s.' + name for name in _CLEAR)})"
    f" IS DISTINCT FROM ({', '.join('p.' + name for name in _CLEAR)})"
    " OR ST_AsEWKB(s.position::geometry) IS DISTINCT FROM ST_AsEWKB(p.position::geometry)"
    " OR s.care_stated AND (s.special_care, s.special_care_unit_id)"
    " IS DISTINCT FROM (p.special_care, p.special_care_unit_id)"
    " OR s.visit_stated AND (s.last_visited_unit_id, s.last_visited_on)"
    " IS DISTINCT FROM (p.last_visited_unit_id, p.last_visited_on)"
    " OR s.registered_since IS NOT NULL AND s.registered_since IS DISTINCT FROM p.registered_since"
)
_KNOWN = text(
    f"""
    SELECT s.row_number, s.person_id, s.told, s.day, s.ordered, s.stated_at, s.renamed, s.secret,
        s.identity_hash, s.hash_key, s.identity_kind, s.sealed, s.seal_key, s.registered,
        s.deregistration_reason, s.deregistered_on, s.registered_since, s.region_code, s.municipality_code,
        s.protection, s.birth_date,
        p.sealed AS was_sealed, p.seal_key AS was_seal_key, p.registered AS was_registered,
        p.deregistration_reason AS was_reason, p.deregistered_on AS was_deregistered_on,
        p.region_code AS was_region, p.municipality_code AS was_municipality, p.protection AS was_protection,
        p.stated_at AS was_stated_at, p.registered_since AS was_registered_since,
        p.region_since AS was_region_since, p.moved_on AS was_moved_on, {_DIFFERS} AS differs
    FROM population_statement s JOIN person p ON p.id = s.person_id
    WHERE s.turn = :turn AND s.person_id > :after AND NOT (s.is_new AND s.turn = 1)
    ORDER BY s.person_id LIMIT :most FOR NO KEY UPDATE OF p
    """  # noqa: S608 - constants only
)
_CHANGE = text(
    f"""
    UPDATE person p SET sealed = k.sealed, seal_key = k.seal_key, registered_since = k.registered_since,
        region_since = k.region_since, moved_on = k.moved_on, position = s.position,
        stated_at = coalesce(s.stated_at, p.stated_at), source_id = :source, import_run_id = :run,
        updated_at = :at, {", ".join(f"{name} = s.{name}" for name in _CLEAR)},
        special_care = CASE WHEN s.care_stated THEN s.special_care ELSE p.special_care END,
        special_care_unit_id = CASE WHEN s.care_stated THEN s.special_care_unit_id
            ELSE p.special_care_unit_id END,
        last_visited_unit_id = CASE WHEN s.visit_stated THEN s.last_visited_unit_id
            ELSE p.last_visited_unit_id END,
        last_visited_on = CASE WHEN s.visit_stated THEN s.last_visited_on ELSE p.last_visited_on END
    FROM unnest(CAST(:rows AS bigint[]), CAST(:sealed AS bytea[]), CAST(:seal_keys AS smallint[]),
            CAST(:registered_since AS date[]), CAST(:region_since AS date[]), CAST(:moved_on AS date[]))
            AS k (row_number, sealed, seal_key, registered_since, region_since, moved_on)
        JOIN population_statement s ON s.row_number = k.row_number
    WHERE p.id = s.person_id
    """  # noqa: S608 - constants only
)
EFFECTIVE: frozenset[LifeEvent] = frozenset({*ENDS, "born", "moved", "moved-region"})
"""Events that something has to be done about in the listing register."""


@dataclass(slots=True)
class Renamed:
    """A change of number to be carried out: `former` is None where the link is secret."""

    person_id: int
    identity_hash: bytes
    hash_key: int
    identity_kind: str
    former: str | None
    day: date


@dataclass(slots=True)
class Applied:
    """What became of the statements. `events` counts what happened, `older` lists the rows left aside."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    older: list[int] = field(default_factory=list)
    events: dict[str, int] = field(default_factory=dict)
    renamed: list[Renamed] = field(default_factory=list)
    protected: list[int] = field(default_factory=list)
    lifted: list[int] = field(default_factory=list)

    def count(self, kind: str, number: int = 1) -> None:
        """Count something that happened."""
        if number:
            self.events[kind] = self.events.get(kind, 0) + number


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose statements these are."""

    source_id: int | None
    run_id: int | None


class Writer:
    """Applies what is staged to the people; what it means for listings is gathered in `population_effect`."""

    def __init__(
        self,
        session: Session,
        context: Context,
        ring: KeyRing,
        origin: Origin,
        progress: Callable[[int], None] = lambda _count: None,
    ) -> None:
        self._session, self._context, self._ring = session, context, ring
        self._origin = {"source": origin.source_id, "run": origin.run_id, "at": context.at}
        self._progress = progress
        self.applied = Applied()

    def write(self, turns: int) -> Applied:
        """All of them, one turn after another."""
        self.applied.created = int(self._session.scalar(_NEW, self._origin) or 0)
        self._progress(self.applied.created)
        self._tell_new()
        for turn in range(1, turns + 1):
            after = 0
            while rows := self._chunk(turn, after):
                self._compare(rows)
                self._progress(len(rows))
                after = rows[-1].person_id
        return self.applied

    def _chunk(self, turn: int, after: int) -> Sequence[Any]:
        return self._session.execute(_KNOWN, {"turn": turn, "after": after, "most": CHUNK}).all()

    def _tell_new(self) -> None:
        rows = self._session.execute(_TOLD_NEW).all()
        for start in range(0, len(rows), CHUNK):
            told: list[tuple[int, LifeEvent, date, str | None]] = [
                (row.person_id, "born" if row.told == "born" else "moved-in", row.ordered, row.region_code)
                for row in rows[start : start + CHUNK]
            ]
            self._happened(told)

    def _compare(self, rows: Sequence[Any]) -> None:
        """What is new of these people, each once; whoever has nothing new is left alone."""
        changed: list[tuple[Any, ...]] = []
        told: list[tuple[int, LifeEvent, date, str | None]] = []
        for row in rows:
            details = sealing.unseal(bytes(row.sealed), row.seal_key, row.person_id, self._ring)
            was = sealing.unseal(bytes(row.was_sealed), row.was_seal_key, row.person_id, self._ring)
            now, before = _facts(row, details), _facts_before(row, was)
            kept = Kept(row.was_stated_at, row.was_registered_since, row.was_moved_on)
            if older(before, kept, now, row.told, row.day, row.stated_at):
                self.applied.older.append(row.row_number)
                continue
            renamed = row.renamed and was.identity != details.identity
            former = () if renamed and row.secret else was.former
            if renamed and not row.secret:
                former = (*(number for number in was.former if number != details.identity), was.identity)
            if not renamed:
                details.identity = was.identity
            details.former = former
            if not row.differs and details == was:
                self.applied.unchanged += 1
                continue
            events = list(happened(before, now, row.told))
            if renamed:
                events.append("identity-changed")
                self._rename(row, None if row.secret else was.identity)
            changed.append(self._row(row, details, events))
            told.extend((row.person_id, event, row.ordered, row.region_code) for event in events)
        self._change(changed)
        self._happened(told)

    def _rename(self, row: Any, former: str | None) -> None:
        # Carried out last, because it locks the row in a strength that operations wait for.
        self.applied.renamed.append(
            Renamed(
                row.person_id, bytes(row.identity_hash), row.hash_key, row.identity_kind, former, row.ordered
            )
        )

    def _row(self, row: Any, details: sealing.Details, events: Sequence[LifeEvent]) -> tuple[Any, ...]:
        sealed = sealing.seal(details, row.person_id, self._ring)
        moved = {"moved", "moved-region"} & set(events)
        came = {"moved-region", "moved-in"} & set(events)
        since = row.registered_since or (row.ordered if "moved-in" in events else row.was_registered_since)
        return (
            row.row_number,
            sealed.value,
            sealed.key,
            since,
            row.ordered if came else row.was_region_since,
            row.ordered if moved else row.was_moved_on,
        )

    def _change(self, changed: Sequence[tuple[Any, ...]]) -> None:
        self.applied.updated += len(changed)
        if changed:
            names = ("rows", "sealed", "seal_keys", "registered_since", "region_since", "moved_on")
            columns = {
                name: list(column) for name, column in zip(names, zip(*changed, strict=True), strict=True)
            }
            self._session.execute(_CHANGE, {**self._origin, **columns})

    def _happened(self, told: Sequence[tuple[int, LifeEvent, date, str | None]]) -> None:
        """History, audit and outbox of what happened; no place in any of them."""
        events = []
        effects: list[tuple[int, str, date, str | None]] = []
        for person_id, kind, day, region in told:
            self.applied.count(kind)
            detail = {"day": day.isoformat()}
            because = "identity-change" if kind == "identity-changed" else None
            events.append(
                journal.Event(
                    person_id, kind, "health-centre", "system", counted_because=because, detail=detail
                )
            )
            if kind in EFFECTIVE:
                effects.append((person_id, kind, day, region))
            if kind == "protected":
                self.applied.protected.append(person_id)
            if kind == "protection-lifted":
                self.applied.lifted.append(person_id)
        journal.write(self._session, self._context, events)
        if effects:
            staging.copy(self._session, "population_effect", staging.EFFECT, effects)


def _facts(row: Any, details: sealing.Details) -> Facts:
    return Facts(
        row.registered,
        row.deregistration_reason,
        row.deregistered_on,
        row.region_code,
        row.municipality_code,
        (details.street, details.postal_code),
        row.protection,
    )


def _facts_before(row: Any, details: sealing.Details) -> Facts:
    return Facts(
        row.was_registered,
        row.was_reason,
        row.was_deregistered_on,
        row.was_region,
        row.was_municipality,
        (details.street, details.postal_code),
        row.was_protection,
    )


__all__ = ["Applied", "Origin", "Renamed", "Writer"]
