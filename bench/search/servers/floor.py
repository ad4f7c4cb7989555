"""The floor of this stack: bare Flask with a constant answer, and bare Flask with one SQL statement."""

import sys
from pathlib import Path
from typing import Any

from bench.search.environments import REQUIREMENTS
from bench.search.queries import Kind, Query
from bench.search.servers.ours import variables
from bench.search.servers.server import Server
from core.cluster.extensions import libpq_url

CONSTANT, SQL = "flask constant", "flask + sql"


def constant(url: str, folder: Path, answer: bytes) -> Server:
    """Always the same bytes: what HTTP and Flask alone cost. `answer` is as large as a search of ours."""
    file = folder / "answer.json"
    file.write_bytes(answer)
    return _flask(CONSTANT, url, folder, {Kind.PLACE_SERVICE: lambda _: "/constant"}, lambda _, __: 1)


def statement(url: str, folder: Path) -> Server:
    """By id, and the nearest 20 of a category within a radius, each one indexed PostGIS statement."""
    return _flask(
        SQL,
        url,
        folder,
        {
            Kind.BY_ID: lambda query: f"/by-id/{query.hsa_id}",
            Kind.POSITION_SERVICE: _nearest,
        },
        lambda kind, answer: len(answer if kind is Kind.BY_ID else answer["items"]),
    )


def _nearest(query: Query) -> str:
    return f"/nearest?lat={query.lat}&lon={query.lon}&radius={query.radius}&service={query.service}"


def _flask(name: str, url: str, folder: Path, paths: dict[Kind, Any], hits: Any) -> Server:
    # The same configuration file as the product's own, with another application.
    command = [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn.conf.py"]
    # It lies outside our packages, so that its processes hold nothing of ours.
    application = ["--pythonpath", str(REQUIREMENTS), "floor_app:app"]
    given = {"BENCH_DATABASE": libpq_url(url), "BENCH_ANSWER": str(folder / "answer.json")}
    return Server(name, [*command, *application], variables(url, folder) | given, paths, hits)
