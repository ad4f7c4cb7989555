"""From the database to documents: the current public version of each published unit."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.outbox import Position
from directory.search.documents import Document, document
from directory.search.index import State
from directory.search.reference import Reference
from directory.search.schema import VERSION

_ALL = "SELECT hsa_id, record FROM care_unit_version WHERE upper_inf(period) AND published"
_SOME = _ALL + " AND hsa_id = ANY(:keys)"
_DATABASE = """
SELECT control.system_identifier || '/' || database.oid
FROM pg_control_system() control, pg_database database WHERE database.datname = current_database()
"""
_LAST = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


def all_documents(session: Session, reference: Reference) -> Iterator[Document]:
    """Every published unit, streamed."""
    rows = session.execute(text(_ALL).execution_options(yield_per=1000))
    return _documents(rows, reference)


def some_documents(session: Session, reference: Reference, keys: Sequence[str]) -> list[Document]:
    """Those of these units that are published now; the others have no document."""
    return list(_documents(session.execute(text(_SOME), {"keys": list(keys)}), reference))


def state_at(session: Session, position: Position) -> State:
    """The state of an index of this database that has read its outbox up to `position`."""
    return State(str(session.scalar(text(_DATABASE))), VERSION, position)


def is_usable(session: Session, state: State | None) -> bool:
    """Whether an index in this state can be brought up to date, or must be built anew.

    A position past the database's newest transaction belongs to a database that was since put back.
    """
    if state is None or state != state_at(session, state.position):
        return False
    return state.position.newest <= int(session.execute(text(_LAST)).scalar_one())


def _documents(rows: Any, reference: Reference) -> Iterator[Document]:
    return (document(hsa_id, record, reference) for hsa_id, record in rows)
