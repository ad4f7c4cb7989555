"""The outbox: what changed, written with the change and read afterwards, by any number of readers.

Row numbers are handed out before commit, so a reader that remembers the highest number it saw can skip a
slow transaction with a lower one. A reader remembers instead the database snapshot that it read with: next
time it is given exactly the rows that were not visible then and are now. Nothing is missed, and nobody
waits for a long transaction of somebody else's.

Old rows are deleted (`prune`). The deletion leaves a row that says up to which transaction, so that a reader
who comes back later than that is told to read everything anew instead of missing what is gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.bulk import copy_rows
from core.database import Base

CHANNEL = "hittavard_outbox"
PRUNED = "outbox-pruned"
"""The topic of the change that a reader is given when rows which it had not read are gone."""

_LOCK = 7_235_104
_ROWS = 5_000
_MARKED = 1_000
"""Transactions that the mark names one by one; of older ones it says only which was the newest."""


class OutboxRow(Base):
    """`topic` says what kind of thing changed, `key` which one. `txid` is the writing transaction."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_txid_id", "txid", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))
    topic: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


@dataclass(frozen=True)
class Position:
    """How far a reader has come: a PostgreSQL snapshot (`xmin:xmax:xip,...`), at first of nothing at all."""

    snapshot: str = "1:1:"

    @property
    def newest(self) -> int:
        """The first transaction that is certainly not in it."""
        return int(self.snapshot.split(":")[1])

    def saw(self, txid: int) -> bool:
        """Whether this transaction had ended by then, so that what it committed was seen."""
        oldest, newest, running = self.snapshot.split(":")
        return txid < int(oldest) or (txid < int(newest) and str(txid) not in running.split(","))


@dataclass(frozen=True)
class Change:
    """One outbox row as a reader sees it."""

    topic: str
    key: str


def publish(session: Session, topic: str, keys: Iterable[str]) -> None:
    """Write one row per key in the session's transaction, and wake the readers when it commits."""
    rows = [{"topic": topic, "key": key} for key in keys]
    if rows:
        copy_rows(session, OutboxRow, rows)
        session.execute(text(f"NOTIFY {CHANNEL}"))


# Rows that came with a dump from a cluster which had come further claim transactions that are yet to be: they
# are no news until then, or they would be news for ever.
_NEWS = text(
    """
    SELECT pg_current_snapshot()::text, o.topic, o.key
    FROM (SELECT) one LEFT JOIN outbox o
      ON o.txid >= (pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text)::bigint
     AND o.txid < (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint
     AND NOT pg_visible_in_snapshot((o.txid::text)::xid8, CAST(:seen AS pg_snapshot))
     AND (CAST(:topics AS text[]) IS NULL OR o.topic = ANY(CAST(:topics AS text[])))
    ORDER BY o.txid, o.id
    """
)


def read_after(
    session: Session, position: Position, topics: Iterable[str] | None = None
) -> tuple[Position, Sequence[Change]]:
    """What has become visible since `position`, by transaction, and the position after it.

    One statement, so that the new position is the snapshot which the rows were read with. `topics` leaves out
    what the reader does not follow: where people list, their rows are many times those of units. A change of
    the topic `PRUNED` says that others are gone: the reader must read everything anew.
    """
    followed = None if topics is None else [PRUNED, *topics]
    rows = session.execute(_NEWS, {"seen": position.snapshot, "topics": followed}).all()
    changes = [Change(topic, key) for _, topic, key in rows if topic is not None]
    return Position(rows[0][0]), [one for one in changes if one.topic != PRUNED or _missed(position, one.key)]


def _missed(position: Position, marked: str) -> bool:
    """Whether a deleted row may not have been read."""
    floor, deleted = _read_mark(marked)
    return not position.saw(floor) or not all(position.saw(txid) for txid in deleted)


_WAITING = text(
    """
    SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox
    WHERE txid >= (pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text)::bigint AND topic <> :pruned
        AND txid < (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint
        AND NOT pg_visible_in_snapshot((txid::text)::xid8, CAST(:seen AS pg_snapshot))
    """
)


def waiting(session: Session, position: Position) -> tuple[int, float]:
    """How many rows a reader at this position lacks, and the age of the oldest in seconds."""
    rows, seconds = session.execute(_WAITING, {"seen": position.snapshot, "pruned": PRUNED}).one()
    return rows, max(0.0, float(seconds))


# Only the oldest are looked at, so that a round without anything to delete costs nothing.
_PRUNE = text(
    """
    WITH oldest AS (
        SELECT id, created_at FROM outbox WHERE topic <> :pruned ORDER BY id LIMIT :rows
    ), gone AS (
        DELETE FROM outbox WHERE id IN (SELECT id FROM oldest WHERE created_at < :before) RETURNING txid
    )
    SELECT count(*), array_agg(DISTINCT txid) FROM gone
    """
)
_UNMARK = text("DELETE FROM outbox WHERE topic = :pruned RETURNING key")
_MARK = text("INSERT INTO outbox (topic, key) VALUES (:pruned, :key)")


def _read_mark(marked: str) -> tuple[int, list[int]]:
    """The transactions whose rows were deleted last, and the newest of those before them."""
    floor, _, last = marked.partition(":")
    return int(floor), [int(txid) for txid in last.split(",") if txid]


def _mark(session: Session, deleted: Iterable[int]) -> None:
    """Say which rows are gone. Written anew each time, so that no reader from before can pass it over."""
    floor, known = 0, set(deleted)
    for marked in session.scalars(_UNMARK, {"pruned": PRUNED}).all():
        former, last = _read_mark(marked)
        floor, known = max(floor, former), known.union(last)
    newest = sorted(known)[-_MARKED:]
    floor = max(floor, *(known - set(newest)), 0)
    written = f"{floor}:{','.join(map(str, newest))}"
    session.execute(_MARK, {"pruned": PRUNED, "key": written})


def prune(session: Session, before: datetime, rows: int = _ROWS) -> int:
    """Delete up to so many rows written before a moment; how many. Safe twice and from two machines."""
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}):
        return 0
    values = {"pruned": PRUNED, "rows": rows, "before": before}
    count, deleted = session.execute(_PRUNE, values).one()
    if count:
        _mark(session, deleted)
    return int(count)


def present_position(session: Session) -> Position:
    """The position of a reader that has just read everything with this session's snapshot."""
    return Position(session.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())
