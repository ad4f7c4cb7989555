"""`/metrics` in Prometheus's text format, for monitoring; see `docs/operations.md`."""

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from core import metrics
from web.access import OPERATIONS, audience
from web.metrics import requests
from web.metrics.line import Waiting
from web.metrics.state import State


def register(app: Flask) -> None:
    """Count every answer, and tell the counts. Register before whatever else changes answers."""
    requests.register(app)
    app.add_url_rule("/metrics", "metrics", _metrics)


@audience(OPERATIONS)
def _metrics() -> Response:
    standing = CollectorRegistry()
    standing.register(State())
    standing.register(Waiting())
    counted = generate_latest(metrics.collected())
    response = Response(counted + generate_latest(standing), content_type=CONTENT_TYPE_LATEST)
    response.cache_control.no_store = True
    return response
