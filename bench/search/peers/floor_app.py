"""The least that an answer over HTTP costs here: Flask, psycopg, one statement, ready-made JSON of each hit.

A connection per thread, kept for good, is leaner than any pool; statements are prepared by psycopg.
"""

import os
import threading
from pathlib import Path
from typing import Any

import orjson
import psycopg
from flask import Flask, Response, request

_NEAREST = """
SELECT hit, ST_Distance(position, here) FROM bench.unit,
    (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography AS here) AS asked
WHERE service_codes @> ARRAY[%(service)s] AND ST_DWithin(position, here, %(radius)s)
ORDER BY position <-> here LIMIT 20
"""
_BY_ID = "SELECT record FROM bench.unit WHERE hsa_id = %s"
_ANSWER = Path(os.environ.get("BENCH_ANSWER", os.devnull)).read_bytes()
_thread = threading.local()

app = Flask(__name__, static_folder=None)


@app.get("/constant")
def constant() -> Response:
    """The same bytes each time."""
    return Response(_ANSWER, content_type="application/json")


@app.get("/by-id/<hsa_id>")
def by_id(hsa_id: str) -> Response:
    """The whole record."""
    row = _connection().execute(_BY_ID, (hsa_id,)).fetchone()
    if row is None:
        return Response(b"{}", 404, content_type="application/json")
    return Response(row[0], content_type="application/json")


@app.get("/nearest")
def nearest() -> Response:
    """Twenty hits with their distances."""
    asked: dict[str, Any] = {name: float(request.args[name]) for name in ("lat", "lon", "radius")}
    asked["service"] = request.args["service"]
    found = _connection().execute(_NEAREST, asked).fetchall()
    items = [{"unit": orjson.Fragment(hit), "distance": round(distance)} for hit, distance in found]
    return Response(orjson.dumps({"items": items}), content_type="application/json")


def _connection() -> psycopg.Connection:
    connection: psycopg.Connection | None = getattr(_thread, "connection", None)
    if connection is None:
        connection = _thread.connection = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True)
    return connection
