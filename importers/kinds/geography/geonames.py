"""GeoNames' postal code files: tab-separated without a header, twelve cells a line.

Cells: country, postal code, place name, three pairs of administrative name and code (county, municipality,
unused), latitude, longitude, accuracy (https://download.geonames.org/export/zip/readme.txt).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from importers.issues import Issue
from importers.readers.lines import text_lines
from importers.readers.rows import Limits, RawRow

_CELLS = ("country", "postal_code", "locality", "", "", "", "municipality_code", "", "", "lat", "lon")
_LINE = re.compile(r"[A-Z]{2}\t[^\t]+\t[^\t]*(\t[^\t]*){7,9}\r?\n?")


def is_geonames(first_line: str) -> bool:
    """Whether a file that begins with this line is of this form."""
    return _LINE.fullmatch(first_line) is not None


def read(path: Path, limits: Limits | None = None) -> Iterator[RawRow]:
    """Stream the lines as rows with the column names of the postal code layout."""
    for number, line in enumerate(text_lines(path, "", limits or Limits()), start=1):
        if not line.strip():
            continue
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) < len(_CELLS) or cells[0] != "SE":
            message = "not a line of a Swedish postal code with at least eleven cells"
            yield RawRow(number, {}, (Issue("error", "cell-count", number, None, None, None, message),))
            continue
        fields = {name: [cell] for name, cell in zip(_CELLS, cells, strict=False) if name and cell.strip()}
        yield RawRow(number, fields)
