"""The rows of the trail, and how they are written and read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    String,
    Text,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.bulk import copy_rows
from core.database import Base

PERSON = "person"
"""The subject kind of people; `subject_key` is then the key of the row, never an identity number."""

_CHUNK = 10_000


class AuditEvent(Base):
    """One deed. `detail` never holds personal data, only keys, codes and counts.

    What is done to, or read of, a person says for which purpose and in which role (patientdatalagen 2008:355,
    4 kap. 3 §; HSLF-FS 2016:40, 4 kap. 9 §): the database refuses a row without. `txid` is the writing
    transaction, by which the sealing finds what it has not yet seen.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint(
            "subject_kind <> 'person' or (purpose is not null and actor_role is not null)",
            name="person_with_purpose",
        ),
        Index("ix_audit_event_subject", "subject_kind", "subject_key"),
        Index("ix_audit_event_txid_id", "txid", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    txid: Mapped[int] = mapped_column(BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)
    actor: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str | None] = mapped_column(String(16))
    purpose: Mapped[str | None] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_key: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


_INSERT = insert(AuditEvent.__table__).inline()  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed of many, for `record_many`."""

    action: str
    subject_kind: str
    subject_key: str
    detail: Mapping[str, object] = field(default_factory=dict)


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject_kind: str,
    subject_key: str,
    actor_role: str | None = None,
    purpose: str | None = None,
    **detail: object,
) -> None:
    """Add one audit row to the session's transaction. A person's needs `actor_role` and `purpose`."""
    _check(subject_kind, actor_role, purpose)
    values = {
        "actor": actor,
        "actor_role": actor_role,
        "purpose": purpose,
        "action": action,
        "subject_kind": subject_kind,
        "subject_key": subject_key,
        "detail": detail,
    }
    # Past the unit of work of the ORM, which costs several times what the row does.
    session.execute(_INSERT, values)


def record_many(
    session: Session,
    entries: Iterable[Entry],
    *,
    actor: str,
    actor_role: str | None = None,
    purpose: str | None = None,
) -> int:
    """Add the rows of one actor's many deeds by COPY; returns how many."""
    count = 0
    rows: list[dict[str, Any]] = []
    for entry in entries:
        _check(entry.subject_kind, actor_role, purpose)
        rows.append(
            {
                "actor": actor,
                "actor_role": actor_role,
                "purpose": purpose,
                "action": entry.action,
                "subject_kind": entry.subject_kind,
                "subject_key": entry.subject_key,
                "detail": dict(entry.detail),
            }
        )
        count += 1
        if len(rows) == _CHUNK:
            copy_rows(session, AuditEvent, rows)
            rows.clear()
    copy_rows(session, AuditEvent, rows)
    return count


def about(
    session: Session, subject_kind: str, subject_key: str, *, limit: int = 100, before: int | None = None
) -> Sequence[AuditEvent]:
    """What was done to one subject, newest first; `before` is the last id of the page before."""
    wanted = select(AuditEvent).where(
        AuditEvent.subject_kind == subject_kind, AuditEvent.subject_key == subject_key
    )
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    return session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(limit)).all()


def _check(subject_kind: str, actor_role: str | None, purpose: str | None) -> None:
    if subject_kind == PERSON and not (actor_role and purpose):
        raise ValueError("what is done to a person is audited with the actor's role and the purpose")
