"""The coded facts of a unit row. A code that no loaded list has is told and left out; the row stays."""

from collections.abc import Iterable
from typing import Any

from directory.record import CODED_FIELDS
from importers.issues import Trouble
from importers.kinds.cells import Cells
from importers.kinds.codebook import Codebook
from importers.values.codes import boolean, code_list
from importers.values.text import one_line

_COLUMNS = {
    "unit_types": "unit_type",
    "activities": "activities",
    "care_forms": "care_forms",
    "ownership": "ownership",
    "visible_for": "visible_for",
    "languages": "languages",
}
_PARTLY = frozenset({"partly", "delvis"})


def code_fields(cells: Cells, codebook: Codebook) -> dict[str, Any]:
    """Plain lists of codes, professions, offerings and accessibility facts, as far as the row has them."""
    found: dict[str, Any] = {
        field: _codes(cells, codebook, column, CODED_FIELDS[field]) for field, column in _COLUMNS.items()
    }
    found["professions"] = [
        {"code": code, "origin": "catalogue"} for code in _codes(cells, codebook, "professions", "profession")
    ]
    found["offerings"] = [{"code": code} for code in _codes(cells, codebook, "offerings", "care-service")]
    found["accessibility"] = list(_accessibility(cells, codebook))
    return {field: values for field, values in found.items() if values}


def _codes(cells: Cells, codebook: Codebook, column: str, system: str) -> list[str]:
    """A cell may hold one label with spaces and commas, or several codes: the whole is tried first."""
    found: list[str] = []
    for value in cells.all(column):
        whole = codebook.find(system, value)
        for part in [value] if whole else code_list([value]):
            code = whole or codebook.find(system, part)
            if code is None:
                cells.note([unknown(part, system)], column, part)
            elif code not in found:
                found.append(code)
    return found


def _accessibility(cells: Cells, codebook: Codebook) -> Iterable[dict[str, str]]:
    seen = set()
    for cell in cells.all("accessibility"):
        name, _, said = cell.partition("=")
        code = codebook.find("accessibility", name)
        if code is None:
            cells.note([unknown(one_line(name), "accessibility")], "accessibility", cell)
            continue
        value = _answer(said)
        if value is None:
            cells.warn(
                "accessibility", "accessibility", cell, "write code=yes, code=no or code=partly; left out"
            )
        elif code not in seen:
            seen.add(code)
            yield {"code": code, "value": value}


def _answer(said: str) -> str | None:
    word = said.strip().casefold()
    if word in _PARTLY:
        return "partly"
    known, _ = boolean(word or "yes")
    return None if known is None else ("yes" if known else "no")


def unknown(text: str, system: str) -> Trouble:
    """What to say of a code that is in no version of the loaded list."""
    return Trouble(
        "code-unknown",
        f"“{text[:40]}” is not in the code system {system}; a version that has it is loaded with"
        " hittavard import codes",
    )
