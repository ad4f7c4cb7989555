"""Who is asked: our search, and two baselines that hold the same words of the same records.

The baselines are what one gets without writing a search: PostgreSQL's `swedish` text search and SQLite's
FTS5. Each first asks for all words, and when that finds nothing for any of them. With a position they
order what they found by distance. Neither knows opening hours.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.judged.judged_set import ASKED_AT, Query
from bench.judged.metrics import DEPTH
from bench.judged.rules import distance_km, position
from bench.judged.world import Unit, World
from directory.search.engine import search
from directory.search.index import TextIndex
from directory.search.types import SearchRequest

Ask = Callable[[Query], list[str]]
"""A query -> HSA-ids, best first."""

OURS, POSTGRESQL, SQLITE = "hitta vård", "postgresql swedish", "sqlite fts5"


def engines(world: World) -> dict[str, Ask]:
    """Everyone who is asked, by name; ours first."""
    return {OURS: ours(world), POSTGRESQL: postgresql(world), SQLITE: sqlite(world.units)}


def ours(world: World) -> Ask:
    """Our search with the parameters of the query and nothing else."""
    index = TextIndex(world.index)

    def ask(query: Query) -> list[str]:
        request = SearchRequest(q=query.text, near=query.near, open_at=query.open_at, limit=DEPTH)
        with Session(world.engine) as session:
            found = search(session, request, index=index, now=ASKED_AT)
        return [hit.view["hsaId"] for hit in found.hits]

    return ask


_PG_TABLE = "CREATE TABLE judged_baseline (hsa_id text PRIMARY KEY, words tsvector NOT NULL)"
_PG_INSERT = """
INSERT INTO judged_baseline VALUES (:hsa_id,
    setweight(to_tsvector('swedish', :name), 'A') || setweight(to_tsvector('swedish', :others), 'B')
    || setweight(to_tsvector('swedish', :places), 'C') || setweight(to_tsvector('swedish', :labels), 'C')
    || setweight(to_tsvector('swedish', :texts), 'D'))
"""
_PG_ALL = "websearch_to_tsquery('swedish', :q)"
_PG_ANY = "to_tsquery('swedish', replace(plainto_tsquery('swedish', :q)::text, '&', '|'))"
_PG_ASK = """
SELECT hsa_id FROM judged_baseline, {query} AS asked
WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC, hsa_id
"""


def postgresql(world: World) -> Ask:
    """`to_tsvector('swedish')`, `ts_rank`; weights A to D: name, other names, places and labels, texts."""
    with world.engine.begin() as connection:
        connection.execute(text(_PG_TABLE))
        connection.execute(text(_PG_INSERT), [_row(unit) for unit in world.units])
    by_distance = _nearest_first(world.units)

    def ask(query: Query) -> list[str]:
        for wanted in (_PG_ALL, _PG_ANY):
            with world.engine.connect() as connection:
                statement = text(_PG_ASK.format(query=wanted))
                found = list(connection.execute(statement, {"q": query.text}).scalars())
            if found:
                return by_distance(query, found)
        return []

    return ask


_FTS_TABLE = """
CREATE VIRTUAL TABLE unit USING fts5(
    hsa_id UNINDEXED, name, others, places, labels, texts, tokenize = 'unicode61 remove_diacritics 2')
"""
_FTS_INSERT = "INSERT INTO unit VALUES (:hsa_id, :name, :others, :places, :labels, :texts)"
_FTS_ASK = "SELECT hsa_id FROM unit WHERE unit MATCH ? ORDER BY bm25(unit, 0, 10, 5, 3, 3, 1), hsa_id"
_WORD = re.compile(r"\w+")


def sqlite(units: Sequence[Unit]) -> Ask:
    """FTS5, `unicode61 remove_diacritics 2` and no stemmer (it has none for Swedish); weighted `bm25`."""
    database = sqlite3.connect(":memory:")
    database.execute(_FTS_TABLE)
    database.executemany(_FTS_INSERT, [_row(unit) for unit in units])
    by_distance = _nearest_first(units)

    def ask(query: Query) -> list[str]:
        words = [f'"{word}"' for word in _WORD.findall(query.text)]
        for joined in (" AND ", " OR ") if words else ():
            found = [row[0] for row in database.execute(_FTS_ASK, (joined.join(words),))]
            if found:
                return by_distance(query, found)
        return []

    return ask


def _row(unit: Unit) -> dict[str, str]:
    record = unit.record
    return {
        "hsa_id": unit.hsa_id,
        "name": record["name"],
        "others": " ".join(
            [unit.hsa_id, *record.get("alternative_names", ()), *record.get("former_names", ())]
        ),
        "places": " ".join(unit.places),
        "labels": " ".join(unit.labels),
        "texts": " ".join(record.get("texts", {}).values()),
    }


def _nearest_first(units: Sequence[Unit]) -> Callable[[Query, list[str]], list[str]]:
    positions = {unit.hsa_id: position(unit.record) for unit in units}

    def arrange(query: Query, found: list[str]) -> list[str]:
        near = query.near
        if near is None:
            return found

        def away(hsa_id: str) -> float:
            at = positions[hsa_id]
            return distance_km(near, at) if at else float("inf")

        return sorted(found, key=away)

    return arrange
