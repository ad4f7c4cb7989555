"""The row that names the columns, for every table format."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from importers.issues import FileRefused


def fold_name(name: str) -> str:
    """A column or attribute name as it is compared: composed letters, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name.replace("\ufeff", "")).casefold().split())


def required_columns(names: Sequence[str]) -> str:
    """The subject and the verb of a sentence about required columns."""
    listed = ", ".join(names[:-1]) + f" and {names[-1]}" if names[1:] else names[0]
    return f"the required columns {listed} are" if names[1:] else f"the required column {listed} is"


def checked_header(path: Path, cells: Sequence[str], limit: int) -> tuple[str, ...]:
    """The folded names, or a refusal of empty, repeated or far too many headings.

    Empty headings at the end are let be only when they are the whole tail, as spreadsheets write them.
    """
    names = tuple(fold_name(cell) for cell in cells)
    if len(names) > limit:
        raise FileRefused(
            path,
            f"the header has {len(names)} columns, more than {limit}",
            mend="check the delimiter and that the first row names the columns",
        )
    empty = [index for index, name in enumerate(names) if not name]
    if len(empty) == len(names):
        raise FileRefused(path, "the header row is empty", mend="the first row must name the columns")
    if empty and empty != list(range(len(names) - len(empty), len(names))):
        raise FileRefused(
            path,
            f"column {column_letter(empty[0])} has no heading (a merged heading?)",
            mend="give every column its own heading",
        )
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise FileRefused(
            path,
            f"several columns are called “{'”, “'.join(repeated)}”",
            mend="give every column its own heading",
        )
    return names


def column_letter(index: int) -> str:
    """The letters that a spreadsheet shows over the column with this index from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
