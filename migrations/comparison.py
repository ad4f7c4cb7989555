"""How models and database are compared: PostGIS keeps tables of its own, and spatial indexes are ours."""

from typing import Any

from geoalchemy2 import alembic_helpers
from sqlalchemy.schema import SchemaItem

POSTGIS_TABLES = {"spatial_ref_sys"}


def include_object(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, other: SchemaItem | None
) -> bool:
    """Leave out what the extensions own."""
    if kind == "table" and name in POSTGIS_TABLES:
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, other))


OPTIONS: dict[str, Any] = {
    "include_object": include_object,
    "process_revision_directives": alembic_helpers.writer,
    "render_item": alembic_helpers.render_item,
    "compare_type": True,
    "compare_server_default": True,
}
