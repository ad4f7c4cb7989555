"""The name of the source when the person who imports does not give one."""

from pathlib import Path

from importers.columns import REQUIRED, column_for
from importers.issues import FileRefused
from importers.kinds.units.kind import find_mapping
from importers.mapped import LDIF_MAPPING
from importers.mapping import MappingInvalid, detect_mapping
from importers.readers import ReadOptions, detect_format, open_rows


def default_source(kind: str, path: Path, *, format: str, mapping: str | None, region: str | None) -> str:
    """The kind and the region; for units the mapping's name, so that the next file of the same origin,

    whatever it is called, is a new word of the same source.
    """
    base = _mapping_name(path, format, mapping) if kind == "units" else None
    parts = [base or kind, region]
    return "-".join(part for part in parts if part)[:64]


def _mapping_name(path: Path, format: str, named: str | None) -> str | None:
    try:
        if named:
            mapping = find_mapping(named)
            return mapping.name if mapping else None
        chosen = detect_format(path) if format == "auto" else format
        if chosen == "ldif":
            return LDIF_MAPPING
        columns = open_rows(path, chosen, ReadOptions()).columns or ()
    except (FileRefused, MappingInvalid, OSError):
        return None  # the import itself says what is wrong, and its report too
    if {column.name for name in columns if (column := column_for(name))}.issuperset(REQUIRED):
        return None
    found = detect_mapping(columns, chosen)
    return found.name if found else None
