"""The one pipeline of all imports: read, check, diff, apply, report."""

from importers.pipeline.job import Job, Kind, Options, Progress
from importers.pipeline.lock import ImportBusy
from importers.pipeline.records import Parsed, RowParser, load_records
from importers.pipeline.report import Refusal, Report
from importers.pipeline.run import run_import

__all__ = [
    "ImportBusy",
    "Job",
    "Kind",
    "Options",
    "Parsed",
    "Progress",
    "Refusal",
    "Report",
    "RowParser",
    "load_records",
    "run_import",
]
