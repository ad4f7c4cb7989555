"""The kind `professions`: professions at units that are there already, one row per unit and profession.

A profession that a person recorded by hand, as opposed to one from the catalogue, says who, when and until
when: it must be renewed or it lapses.
"""

from typing import Any

from importers.kinds.cells import Cells
from importers.kinds.coded_rows import CodedRows
from importers.kinds.table import TableColumn
from importers.kinds.units.facts import choice
from importers.values import dates
from importers.values.text import one_line

SYSTEM = "profession"
MAX_NAME = 200

COLUMNS = (
    TableColumn("hsa_id", "HSA-id of the unit", required=True, aliases=("hsaid",)),
    TableColumn(
        "code", f"Code or name of the profession (code system {SYSTEM})", True, ("profession", "yrke")
    ),
    TableColumn("origin", "catalogue (the default) or manual", aliases=("ursprung",)),
    TableColumn("recorded_by", "Who recorded it; required for manual", aliases=("registrerad av",)),
    TableColumn("recorded_at", "When it was recorded; required for manual", aliases=("registrerad",)),
    TableColumn("valid_until", "Last day that it counts; required for manual", aliases=("gäller till",)),
)

_ORIGINS = {"catalogue": "catalogue", "katalog": "catalogue", "manual": "manual", "manuell": "manual"}


def _profession(cells: Cells) -> dict[str, Any]:
    profession: dict[str, Any] = {"origin": choice(cells, "origin", _ORIGINS) or "catalogue"}
    recorded_at = cells.read("recorded_at", dates.instant)
    valid_until = cells.read("valid_until", dates.local_date)
    recorded_by = one_line(cells.first("recorded_by"))[:MAX_NAME]
    if recorded_by:
        profession["recorded_by"] = recorded_by
    if recorded_at:
        profession["recorded_at"] = recorded_at.isoformat()
    if valid_until:
        profession["valid_until"] = valid_until.isoformat()
    if profession["origin"] == "manual":
        _check_signed(cells, profession)
    return profession


def _check_signed(cells: Cells, profession: dict[str, Any]) -> None:
    for column in ("recorded_by", "recorded_at", "valid_until"):
        if column not in profession:
            message = "a manual profession needs recorded_by, recorded_at and valid_until"
            cells.reject("manual-unsigned", column, cells.first(column) or None, message)


def kind() -> CodedRows:
    """Professions at known units. The rows of one unit together are what this source says of it."""
    return CodedRows("professions", SYSTEM, COLUMNS, _profession)
