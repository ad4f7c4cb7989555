"""The outbox: what changed, written with the change and read afterwards, by any number of readers.

Row numbers are handed out before commit, so a reader that remembers the highest number it saw can skip a
slow transaction with a lower one. A reader remembers instead the database snapshot that it read with: next
time it is given exactly the rows that were not visible then and are now. Nothing is missed, and nobody
waits for a long transaction of somebody else's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, Text, func, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.bulk import copy_rows
from core.database import Base

CHANNEL = "hittavard_outbox"


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


_NEWS = text(
    """
    SELECT pg_current_snapshot()::text, o.topic, o.key
    FROM (SELECT) one LEFT JOIN outbox o
      ON o.txid >= (pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text)::bigint
     AND NOT pg_visible_in_snapshot((o.txid::text)::xid8, CAST(:seen AS pg_snapshot))
    ORDER BY o.txid, o.id
    """
)


def read_after(session: Session, position: Position) -> tuple[Position, Sequence[Change]]:
    """What has become visible since `position`, by transaction, and the position after it.

    One statement, so that the new position is the snapshot which the rows were read with.
    """
    rows = session.execute(_NEWS, {"seen": position.snapshot}).all()
    return Position(rows[0][0]), [Change(topic, key) for _, topic, key in rows if topic is not None]


def present_position(session: Session) -> Position:
    """The position of a reader that has just read everything with this session's snapshot."""
    return Position(session.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())
