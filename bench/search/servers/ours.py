"""Hitta vård as `hittavard serve` runs it: gunicorn and the index writer."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.search.queries import Kind
from bench.search.servers.server import THREADS, WORKERS, Server

NAME = "ours"


def variables(url: str, folder: Path) -> dict[str, str]:
    """Settings of a server on this database; the floor runs with the same."""
    return {
        "HITTAVARD_DATABASE_URL": url,
        "HITTAVARD_INDEX_DIR": str(folder / "index"),
        # Keys of its own, made on the way: that is what development allows.
        "HITTAVARD_ENVIRONMENT": "development",
        "HITTAVARD_KEYS_FILE": str(folder / "keys.json"),
        "HITTAVARD_HOST": "127.0.0.1",
        "HITTAVARD_WORKERS": str(WORKERS),
        "HITTAVARD_THREADS": str(THREADS),
        "PORT": "{port}",
    }


def ours(url: str, folder: Path) -> Server:
    """Every kind of question, asked the way the site and its clients ask."""
    return Server(
        NAME,
        [sys.executable, "-m", "web.cli", "serve"],
        variables(url, folder),
        {
            Kind.BY_ID: lambda query: f"/api/v1/care-units/{quote(query.hsa_id)}",
            Kind.PLACE_SERVICE: lambda query: _search(q=query.q),
            Kind.POSITION_SERVICE: lambda query: _search(
                near=f"{query.lat},{query.lon}", radius=query.radius, service=query.service
            ),
            Kind.TWO_WORDS: lambda query: _search(q=query.q),
            Kind.TWO_WORDS_FACETS_OPEN: lambda query: _search(q=query.q, openAt=query.open_at),
            Kind.TYPO: lambda query: _search(q=query.q),
            Kind.SUGGESTION: lambda query: "/api/v1/suggestions?" + urlencode({"q": query.q}),
        },
        _hits,
    )


def _search(**parameters: object) -> str:
    return "/api/v1/care-units?" + urlencode(parameters)


def _hits(kind: Kind, answer: Any) -> int:
    if kind is Kind.BY_ID:
        return int("hsaId" in answer)
    if kind is Kind.SUGGESTION:
        groups = answer["groups"]
        return sum(map(len, groups.values() if isinstance(groups, dict) else groups))
    return len(answer["items"])
