"""The kind `units`: care units from LDIF with HSA attributes, CSV, XLSX and JSON."""

from importers.kinds.units.kind import UnitsKind
from importers.kinds.units.parser import RegionUnknown, UnitParser

__all__ = ["RegionUnknown", "UnitParser", "UnitsKind"]
