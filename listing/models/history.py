"""What happened and why, what has been answered to whom, and what people have been told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class ListingEvent(Base):
    """One thing that happened to a person's listing or queue place, never changed afterwards.

    `detail` holds codes and numbers only. Whoever was moved, refused or passed over is told why from here.
    Person and unit exist: a trigger looks each of a statement's up once and locks it, as a foreign key would
    row by row (`migrations/sql/0008_references_by_statement.sql`).
    """

    __tablename__ = "listing_event"
    __table_args__ = (
        Index("ix_listing_event_person_id_at", "person_id", "at"),
        Index("ix_listing_event_care_unit_id_at", "care_unit_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    person_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(32))
    care_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    listing_type: Mapped[str] = mapped_column(String(24))
    listing_id: Mapped[UUID | None] = mapped_column()
    queue_entry_id: Mapped[UUID | None] = mapped_column()
    actor: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(32))
    counted: Mapped[bool] = mapped_column(server_default=text("false"))
    counted_because: Mapped[str | None] = mapped_column(String(32))
    operation_id: Mapped[UUID | None] = mapped_column()
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class Operation(Base):
    """What was answered to a caller's idempotency key.

    It is written first in the operation's transaction: the unique index lets a second request with the same
    key wait for the first, and then have the same answer. `request_digest` is a hash, so that the same
    key with another request is found out and the request is not kept.
    """

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("scope", "idempotency_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    scope: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(String(255))
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), index=True
    )


class ListingNotice(Base):
    """Something the person must be told: shown on the person's pages and handed to the region's letters.

    Person and unit exist, as `ListingEvent`'s do.
    """

    __tablename__ = "listing_notice"
    __table_args__ = (
        CheckConstraint("read_at >= created_at", name="read_after"),
        Index("ix_listing_notice_person_id", "person_id"),
        Index("ix_listing_notice_unsent", "id", postgresql_where=text("sent_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(32))
    care_unit_id: Mapped[int | None] = mapped_column(BigInteger)
    listing_type: Mapped[str] = mapped_column(String(24))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
