"""What the database and the index say when they are asked: how far behind everything is.

Sums over the country only. A database that is away is itself an answer.
"""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import outbox
from core.audit import standing
from core.outbox import Position
from directory.search.index import IndexWriter
from web.unit_of_work import current_settings, read_session

_PATIENCE = text("SET LOCAL statement_timeout = '3s'")
_COUNTS = {
    "hittavard_registers_unsettled": (
        "Units whose queue is to be served or whose status is to be published.",
        "SELECT count(*) FROM unit_register WHERE unsettled",
    ),
    "hittavard_queue_waiting": (
        "Places in queues that wait.",
        "SELECT coalesce(sum(waiting), 0) FROM unit_register",
    ),
    "hittavard_offers_open": (
        "Offers that can be answered.",
        "SELECT count(*) FROM queue_entry WHERE status = 'offered' AND offer_expires_at > now()",
    ),
    "hittavard_offers_overdue": (
        "Offers whose last day has passed and that have not been ended yet.",
        "SELECT count(*) FROM queue_entry WHERE status = 'offered' AND offer_expires_at <= now()",
    ),
}
_IMPORTS = text(
    "SELECT kind, status, count(*), extract(epoch FROM max(finished_at)) FROM import_run GROUP BY 1, 2"
)


class State:
    """Asked once, while it is written down."""

    def collect(self) -> Iterator[Metric]:
        """The metrics, or only that the database does not answer."""
        up = GaugeMetricFamily("hittavard_database_up", "1 when the database answers.")
        try:
            found = list(_found(read_session()))
            up.add_metric([], 1)
        except SQLAlchemyError:
            found = []
            up.add_metric([], 0)
        yield up
        yield from found


def _found(session: Session) -> Iterator[Metric]:
    session.execute(_PATIENCE)
    for name, (told, question) in _COUNTS.items():
        yield GaugeMetricFamily(name, told, value=float(session.scalar(text(question)) or 0))
    yield from _outbox(session)
    yield from _audit(session)
    yield from _imports(session)


def _outbox(session: Session) -> Iterator[Metric]:
    state = IndexWriter(current_settings().index_dir).state()
    rows, seconds = outbox.waiting(session, state.position if state else Position())
    yield GaugeMetricFamily("hittavard_outbox_waiting_rows", "Changes that the index lacks.", value=rows)
    yield GaugeMetricFamily("hittavard_outbox_lag_seconds", "Age of the oldest of them.", value=seconds)


def _audit(session: Session) -> Iterator[Metric]:
    trail = standing.ask(session)
    yield GaugeMetricFamily(
        "hittavard_audit_unsealed_seconds", "Age of the oldest audit row under no seal.", value=trail.unsealed
    )
    if trail.sealed_at is not None:
        yield GaugeMetricFamily(
            "hittavard_audit_sealed_timestamp_seconds",
            "When the audit trail was last sealed.",
            value=trail.sealed_at.timestamp(),
        )


def _imports(session: Session) -> Iterator[Metric]:
    runs = GaugeMetricFamily(
        "hittavard_import_runs", "Runs of imports, applied and refused.", labels=["kind", "status"]
    )
    last = GaugeMetricFamily(
        "hittavard_import_finished_timestamp_seconds", "When the last one ended.", labels=["kind", "status"]
    )
    rows: Any = session.execute(_IMPORTS)
    for kind, status, count, finished in rows:
        runs.add_metric([kind, status], count)
        last.add_metric([kind, status], float(finished))
    yield runs
    yield last
