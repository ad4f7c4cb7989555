"""What can be wrong with a file, and with a row of it.

A row's trouble is a value, so that one bad row never stops the good ones and the report lists them all.
A file that cannot be read to its end is refused as a whole by an exception: nothing of it is applied.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.problems import Problem

Severity = Literal["error", "warning", "info"]

SHOWN_VALUE = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to tell about one row.

    `row` is the line of a text file, the row of a sheet or the position in an array, from 1; None when the
    issue is about the file as a whole. `key` is the row's HSA-id where it is known. An `error` rejects the
    row, a `warning` drops or repairs one value, an `info` only tells.
    """

    severity: Severity
    code: str
    row: int | None
    key: str | None
    field: str | None
    value: str | None
    message: str

    def as_report(self) -> dict[str, object]:
        """The row of the import report; a long value is cut so that the report stays readable."""
        value = self.value
        if value is not None and len(value) > SHOWN_VALUE:
            value = value[:SHOWN_VALUE] + "…"
        return {
            "row": self.row,
            "key": self.key,
            "field": self.field,
            "value": value,
            "code": self.code,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one value, before anyone knows in which row it stands."""

    code: str
    message: str
    severity: Severity = "warning"

    def at(self, row: int | None, key: str | None, field: str | None, value: str | None) -> Issue:
        """The issue of the row in which the value stands."""
        return Issue(self.severity, self.code, row, key, field, value, self.message)


def has_error(issues: Iterable[Issue]) -> bool:
    """Whether any of the issues rejects its row."""
    return any(issue.severity == "error" for issue in issues)


class FileRefused(Problem):
    """The whole file cannot be read. The detail says what is wrong, where, and how to mend it."""

    code = "file-refused"
    status = 422
    title = "The file could not be read"

    def __init__(self, path: Path | str, what: str, *, line: int | None = None, mend: str = "") -> None:
        name = Path(path).name
        place = f"{name}, line {line}" if line is not None else name
        detail = f"{place}: {what}" + (f"; {mend}" if mend else "")
        super().__init__(detail, file=name, line=line)
        self.line = line
