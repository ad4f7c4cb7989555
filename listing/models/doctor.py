"""Fast läkarkontakt: the named doctor of a listed person, with the doctor's own room for patients."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.provenance import Provenance


class RegularDoctor(Provenance, Base):
    """A doctor whom one can have as fast läkarkontakt at a unit (patientlagen 6 kap. 3 §).

    `ceiling` is the doctor's own; without one the region's guide value scaled by working time applies.
    A protected doctor's name is shown to nobody outside the unit. `contact` says how and when to reach the
    doctor. `patients` is kept by a trigger on the assignments.
    """

    __tablename__ = "regular_doctor"
    __table_args__ = (
        CheckConstraint("professional_hsa_id = upper(professional_hsa_id)", name="hsa_id_form"),
        CheckConstraint("full_time_percent between 1 and 100", name="full_time_percent"),
        CheckConstraint("ceiling >= 0", name="ceiling"),
        CheckConstraint("patients >= 0", name="patients"),
        ExcludeConstraint(
            ("professional_hsa_id", "="),
            ("care_unit_id", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_regular_doctor_once_at_unit",
        ),
        Index("ix_regular_doctor_care_unit_id", "care_unit_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    professional_hsa_id: Mapped[str] = mapped_column(String(31))
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    name: Mapped[str] = mapped_column(Text)
    in_training: Mapped[bool] = mapped_column(server_default=text("false"))
    protected: Mapped[bool] = mapped_column(server_default=text("false"))
    full_time_percent: Mapped[int] = mapped_column(SmallInteger, server_default="100")
    ceiling: Mapped[int | None] = mapped_column(Integer)
    contact: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    patients: Mapped[int] = mapped_column(Integer, server_default="0")
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class DoctorAssignment(Base):
    """A person's fast läkarkontakt during a time; one at a time."""

    __tablename__ = "doctor_assignment"
    __table_args__ = (
        ExcludeConstraint(
            ("person_id", "="), ("valid", "&&"), using="gist", name="ex_doctor_assignment_one_at_a_time"
        ),
        Index("ix_doctor_assignment_doctor_id", "doctor_id", postgresql_where=text("upper_inf(valid)")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("regular_doctor.id"))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)


class DoctorSubstitute(Base):
    """Who stands in for a doctor, and when."""

    __tablename__ = "doctor_substitute"
    __table_args__ = (
        CheckConstraint("doctor_id <> substitute_id", name="two_doctors"),
        ExcludeConstraint(
            ("doctor_id", "="),
            ("substitute_id", "="),
            ("valid", "&&"),
            using="gist",
            name="ex_doctor_substitute_once",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("regular_doctor.id", ondelete="CASCADE"))
    substitute_id: Mapped[int] = mapped_column(
        ForeignKey("regular_doctor.id", ondelete="CASCADE"), index=True
    )
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
