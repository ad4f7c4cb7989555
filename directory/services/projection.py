"""From a merged record to rows: the tables hold the same facts as the record, under constraints.

Each table states which fields it is made of. When one of them changes, the unit's rows in that table are
written anew; all units of a batch go in one statement per table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from codes.models import CodeSystem, Concept
from core.bulk import copy_rows
from core.database import Base
from core.problems import Invalid
from directory import models
from directory.rules.merge import is_visible
from directory.services import membership, rows
from directory.services.history import Context, point

Concepts = Mapping[tuple[str, str], int]
Row = dict[str, Any]


@dataclass(frozen=True)
class UnitChange:
    """One unit with its whole merged record and the fields of it that changed.

    A `created` unit has its own row already and none yet in the tables of its parts.
    """

    unit_id: int
    hsa_id: str
    values: Mapping[str, Any]
    origin: Mapping[str, int]
    changed: frozenset[str]
    created: bool = False

    def touches(self, fields: frozenset[str]) -> bool:
        """Whether any of these fields changed."""
        return not self.changed.isdisjoint(fields)


@dataclass(frozen=True)
class Table:
    """A table, the fields that it is made of, and how its rows follow from a record.

    `make` yields (path, row): the path says whose word the row is.
    """

    model: type[Base]
    fields: frozenset[str]
    make: Callable[[Mapping[str, Any], Concepts], Sequence[tuple[str, Row]]]


TABLES: Sequence[Table] = (
    Table(models.CareUnitName, frozenset({"alternative_names", "former_names"}), rows.names),
    Table(models.CareUnitIdentifier, frozenset({"external_identifiers"}), rows.identifiers),
    Table(models.CareUnitRelation, frozenset({"related_units", "successor"}), rows.relations),
    Table(models.CareUnitListingStatus, frozenset({"listing"}), rows.listing_status),
    Table(models.CareUnitAddress, frozenset({"addresses"}), rows.addresses),
    Table(models.CareUnitContact, frozenset({"contacts"}), rows.contacts),
    Table(models.CareUnitProfessionalContact, frozenset({"professional_contacts"}), rows.staff_contacts),
    Table(models.WeeklyHours, frozenset({"hours"}), rows.weekly_hours),
    Table(models.HoursException, frozenset({"hours"}), rows.hours_exceptions),
    Table(models.HolidayHours, frozenset({"hours"}), rows.holiday_hours),
    Table(models.CareUnitClassification, rows.CLASSIFICATIONS, rows.classifications),
    Table(models.CareUnitProfession, frozenset({"professions"}), rows.professions),
    Table(models.CareUnitOffering, frozenset({"offerings"}), rows.offerings),
    Table(models.CareUnitLanguage, frozenset({"languages"}), rows.languages),
    Table(models.CareUnitEService, frozenset({"e_services"}), rows.e_services),
    Table(models.CareUnitAccessibility, frozenset({"accessibility"}), rows.accessibility),
    Table(models.CareUnitText, frozenset({"texts"}), rows.texts),
    Table(models.CareUnitNotice, frozenset({"notices"}), rows.notices),
)


def project(session: Session, units: Sequence[UnitChange], context: Context) -> None:
    """Write the changed parts of these units into their tables, in the session's transaction."""
    concepts = _concepts(session, units)
    earlier = [unit for unit in units if not unit.created]
    if earlier:
        session.execute(
            update(models.CareUnit),
            [{"id": unit.unit_id, **unit_row(unit.values, unit.origin, context)} for unit in earlier],
        )
    for table in TABLES:
        _rewrite(session, table, [unit for unit in units if unit.touches(table.fields)], concepts, context)
    membership.link(session, units, context)


def unit_row(values: Mapping[str, Any], origin: Mapping[str, int], context: Context) -> Row:
    """The unit's own row, but for its identity."""
    return {
        "kind": values["kind"],
        "organisation_number": _own_organisation_number(values),
        "name": values["name"],
        "place": values.get("place"),
        "position": point(values),
        "position_origin": values.get("position", {}).get("origin"),
        "municipality_code": values.get("municipality"),
        "region_code": values.get("region"),
        "status": values["status"],
        "visible": is_visible(values),
        "publish_from": values.get("publish_from"),
        "publish_to": values.get("publish_to"),
        "age_rules": values.get("age_rules", []),
        "field_origin": dict(origin),
        "responsible_contact": values.get("responsible_contact"),
        "source_id": context.source_id,
        "import_run_id": context.run_id,
        "updated_at": context.at,
    }


def _own_organisation_number(values: Mapping[str, Any]) -> str | None:
    """A provider's own number; a unit's provider is another node."""
    provider = values.get("provider", {})
    return provider.get("organisation_number") if values["kind"] == "provider" else None


def _rewrite(
    session: Session, table: Table, units: Sequence[UnitChange], concepts: Concepts, context: Context
) -> None:
    if not units:
        return
    model: Any = table.model
    earlier = [unit.unit_id for unit in units if not unit.created]
    if earlier:
        session.execute(
            delete(model).where(model.care_unit_id.in_(earlier)),
            execution_options={"synchronize_session": False},
        )
    new = [
        {
            "care_unit_id": unit.unit_id,
            "source_id": unit.origin.get(path, context.source_id),
            "import_run_id": context.run_id,
            "updated_at": context.at,
            "responsible_contact": unit.values.get("responsible_contact"),
            **row,
        }
        for unit in units
        for path, row in table.make(unit.values, concepts)
    ]
    copy_rows(session, model, new)


def _concepts(session: Session, units: Sequence[UnitChange]) -> Concepts:
    """Identifiers of the concepts that these records name; a code that no system has is refused."""
    wanted = {pair for unit in units for pair in rows.codes(unit.values)}
    if not wanted:
        return {}
    found = {
        (system, code): concept_id
        for system, code, concept_id in session.execute(
            select(CodeSystem.key, Concept.code, Concept.id)
            .join(Concept, Concept.code_system_id == CodeSystem.id)
            .where(
                CodeSystem.key.in_({system for system, _ in wanted}),
                Concept.code.in_({code for _, code in wanted}),
            )
        )
    }
    unknown = sorted(wanted - found.keys())
    if unknown:
        system, code = unknown[0]
        raise Invalid(
            f"code {code} is not in the code system {system}; load the system's version that has it"
        )
    return found
