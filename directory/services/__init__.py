"""Operations on the directory: each change with its history, audit and outbox rows in one transaction."""

from directory.services.apply import Incoming, Outcome, apply_records, close_missing, missing_units
from directory.services.sources import ensure_source

__all__ = [
    "Incoming",
    "Outcome",
    "apply_records",
    "close_missing",
    "ensure_source",
    "missing_units",
]
