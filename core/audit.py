"""The audit trail: who did what to what, written in the same transaction as the deed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Index, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Base


class AuditEvent(Base):
    """One deed. `detail` never holds personal data, only keys and counts."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_kind", "subject_key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_key: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


def record(
    session: Session, *, actor: str, action: str, subject_kind: str, subject_key: str, **detail: object
) -> None:
    """Add one audit row to the session's transaction."""
    session.add(
        AuditEvent(
            actor=actor, action=action, subject_kind=subject_kind, subject_key=subject_key, detail=detail
        )
    )
