"""From statements to staged rows: whose they are, hashed and sealed before they reach the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.people import sealing
from listing.people.keys import KeyRing
from listing.people.record import details_from, kind_of, place_of
from listing.services.life_events import staging
from listing.services.life_events.statement import Statement, Trouble

_FIND = text(
    """
    SELECT DISTINCT ON (hash) hash, id, origin FROM (
        SELECT identity_hash AS hash, id, 0 AS origin FROM person
        WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
        UNION ALL
        SELECT identity_hash, person_id, 1 FROM population_statement
        WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
        UNION ALL
        SELECT identity_hash, person_id, 2 FROM former_identity
        WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))
    ) found ORDER BY hash, origin
    """
)
_NEXT_IDS = text("SELECT nextval(pg_get_serial_sequence('person', 'id')) FROM generate_series(1, :count)")
_FORMER = 2


class Reader:
    """Stages statements a batch at a time. Nothing but what one batch needs is held in memory."""

    def __init__(self, session: Session, ring: KeyRing, today: date) -> None:
        self._session = session
        self._ring = ring
        self._today = today
        staging.create(session)

    def stage(self, statements: Sequence[Statement]) -> list[Trouble]:
        """Take these statements in, in their order; returns what is wrong with some."""
        known = self._known(statements)
        ids = iter(self._session.scalars(_NEXT_IDS, {"count": len(statements)}).all())
        troubles: list[Trouble] = []
        rows: list[Sequence[Any]] = []
        guardians: list[Sequence[Any]] = []
        for one in statements:
            found = self._whose(one, known, troubles)
            if found is None:
                continue
            person_id, renamed = found
            is_new = person_id == 0
            if is_new:
                person_id = next(ids)
            known[one.record.identity.value] = (person_id, 0)
            rows.append(self._row(one, person_id, is_new, renamed))
            guardians.extend(self._guardians(one, person_id))
        staging.copy(self._session, "population_statement", staging.STATEMENT, rows)
        staging.copy(self._session, "population_guardian", staging.GUARDIAN, guardians)
        return troubles

    def _known(self, statements: Sequence[Statement]) -> dict[str, tuple[int, int]]:
        """Canonical number -> whose it is, and whether it is a present (0, 1) or a former one (2)."""
        by_hash: dict[bytes, str] = {}
        for one in statements:
            for number in (one.record.identity, one.former):
                if number is not None:
                    hashes = sealing.lookup_hashes(number, self._ring)
                    by_hash.update(dict.fromkeys(hashes, number.value))
        rows = self._session.execute(_FIND, {"hashes": list(by_hash)})
        return {by_hash[bytes(row.hash)]: (row.id, row.origin) for row in rows}

    def _whose(
        self, one: Statement, known: dict[str, tuple[int, int]], troubles: list[Trouble]
    ) -> tuple[int, bool] | None:
        """The person's key (0: a new one) and whether the number is another than before; None: not taken."""
        present = known.get(one.record.identity.value)
        before = known.get(one.former.value) if one.former is not None else None
        if present is not None and before is not None and present[0] != before[0]:
            troubles.append(Trouble(one.row, "identity-taken", rejected=True))
            return None
        if before is not None:
            return before[0], present is None or present[1] == _FORMER
        if present is None:
            if one.former is not None and one.told != "new-identity":
                troubles.append(Trouble(one.row, "former-unknown"))
            return 0, False
        if present[1] == _FORMER:
            troubles.append(Trouble(one.row, "former-number"))
            return None
        return present[0], False

    def _row(self, one: Statement, person_id: int, is_new: bool, renamed: bool) -> Sequence[Any]:
        record = one.record
        secret = one.told == "new-identity"
        protection = "protected-registration" if secret and record.protection == "none" else record.protection
        protected = protection != "none"
        identity_hash, hash_key = sealing.lookup_hash(record.identity, self._ring)
        sealed = sealing.seal(details_from(record, protected), person_id, self._ring)
        place = place_of(record, protected)
        care = one.care if one.care and not protected and record.registered else None
        visit = one.visit if one.visit and not protected else None
        return (
            one.row,
            person_id,
            is_new,
            identity_hash,
            hash_key,
            kind_of(record.identity),
            renamed,
            secret,
            one.told,
            one.day,
            one.day or record.deregistered_on or self._today,
            one.stated_at,
            sealed.value,
            sealed.key,
            record.birth_date,
            record.sex,
            record.region_code,
            place["municipality_code"],
            place["district"],
            place["position"],
            place["household"] if record.registered else None,
            protection,
            record.registered,
            record.registered_since,
            record.deregistered_on,
            record.deregistration_reason,
            # Where a protected or a dead person had care is forgotten, whether or not the file says so.
            one.care is not None or protected or not record.registered,
            care.kind if care else None,
            care.unit_id if care else None,
            one.visit is not None or protected,
            visit.unit_id if visit else None,
            visit.on if visit else None,
            one.guardians is not None,
        )

    def _guardians(self, one: Statement, person_id: int) -> list[Sequence[Any]]:
        return [
            (one.row, person_id, place, sealing.lookup_hashes(guardian, self._ring))
            for place, guardian in enumerate(one.guardians or ())
        ]
