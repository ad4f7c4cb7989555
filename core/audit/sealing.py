"""Sealing: one more link over the rows that have become visible since the last one.

As in `core/outbox`, what is new is what the last seal's snapshot did not see, so a row of a slow transaction
is sealed by the first run after its commit and never skipped. One machine seals at a time.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import clock
from core.audit.seals import COLUMNS, FIRST, Link, SealKeys, gaps, multirange

_LOCK = 7_235_103
_MOST_ROWS = 50_000
NOTHING_SEEN = "1:1:"

# Rows that came from a cluster which had come further claim transactions that are yet to be: those are
# sealed once, by the ids (`_NEW_ELSEWHERE`), and must not look new ever after.
_NEW = text(
    f"""
    SELECT pg_current_snapshot()::text AS snapshot, {COLUMNS}
    FROM (SELECT) one LEFT JOIN audit_event e
      ON e.txid >= (pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text)::bigint
     AND e.txid < (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint
     AND NOT pg_visible_in_snapshot((e.txid::text)::xid8, CAST(:seen AS pg_snapshot))
    ORDER BY e.id
    """  # noqa: S608 - constants only
)

OUTSIDE = """
    FROM (SELECT) one LEFT JOIN LATERAL (
      SELECT e.* FROM unnest(CAST(:gaps AS int8multirange)) gap CROSS JOIN LATERAL (
        SELECT * FROM audit_event WHERE id >= coalesce(lower(gap), -9223372036854775807)
           AND id < coalesce(upper(gap), 9223372036854775807)
      ) e
    ) e ON true
"""
"""Rows in no seal, whatever their transaction numbers say."""

_NEW_ELSEWHERE = text(f"SELECT pg_current_snapshot()::text AS snapshot, {COLUMNS} {OUTSIDE} ORDER BY e.id")

IN_THE_FUTURE = text(
    "SELECT pg_snapshot_xmax(CAST(:seen AS pg_snapshot)) > pg_snapshot_xmax(pg_current_snapshot())"
)

_RANGES = text("SELECT lower(r), upper(r) FROM audit_seal CROSS JOIN unnest(ids) r ORDER BY 1")

_INSERT = text(
    """
    INSERT INTO audit_seal (number, sealed_at, snapshot, ids, rows, tags, previous, mac, key)
    VALUES (:number, :sealed_at, :snapshot, CAST(:ids AS int8multirange), :rows, :tags, :previous, :mac, :key)
    """
)

_LAST = text("SELECT number, mac, snapshot FROM audit_seal ORDER BY number DESC LIMIT 1")


@dataclass(frozen=True)
class Head:
    """The last link: kept elsewhere, it shows later whether the trail was cut off. Written `number:hash`."""

    number: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.mac.hex()}"

    @classmethod
    def parse(cls, written: str) -> "Head":
        """Read what `str()` wrote; raises ValueError."""
        number, _, mac = written.strip().partition(":")
        head = cls(int(number), bytes.fromhex(mac))
        if len(head.mac) != len(FIRST) or head.number < 1:
            raise ValueError("not the head of an audit trail")
        return head


def head(session: Session) -> Head | None:
    """The last link, or None before the first."""
    last = session.execute(_LAST).first()
    return None if last is None else Head(last.number, bytes(last.mac))


def seal(
    session: Session,
    keys: SealKeys,
    *,
    most_rows: int = _MOST_ROWS,
    progress: Callable[[int], object] = lambda rows: None,
) -> int:
    """Seal every row that is committed and not yet sealed; returns how many.

    Waits for another machine that is sealing. The session's transaction must have done nothing before. A long
    trail is cut into links of `most_rows`, all within this transaction: a run that dies leaves nothing.
    """
    session.execute(text("SET LOCAL lock_timeout = '60s'"))
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = session.execute(_LAST).first()
    number, previous, seen = (
        (last.number, bytes(last.mac), last.snapshot) if last else (0, FIRST, NOTHING_SEEN)
    )
    total = 0
    with closing(_new_rows(session, seen)) as new:
        for snapshot, rows, is_last in _batches(new, most_rows):
            number += 1
            # Until the last link of a run, what has been seen is still what had been seen before it.
            previous = _write(session, keys, number, previous, snapshot if is_last else seen, rows)
            total += len(rows)
            progress(len(rows))
    return total


def sealed_ranges(session: Session) -> Iterator[tuple[int, int]]:
    """The ids under any seal, as half-open ranges in order."""
    with session.execute(_RANGES, execution_options={"yield_per": 10_000}) as rows:
        for row in rows:
            yield row[0], row[1]


def _new_rows(session: Session, seen: str) -> Generator[tuple[str, Sequence[Any]], None, None]:
    """The snapshot and each new row. Brought to a cluster that has not come so far, numbers of transactions
    say nothing, and the seals themselves tell what is new."""
    if session.scalar(IN_THE_FUTURE, {"seen": seen}):
        statement, parameters = _NEW_ELSEWHERE, {"gaps": gaps(sealed_ranges(session))}
    else:
        statement, parameters = _NEW, {"seen": seen}
    with session.execute(statement, parameters, execution_options={"yield_per": 5_000}) as rows:
        for row in rows:
            if row[1] is not None:
                yield row[0], row[1:]


def _batches(
    rows: Iterator[tuple[str, Sequence[Any]]], most: int
) -> Iterator[tuple[str, list[Sequence[Any]], bool]]:
    batch: list[Sequence[Any]] = []
    snapshot = ""
    for snapshot, row in rows:
        if len(batch) == most:
            yield snapshot, batch, False
            batch = []
        batch.append(row)
    if batch:
        yield snapshot, batch, True


def _write(
    session: Session, keys: SealKeys, number: int, previous: bytes, snapshot: str, rows: list[Sequence[Any]]
) -> bytes:
    key = keys.current
    link = Link(keys, key, previous)
    for row in rows:
        link.add(row)
    ids = multirange(link.ids)
    now = clock.now()
    mac = link.close(number, key, now, snapshot, ids)
    session.execute(
        _INSERT,
        {
            "number": number,
            "sealed_at": now,
            "snapshot": snapshot,
            "ids": ids,
            "rows": link.rows,
            "tags": bytes(link.tags),
            "previous": previous,
            "mac": mac,
            "key": key,
        },
    )
    return mac
