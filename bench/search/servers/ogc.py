"""The two servers of OGC API Features over the same PostGIS view: pygeoapi and tipg."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from sqlalchemy import make_url

from bench.search import environments
from bench.search.queries import Kind, Query
from bench.search.servers.datasette import degrees
from bench.search.servers.server import THREADS, WORKERS, PathOf, Server

PYGEOAPI, TIPG = "pygeoapi", "tipg"
_DIFFERS = {
    Kind.PLACE_SERVICE: "municipality and first service as values, not words",
    Kind.POSITION_SERVICE: "first service, within a box, in no order of distance",
    Kind.TWO_WORDS: "LIKE on the name alone",
}


def pygeoapi(url: str, folder: Path) -> Server:
    """Under gunicorn with the same settings as ours."""
    python = environments.environment(PYGEOAPI)
    # Its configuration is YAML, and JSON is YAML.
    config, openapi = folder / "pygeoapi.yml", folder / "pygeoapi-openapi.json"
    config.write_bytes(orjson.dumps(_pygeoapi_config(url)))
    variables = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    made = subprocess.run(
        [
            str(python.parent / "pygeoapi"),
            "openapi",
            "generate",
            str(config),
            "-f",
            "json",
            "-of",
            str(openapi),
        ],
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if made.returncode != 0:
        raise environments.Unavailable(
            f"pygeoapi's description: {(made.stderr or made.stdout).strip()[-300:]}"
        )
    settings = [
        "-k",
        "gthread",
        "-w",
        str(WORKERS),
        "--threads",
        str(THREADS),
        "--reuse-port",
        "--keep-alive",
        "30",
    ]
    quiet = ["--log-level", "warning", "--no-control-socket", "-b", "127.0.0.1:{port}"]
    return Server(
        PYGEOAPI,
        [str(python), "-m", "gunicorn", *settings, *quiet, "pygeoapi.flask_app:APP"],
        variables,
        _paths("/collections/unit/items", "f=json", "cql-text"),
        _hits,
        _DIFFERS,
        environments.versions(PYGEOAPI),
        folder,
    )


def tipg(url: str, folder: Path) -> Server:
    """Two uvicorn processes; asyncpg takes the socket's folder as the host."""
    python = environments.environment(TIPG)
    command = [str(python), "-m", "uvicorn", "tipg.main:app", "--workers", str(WORKERS), "--port", "{port}"]
    return Server(
        TIPG,
        [*command, "--log-level", "warning", "--no-access-log"],
        {
            "DATABASE_URL": _asyncpg_url(url),
            "TIPG_DB_SCHEMAS": '["bench"]',
            "TIPG_DB_TABLES": '["bench.listed"]',
            "TIPG_TABLE_CONFIG__bench_listed__pk": "hsa_id",
        },
        _paths("/collections/bench.listed/items", "f=geojson", "cql2-text"),
        _hits,
        _DIFFERS,
        environments.versions(TIPG),
        folder,
    )


def _paths(items: str, form: str, language: str) -> Mapping[Kind, PathOf]:
    def listed(**asked: object) -> str:
        return f"{items}?{form}&limit=20&" + urlencode(asked)

    def two_words(query: Query) -> str:
        both = " AND ".join(f"lower_name LIKE '%{word}%'" for word in query.words)
        return listed(**{"filter-lang": language, "filter": both})

    return {
        Kind.BY_ID: lambda query: f"{items}/{quote(query.hsa_id)}?{form}",
        Kind.PLACE_SERVICE: lambda query: listed(municipality=query.municipality, service=query.service),
        Kind.POSITION_SERVICE: lambda query: listed(bbox=_box(query), service=query.service),
        Kind.TWO_WORDS: two_words,
    }


def _box(query: Query) -> str:
    dy, dx = degrees(query)
    corners = (query.lon - dx, query.lat - dy, query.lon + dx, query.lat + dy)
    return ",".join(f"{corner:.5f}" for corner in corners)


def _hits(kind: Kind, answer: Any) -> int:
    return int("properties" in answer) if kind is Kind.BY_ID else len(answer["features"])


def _pygeoapi_config(url: str) -> dict[str, Any]:
    address = make_url(url)
    host = address.host or address.query.get("host") or "localhost"
    title = {"title": "Units", "description": "Units", "keywords": ["units"]}
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": host,
            "port": int(address.port or str(address.query.get("port", 5432))),
            "dbname": address.database,
            "user": address.username,
            "password": address.password,
            "search_path": ["bench"],
        },
        "id_field": "hsa_id",
        "table": "listed",
        "geom_field": "geom",
    }
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1:5000",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 20, "max_items": 100},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                **title,
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": "http://127.0.0.1",
            },
            "license": {"name": "none", "url": "http://127.0.0.1"},
            "provider": {"name": "none", "url": "http://127.0.0.1"},
            "contact": {"name": "none"},
        },
        "resources": {
            "unit": {
                "type": "collection",
                **title,
                "links": [],
                "extents": {
                    "spatial": {
                        "bbox": [10, 55, 25, 70],
                        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                    }
                },
                "providers": [provider],
            }
        },
    }


def _asyncpg_url(url: str) -> str:
    address = make_url(url)
    host = address.host or str(address.query.get("host", "localhost"))
    port = address.port or str(address.query.get("port", 5432))
    secret = f":{quote(address.password, safe='')}" if address.password else ""
    return f"postgresql://{address.username}{secret}@{quote(host, safe='')}:{port}/{address.database}"
