"""Verifying: every link made again from the rows as they are today, the first difference told.

What it finds: a row changed, deleted, inserted among sealed ones or exchanged for another; a seal changed,
deleted, inserted or out of order; with a head kept elsewhere, the end of the trail cut off. What it cannot
find: rows deleted or invented before they were first sealed, so seal often.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from core.audit.sealing import NOTHING_SEEN, OUTSIDE, Head, sealed_ranges
from core.audit.seals import COLUMNS, FIRST, TAG_BYTES, Link, SealKeys, gaps, ids_of

_SEALS = text(
    "SELECT number, sealed_at, snapshot, ids::text AS ids, rows, tags, previous, mac, key"
    " FROM audit_seal WHERE number > :after ORDER BY number LIMIT 1"
)

_ROWS = text(
    f"""
    SELECT {COLUMNS} FROM unnest(CAST(:ids AS int8multirange)) part CROSS JOIN LATERAL (
      SELECT * FROM audit_event WHERE id >= lower(part) AND id < upper(part)
    ) e ORDER BY e.id
    """  # noqa: S608 - constants only
)

# Seen by the last seal and yet in none, or of a transaction that is yet to be. Numbers of transactions mean
# something only while they run on.
_UNSEALED = text(
    f"""
    SELECT e.id, pg_snapshot_xmax(CAST(:seen AS pg_snapshot)) <= pg_snapshot_xmax(pg_current_snapshot())
      AND (pg_visible_in_snapshot((e.txid::text)::xid8, CAST(:seen AS pg_snapshot))
        OR e.txid >= (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint) AS was_seen
    {OUTSIDE} WHERE e.id IS NOT NULL ORDER BY e.id
    """
)


@dataclass(frozen=True)
class Breach:
    """Where the trail breaks first: the seal's number, the row's id where one row is to blame, and how."""

    seal: int
    row: int | None
    how: str

    def __str__(self) -> str:
        where = f"seal {self.seal}" + ("" if self.row is None else f", row {self.row}")
        return f"{where}: {self.how}"


@dataclass(frozen=True)
class Verdict:
    """What was verified. `waiting` rows are committed and not yet sealed."""

    seals: int
    rows: int
    waiting: int
    breach: Breach | None = None


class _Broken(Exception):
    def __init__(self, breach: Breach) -> None:
        super().__init__(str(breach))
        self.breach = breach


def verify(
    session: Session,
    keys: SealKeys,
    kept: Head | None = None,
    progress: Callable[[int], object] = lambda rows: None,
) -> Verdict:
    """Verify the whole trail up to now against `keys` and, if given, a head that was kept elsewhere.

    Sees one moment of the database (REPEATABLE READ), so it may run while others write and seal. Streams:
    memory does not grow with the trail. The session's transaction must have done nothing before.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    seals = rows = waiting = 0
    previous, seen = FIRST, NOTHING_SEEN
    try:
        for seal in _seals(session):
            _check_place(keys, seal, seals + 1, previous)
            _check_rows(session, keys, seal)
            _check_kept(seal.number, bytes(seal.mac), kept)
            seals, rows = seals + 1, rows + seal.rows
            previous, seen = bytes(seal.mac), seal.snapshot
            progress(seal.rows)
        if kept is not None and kept.number > seals:
            raise _Broken(Breach(kept.number, None, f"is missing: the trail ends at seal {seals}"))
        waiting = _count_unsealed(session, seals, seen)
    except _Broken as broken:
        return Verdict(seals, rows, waiting, broken.breach)
    return Verdict(seals, rows, waiting)


def _seals(session: Session) -> Iterator[Row[Any]]:
    number = -(2**63)
    while seal := session.execute(_SEALS, {"after": number}).first():
        yield seal
        number = seal.number


def _check_place(keys: SealKeys, seal: Row[Any], expected: int, previous: bytes) -> None:
    if seal.number != expected:
        how = "is missing" if seal.number > expected else "was inserted"
        raise _Broken(Breach(min(expected, seal.number), None, how))
    if bytes(seal.previous) != previous:
        raise _Broken(Breach(seal.number, None, "does not follow from the seal before it"))
    if seal.key not in keys.numbers:
        raise _Broken(Breach(seal.number, None, "was made with a key that the key file does not have"))


def _check_rows(session: Session, keys: SealKeys, seal: Row[Any]) -> None:
    link = Link(keys, seal.key, bytes(seal.previous))
    tags = bytes(seal.tags)
    expected = ids_of(seal.ids)
    with session.execute(_ROWS, {"ids": seal.ids}, execution_options={"yield_per": 5_000}) as rows:
        for position, row in enumerate(rows):
            wanted = next(expected, None)
            if row.id != wanted:
                raise _Broken(Breach(seal.number, wanted, "the row is missing"))
            start = position * TAG_BYTES
            if not hmac.compare_digest(link.add(row), tags[start : start + TAG_BYTES]):
                raise _Broken(Breach(seal.number, row.id, "the row is not what was sealed"))
    missing = next(expected, None)
    if missing is not None:
        raise _Broken(Breach(seal.number, missing, "the row is missing"))
    if seal.rows != link.rows:
        raise _Broken(Breach(seal.number, None, f"counts {seal.rows} rows and has {link.rows}"))
    if bytes(link.tags) != tags:
        raise _Broken(Breach(seal.number, None, "the seal itself was altered"))
    mac = link.close(seal.number, seal.key, seal.sealed_at, seal.snapshot, seal.ids)
    if not hmac.compare_digest(mac, bytes(seal.mac)):
        raise _Broken(Breach(seal.number, None, "the seal itself was altered"))


def _check_kept(number: int, mac: bytes, kept: Head | None) -> None:
    if kept is not None and kept.number == number and not hmac.compare_digest(mac, kept.mac):
        raise _Broken(Breach(number, None, "is not the one that was kept elsewhere"))


def _count_unsealed(session: Session, seals: int, seen: str) -> int:
    count = 0
    parameters = {"gaps": gaps(sealed_ranges(session)), "seen": seen}
    with session.execute(_UNSEALED, parameters, execution_options={"yield_per": 5_000}) as rows:
        for row_id, was_seen in rows:
            if was_seen:
                raise _Broken(Breach(seals, row_id, "the row was inserted after the sealing: no seal has it"))
            count += 1
    return count
