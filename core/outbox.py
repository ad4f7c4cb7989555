"""The outbox: what changed, written with the change and read afterwards, in an order that misses nothing.

Row numbers are handed out before commit, so a reader that only remembers the highest number it saw can
skip a slow transaction with a lower one. Each row therefore carries its transaction's id, and a reader
is given only rows of transactions that ended before every transaction still running
(`pg_snapshot_xmin`); what it has not been given yet comes next time.
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


@dataclass(frozen=True, order=True)
class Position:
    """How far a reader has come: ordered by transaction, then by row."""

    txid: int = 0
    id: int = 0


@dataclass(frozen=True)
class Change:
    """One outbox row as a reader sees it."""

    position: Position
    topic: str
    key: str


def publish(session: Session, topic: str, keys: Iterable[str]) -> None:
    """Write one row per key in the session's transaction, and wake the readers when it commits."""
    rows = [{"topic": topic, "key": key} for key in keys]
    if rows:
        copy_rows(session, OutboxRow, rows)
        session.execute(text(f"NOTIFY {CHANNEL}"))


def read_after(session: Session, position: Position, limit: int = 5000) -> Sequence[Change]:
    """The next changes after `position`, oldest transaction first, none of them still open to company."""
    rows = session.execute(
        text(
            "SELECT txid, id, topic, key FROM outbox"
            " WHERE (txid, id) > (:txid, :id)"
            "   AND txid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
            " ORDER BY txid, id LIMIT :limit"
        ),
        {"txid": position.txid, "id": position.id, "limit": limit},
    )
    return [Change(Position(txid, id_), topic, key) for txid, id_, topic, key in rows]


def safe_position(session: Session) -> Position:
    """A position before which everything is visible in this snapshot: where a fresh reader starts."""
    txid = session.execute(
        text("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint - 1")
    ).scalar_one()
    return Position(txid, 2**62)
