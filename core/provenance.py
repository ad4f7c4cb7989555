"""Where a row came from: the source that said it, the import run that brought it, who answers for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, String, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.database import Base


class Source(Base):
    """A catalogue, a region's spreadsheet or a person at a desk: anyone who may state facts here."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    responsible_contact: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ImportRun(Base):
    """One file, applied or refused: what was read, what became of it, and the whole report."""

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("mode in ('full', 'delta')", name="mode"),
        CheckConstraint("status in ('applied', 'refused')", name="status"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    file_name: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Provenance:
    """Mixin for every table that holds facts from outside."""

    @declared_attr
    def source_id(cls) -> Mapped[int | None]:
        """The source that states this row; empty for what ships with the product."""
        return mapped_column(ForeignKey("source.id"), index=True)

    @declared_attr
    def import_run_id(cls) -> Mapped[int | None]:
        """The run that last changed this row; empty for a change made by hand."""
        return mapped_column(ForeignKey("import_run.id"))

    responsible_contact: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
