"""The kind `professions`: professions at units that are there already, one row per unit and profession.

A profession that a person recorded by hand, as opposed to one from the catalogue, says who, when and until
when: it must be renewed or it lapses.
"""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from directory.record import Record
from importers.kinds.cells import Cells
from importers.kinds.codebook import Codebook
from importers.kinds.table import TableColumn, open_table
from importers.kinds.units.coded import unknown
from importers.kinds.units.facts import choice
from importers.pipeline.job import Job
from importers.pipeline.records import Parsed, load_records
from importers.readers.rows import RawRow
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


class ProfessionsKind:
    """Professions at known units. The rows of one unit together are what this source says of it."""

    def load(self, job: Job) -> None:
        """Read, check, compare and apply the file of the job."""
        rows = open_table(job.path, job.options.format, COLUMNS)
        load_records(job, rows, ProfessionParser(job.session))


class ProfessionParser:
    """A row becomes a record with one profession."""

    adds_only = True

    def __init__(self, session: Session) -> None:
        self._codebook = Codebook(session)

    def parse(self, rows: Sequence[RawRow]) -> list[Parsed]:
        """One result per row, in order."""
        return [self._parse(Cells(row)) for row in rows]

    def _parse(self, cells: Cells) -> Parsed:
        key = cells.read_key()
        profession = self._profession(cells)
        record = cast(Record, {"professions": [profession]}) if profession else None
        return Parsed(cells.number, key, record, None, cells.issues)

    def _profession(self, cells: Cells) -> dict[str, Any] | None:
        text = one_line(cells.first("code"))
        code = self._codebook.find(SYSTEM, text) if text else None
        if code is None:
            trouble = unknown(text, SYSTEM)
            cells.reject(trouble.code, "code", text or None, trouble.message)
            return None
        origin = choice(cells, "origin", _ORIGINS) or "catalogue"
        profession: dict[str, Any] = {"code": code, "origin": origin}
        recorded_at = cells.read("recorded_at", dates.instant)
        valid_until = cells.read("valid_until", dates.local_date)
        recorded_by = one_line(cells.first("recorded_by"))[:MAX_NAME]
        if recorded_by:
            profession["recorded_by"] = recorded_by
        if recorded_at:
            profession["recorded_at"] = recorded_at.isoformat()
        if valid_until:
            profession["valid_until"] = valid_until.isoformat()
        if origin == "manual":
            _check_signed(cells, profession)
        return profession


def _check_signed(cells: Cells, profession: dict[str, Any]) -> None:
    for column in ("recorded_by", "recorded_at", "valid_until"):
        if column not in profession:
            message = "a manual profession needs recorded_by, recorded_at and valid_until"
            cells.reject("manual-unsigned", column, cells.first(column) or None, message)
