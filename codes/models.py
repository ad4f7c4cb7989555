"""Code systems, their versions, concepts, words and maps.

A system is loaded in versions at run time. A concept is never deleted: a version that no longer has it
retires it, so that whatever was once coded with it can still be read.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base

TERM_KINDS = ("synonym", "abbreviation", "lay", "misspelling", "former")
RELATIONSHIPS = ("equivalent", "broader", "narrower", "related")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class CodeSystem(Base):
    """A list of codes under one name. `provisional`: our own, until the nation publishes one."""

    __tablename__ = "code_system"
    __table_args__ = (
        CheckConstraint("key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'", name="key_slug"),
        CheckConstraint("btrim(name_sv) <> '' AND btrim(name_en) <> ''", name="names"),
        CheckConstraint("oid ~ '^[0-2](\\.[0-9]+)+$'", name="oid"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    uri: Mapped[str] = mapped_column(Text, unique=True)
    oid: Mapped[str | None] = mapped_column(String(128))
    name_sv: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    provisional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    versions: Mapped[list["CodeSystemVersion"]] = relationship(
        back_populates="code_system", order_by="CodeSystemVersion.id"
    )
    current_version: Mapped["CodeSystemVersion | None"] = relationship(
        primaryjoin="and_(CodeSystem.id == foreign(CodeSystemVersion.code_system_id),"
        " CodeSystemVersion.is_current)",
        viewonly=True,
        uselist=False,
    )


class CodeSystemVersion(Base):
    """One loaded edition. `digest` is the SHA-256 of its content: the same version is the same content.

    At most one edition of a system is current: the partial unique index makes two impossible.
    """

    __tablename__ = "code_system_version"
    __table_args__ = (
        UniqueConstraint("code_system_id", "version"),
        UniqueConstraint("code_system_id", "id"),
        Index(
            "uq_code_system_version_current",
            "code_system_id",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        CheckConstraint("btrim(version) <> ''", name="version"),
        CheckConstraint("btrim(source) <> '' AND btrim(licence) <> ''", name="origin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code_system_id: Mapped[int] = mapped_column(ForeignKey("code_system.id"))
    version: Mapped[str] = mapped_column(String(64))
    vintage: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    is_current: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    loaded_by: Mapped[str] = mapped_column(Text)

    code_system: Mapped[CodeSystem] = relationship(back_populates="versions")


class Concept(Base):
    """One code with its labels in Swedish and English. `retired_in_id` empty means in use.

    The composite keys keep a parent and both versions inside the concept's own system.
    """

    __tablename__ = "concept"
    __table_args__ = (
        UniqueConstraint("code_system_id", "code"),
        UniqueConstraint("code_system_id", "id"),
        ForeignKeyConstraint(["code_system_id", "parent_id"], ["concept.code_system_id", "concept.id"]),
        ForeignKeyConstraint(
            ["code_system_id", "introduced_in_id"],
            ["code_system_version.code_system_id", "code_system_version.id"],
        ),
        ForeignKeyConstraint(
            ["code_system_id", "retired_in_id"],
            ["code_system_version.code_system_id", "code_system_version.id"],
        ),
        CheckConstraint("code = btrim(code) AND code <> ''", name="code"),
        CheckConstraint("btrim(display_sv) <> ''", name="display_sv"),
        CheckConstraint("btrim(display_en) <> ''", name="display_en"),
        CheckConstraint("parent_id <> id", name="parent"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code_system_id: Mapped[int] = mapped_column(ForeignKey("code_system.id"))
    code: Mapped[str] = mapped_column(String(64))
    display_sv: Mapped[str] = mapped_column(Text)
    display_en: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    sort_order: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    introduced_in_id: Mapped[int] = mapped_column(BigInteger, index=True)
    retired_in_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    properties: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class ConceptTerm(Base):
    """A word that people use for a concept. The same word may stand at several concepts (AT, HC, KK)."""

    __tablename__ = "concept_term"
    __table_args__ = (
        UniqueConstraint("concept_id", "language", "term"),
        CheckConstraint("term = btrim(term) AND term <> ''", name="term"),
        CheckConstraint("language ~ '^[a-z]{2,3}$'", name="language"),
        CheckConstraint(_one_of("kind", TERM_KINDS), name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    term: Mapped[str] = mapped_column(String(128))
    language: Mapped[str] = mapped_column(String(3))
    kind: Mapped[str] = mapped_column(String(16))


class ConceptMap(Base):
    """How one concept relates to another: the target is `relationship` in respect of the source.

    As in FHIR R4 `ConceptMap`, `broader` reads "the target is broader than the source".
    """

    __tablename__ = "concept_map"
    __table_args__ = (
        UniqueConstraint("source_concept_id", "target_concept_id"),
        CheckConstraint("source_concept_id <> target_concept_id", name="not_self"),
        CheckConstraint(_one_of("relationship", RELATIONSHIPS), name="relationship"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"))
    target_concept_id: Mapped[int] = mapped_column(ForeignKey("concept.id"), index=True)
    relationship: Mapped[str] = mapped_column(String(16))
