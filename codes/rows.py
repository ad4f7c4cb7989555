"""From the documented columns (`docs/codes.md`) to definitions; a row is a mapping of text to text.

Whoever reads the file, from whatever format, brings the rows; their meaning is decided here alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from codes.definition import CodeSystemDefinition, ConceptDefinition, MapDefinition, TermDefinition
from codes.errors import InvalidCodeSystem

PROPERTY = "prop."
CONCEPT_COLUMNS = ("code", "display_sv", "display_en")
OPTIONAL_CONCEPT_COLUMNS = ("description", "parent", "sort_order", "maps")
TERM_COLUMNS = ("code", "language", "kind", "terms")
HEAD_FIELDS = tuple(each.name for each in fields(CodeSystemDefinition) if each.name != "concepts")
_REQUIRED = tuple(
    each.name for each in fields(CodeSystemDefinition) if each.name != "concepts" and each.default is MISSING
)
_WORDS: dict[str, object] = {"true": True, "false": False}


def definition_from_rows(
    head: Mapping[str, Any], concepts: Iterable[Mapping[str, str]], terms: Iterable[Mapping[str, str]] = ()
) -> CodeSystemDefinition:
    """One system from its head (the fields of `CodeSystemDefinition`), its concept rows and its term rows."""
    _check_head(head)
    words: dict[str, list[TermDefinition]] = defaultdict(list)
    for row in terms:
        words[_cell(row, "code")] += terms_from_row(row)
    built = tuple(
        concept_from_row(row, order, tuple(words.pop(_cell(row, "code"), ())))
        for order, row in enumerate(concepts, start=1)
    )
    if words:
        raise InvalidCodeSystem(
            f"There are terms for codes that the system lacks: {', '.join(sorted(words))}"
        )
    return CodeSystemDefinition(concepts=built, **head)


def _check_head(head: Mapping[str, Any]) -> None:
    missing = [name for name in _REQUIRED if name not in head]
    if missing:
        raise InvalidCodeSystem(f"The description of the system lacks {', '.join(missing)}")
    unknown = sorted(set(head) - set(HEAD_FIELDS))
    if unknown:
        raise InvalidCodeSystem(f"The description of the system has unknown fields: {', '.join(unknown)}")


def concept_from_row(
    row: Mapping[str, str], order: int, terms: tuple[TermDefinition, ...] = ()
) -> ConceptDefinition:
    """One concept. Without a `sort_order` its place in the file is its place in lists."""
    properties = {
        column.removeprefix(PROPERTY): _WORDS.get(value.strip(), value.strip())
        for column, value in row.items()
        if column.startswith(PROPERTY) and value and value.strip()
    }
    sort_order = _cell(row, "sort_order")
    if sort_order and not sort_order.isdecimal():
        raise InvalidCodeSystem(f"{_cell(row, 'code')}: sort_order is not a whole number")
    return ConceptDefinition(
        code=_cell(row, "code"),
        display_sv=_cell(row, "display_sv"),
        display_en=_cell(row, "display_en"),
        description=_cell(row, "description") or None,
        parent=_cell(row, "parent") or None,
        sort_order=int(sort_order) if sort_order else order,
        properties=properties,
        terms=terms,
        maps=tuple(_map(text) for text in _cell(row, "maps").split()),
    )


def terms_from_row(row: Mapping[str, str]) -> list[TermDefinition]:
    """The terms of one row, separated by `|`."""
    language = _cell(row, "language") or "sv"
    kind = _cell(row, "kind") or "synonym"
    return [
        TermDefinition(word.strip(), language, kind)
        for word in _cell(row, "terms").split("|")
        if word.strip()
    ]


def _map(text: str) -> MapDefinition:
    """`system:relationship:code`; the code may itself hold colons."""
    parts = text.split(":", 2)
    if len(parts) != 3 or not all(parts):
        raise InvalidCodeSystem(f"A map is written system:relationship:code, not {text}")
    return MapDefinition(system=parts[0], relationship=parts[1], code=parts[2])


def _cell(row: Mapping[str, str], column: str) -> str:
    return (row.get(column) or "").strip()
