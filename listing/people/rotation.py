"""Bringing people's rows to the current keys, in small transactions, while the service runs.

A pass walks through the rows by key. It takes those that still have an older key and that nobody holds, and
leaves what others hold to the next pass, so it never waits while it holds something: no deadlock. Each batch
is whole or not at all, and what is done is seen in the rows: a run that was killed is started again, a second
run has nothing to do, and two at once share the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from listing.people import sealing
from listing.people.errors import KeyInUse
from listing.people.keys import KeyRing, Use

_STALE = """
SELECT id, identity_hash, hash_key, sealed, seal_key FROM person
WHERE id > :after AND (hash_key <> :lookup OR seal_key <> :seal) ORDER BY id LIMIT :size FOR UPDATE
"""
# An operation that writes to a person locks the row's key; waiting for one is left to the last pass.
_STALE_AND_FREE = text(_STALE + " SKIP LOCKED")
_STALE_OR_WAIT = text(_STALE)

_UPDATE = text(
    """
    UPDATE person SET identity_hash = new.hash, hash_key = :lookup, sealed = new.sealed, seal_key = :seal
    FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[]), CAST(:sealed AS bytea[]))
      AS new (id, hash, sealed)
    WHERE person.id = new.id
    """
)

_UPDATE_FORMER = text(
    """
    UPDATE former_identity SET identity_hash = new.hash, hash_key = :lookup
    FROM unnest(CAST(:before AS bytea[]), CAST(:hashes AS bytea[])) AS new (before, hash)
    WHERE former_identity.identity_hash = new.before
    """
)

_IN_USE = {
    Use.LOOKUP: text(
        "SELECT (SELECT count(*) FROM person WHERE hash_key = :number)"
        " + (SELECT count(*) FROM former_identity WHERE hash_key = :number)"
    ),
    Use.SEAL: text("SELECT count(*) FROM person WHERE seal_key = :number"),
    Use.AUDIT: text("SELECT count(*) FROM audit_seal WHERE key = :number"),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did. `last` is where the next one goes on; None at the end of the pass."""

    rows: int
    last: int | None


def rekey(session: Session, ring: KeyRing, after: int = -1, *, size: int = 500, wait: bool = False) -> Batch:
    """Bring at most `size` rows beyond key `after` to the current look-up and seal keys.

    `wait` for a row that somebody holds (as long as the lock timeout) instead of leaving it out: then one row
    at a time, so that nothing is held while waiting.
    """
    lookup, seal = ring[Use.LOOKUP].current, ring[Use.SEAL].current
    rows = session.execute(
        _STALE_OR_WAIT if wait else _STALE_AND_FREE,
        {"after": after, "lookup": lookup, "seal": seal, "size": 1 if wait else size},
    ).all()
    if not rows:
        return Batch(0, None)
    _write(session, ring, rows)
    return Batch(len(rows), rows[-1].id)


def rows_using(session: Session, use: Use, number: int) -> int:
    """How many rows need that key. A digest's rows do not say: it is only compared, never opened."""
    if use not in _IN_USE:
        return 0
    return int(session.scalar(_IN_USE[use], {"number": number}) or 0)


def refuse_while_in_use(session: Session, use: Use, number: int) -> None:
    """Raise `KeyInUse` while any row needs the key; a seal of the audit trail needs its key for ever."""
    count = rows_using(session, use, number)
    if count and use is Use.AUDIT:
        raise KeyInUse(
            f"{count} seals of the audit trail can only be verified with {use} key {number}; keep it"
        )
    if count:
        raise KeyInUse(f"{count} rows still need {use} key {number}; run `hittavard keys rotate {use}` first")


def _write(session: Session, ring: KeyRing, rows: Sequence[Row[Any]]) -> None:
    ids: list[int] = []
    hashes: list[bytes] = []
    sealed: list[bytes] = []
    former: list[tuple[bytes, bytes]] = []
    for row in rows:
        details = sealing.unseal(bytes(row.sealed), row.seal_key, row.id, ring)
        ids.append(row.id)
        hashes.append(sealing.lookup_hash(details.identity, ring)[0])
        sealed.append(sealing.seal(details, row.id, ring).value)
        for number in details.former:
            present, *older = sealing.lookup_hashes(number, ring)
            former += ((before, present) for before in older)
    keys = {"lookup": ring[Use.LOOKUP].current, "seal": ring[Use.SEAL].current}
    session.execute(_UPDATE, {"ids": ids, "hashes": hashes, "sealed": sealed, **keys})
    if former:
        before, after = zip(*former, strict=True)
        session.execute(
            _UPDATE_FORMER, {"before": list(before), "hashes": list(after), "lookup": keys["lookup"]}
        )
