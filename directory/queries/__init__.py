"""Reads of single units: as they are, as they were, and how they changed."""

from directory.queries.changes import FieldChange, changes
from directory.queries.units import RelatedUnit, UnitSnapshot, public_unit, staff_contacts

__all__ = ["FieldChange", "RelatedUnit", "UnitSnapshot", "changes", "public_unit", "staff_contacts"]
