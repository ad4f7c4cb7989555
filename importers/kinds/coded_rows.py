"""Kinds of file that give units which are there already one coded fact per row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.orm import Session

from directory.record import Record
from importers.kinds.cells import Cells
from importers.kinds.codebook import Codebook
from importers.kinds.table import TableColumn, open_table
from importers.kinds.units.coded import unknown
from importers.pipeline.job import Job
from importers.pipeline.records import Parsed, load_records
from importers.readers.rows import RawRow
from importers.values.text import one_line


@dataclass(frozen=True)
class CodedRows:
    """One list field of the record, filled from rows with a code of `system` in the column `code`.

    `fact` reads the rest of a row; the rows of one unit together are what the source says of it.
    """

    field: str
    system: str
    columns: Sequence[TableColumn]
    fact: Callable[[Cells], dict[str, Any]]

    def load(self, job: Job) -> None:
        """Read, check, compare and apply the file of the job."""
        rows = open_table(job.path, job.options.format, self.columns)
        load_records(job, rows, _Parser(self, job.session))


class _Parser:
    """A row becomes a record with one fact."""

    adds_only = True

    def __init__(self, kind: CodedRows, session: Session) -> None:
        self._kind = kind
        self._codebook = Codebook(session)

    def parse(self, rows: Sequence[RawRow]) -> list[Parsed]:
        """One result per row, in order."""
        return [self._parse(Cells(row)) for row in rows]

    def _parse(self, cells: Cells) -> Parsed:
        key = cells.read_key()
        code = self._code(cells)
        fact = {"code": code, **self._kind.fact(cells)} if code else None
        record = cast(Record, {self._kind.field: [fact]}) if fact else None
        return Parsed(cells.number, key, record, None, cells.issues)

    def _code(self, cells: Cells) -> str | None:
        text = one_line(cells.first("code"))
        code = self._codebook.find(self._kind.system, text) if text else None
        if code is None:
            trouble = unknown(text, self._kind.system)
            cells.reject(trouble.code, "code", text or None, trouble.message)
        return code
