"""The kind `offerings`: coded care services of units that are there already, one row per unit and service."""

from typing import Any

from importers.kinds.cells import Cells
from importers.kinds.coded_rows import CodedRows
from importers.kinds.table import TableColumn
from importers.kinds.units.facts import choice
from importers.values import dates
from importers.values.codes import boolean, code_list, whole_number
from importers.values.text import one_line

SYSTEM = "care-service"
MAX_AGE = 130
MAX_NOTE = 500

COLUMNS = (
    TableColumn("hsa_id", "HSA-id of the unit", required=True, aliases=("hsaid",)),
    TableColumn(
        "code", f"Code or name of the care service (code system {SYSTEM})", True, ("service", "tjänst")
    ),
    TableColumn("min_age", "Youngest age, whole years", aliases=("ålder från",)),
    TableColumn("max_age", "Oldest age, whole years", aliases=("ålder till",)),
    TableColumn("sex", "male or female, when for one only", aliases=("kön",)),
    TableColumn("referral", "yes when a referral is needed", aliases=("remiss",)),
    TableColumn(
        "delivery", "on-site, video, phone, chat, home, mobile; a bar between them", aliases=("form",)
    ),
    TableColumn("note", "For whom or how, in words", aliases=("kommentar",)),
    TableColumn("valid_from", "First day", aliases=("gäller från",)),
    TableColumn("valid_to", "Last day", aliases=("gäller till",)),
)

_SEX = {
    "male": "male",
    "man": "male",
    "m": "male",
    "female": "female",
    "kvinna": "female",
    "f": "female",
    "k": "female",
}
_DELIVERY = frozenset({"on-site", "video", "phone", "chat", "home", "mobile"})


def _offering(cells: Cells) -> dict[str, Any]:
    offering: dict[str, Any] = {
        "min_age": _age(cells, "min_age"),
        "max_age": _age(cells, "max_age"),
        "sex": choice(cells, "sex", _SEX),
        "referral": cells.read("referral", boolean),
        "delivery": _delivery(cells),
        "note": one_line(cells.first("note"))[:MAX_NOTE],
    }
    _check_ages(cells, offering)
    offering |= _validity(cells)
    return {part: value for part, value in offering.items() if value not in (None, "", [])}


def _age(cells: Cells, column: str) -> int | None:
    age = cells.read(column, whole_number)
    if age is not None and age > MAX_AGE:
        cells.reject("age", column, cells.first(column), f"an age is from 0 to {MAX_AGE} years")
        return None
    return age


def _check_ages(cells: Cells, offering: dict[str, Any]) -> None:
    low, high = offering["min_age"], offering["max_age"]
    if low is not None and high is not None and low > high:
        cells.reject("age", "max_age", cells.first("max_age"), "the oldest age is below the youngest")


def _delivery(cells: Cells) -> list[str]:
    found = [one.casefold() for one in code_list(cells.all("delivery"))]
    for one in found:
        if one not in _DELIVERY:
            cells.warn(
                "word-unknown", "delivery", one, f"not one of {', '.join(sorted(_DELIVERY))}; left out"
            )
    return [one for one in found if one in _DELIVERY]


def _validity(cells: Cells) -> dict[str, str]:
    first = cells.read("valid_from", dates.local_date)
    last = cells.read("valid_to", dates.local_date)
    if first and last and last < first:
        cells.reject("validity", "valid_to", cells.first("valid_to"), "the last day is before the first")
    days = {"valid_from": first, "valid_to": last}
    return {name: day.isoformat() for name, day in days.items() if day}


def kind() -> CodedRows:
    """Offerings of known units. The rows of one unit together are what this source says of it."""
    return CodedRows("offerings", SYSTEM, COLUMNS, _offering)
