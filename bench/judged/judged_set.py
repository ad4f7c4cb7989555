"""The judged queries, read from the tables beside this module."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.judged.rules import NONE, STOCKHOLM, Record, Test, acceptable, compile_meanings, compile_rule

HERE = Path(__file__).parent
QUERIES, MEANINGS = HERE / "queries.tsv", HERE / "meanings.tsv"
ASKED_AT = datetime(2021, 6, 30, 10, 0, tzinfo=STOCKHOLM)
"""The moment of every query: a Wednesday morning that no holiday touches."""
GIBBERISH = "gibberish"
_COLUMNS = ("category", "query", "expected", "near", "open_at")


class SetInvalid(ValueError):
    """The tables do not make a judged set."""


@dataclass(frozen=True)
class Query:
    """One query. `near` is (lat, lon); `open_at` an aware moment; `line` its line in the table."""

    line: int
    category: str
    text: str
    expected: str
    near: tuple[float, float] | None = None
    open_at: datetime | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether some unit should be found."""
        return self.expected != NONE


@dataclass(frozen=True)
class Judged:
    """A query with the units that answer it."""

    query: Query
    acceptable: frozenset[str]


def read_queries(path: Path = QUERIES) -> list[Query]:
    """The queries in the order of the table."""
    rows = list(_rows(path))
    if not rows or tuple(rows[0][1]) != _COLUMNS:
        raise SetInvalid(f"{path.name} must begin with the columns {', '.join(_COLUMNS)}")
    queries = [_query(line, cells) for line, cells in rows[1:]]
    seen: set[tuple[object, ...]] = set()
    for query in queries:
        key = (query.text, query.near, query.open_at)
        if key in seen:
            raise SetInvalid(f"line {query.line}: {query.text!r} is asked twice")
        seen.add(key)
    return queries


def read_meanings(path: Path = MEANINGS) -> dict[str, Test]:
    """The named rules."""
    return compile_meanings((cells[0], cells[1]) for _, cells in _rows(path))


def judge(
    queries: list[Query], meanings: Mapping[str, Test], records: Mapping[str, Record]
) -> tuple[list[Judged], list[Query]]:
    """The queries with the units that answer them; and apart, those that these records should but do not."""
    judged, without = [], []
    for query in queries:
        units = acceptable(compile_rule(query.expected, meanings), records)
        if query.is_answerable and not units:
            without.append(query)
        else:
            judged.append(Judged(query, units))
    return judged, without


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line and not line.startswith("#"):
            yield number, line.split("\t")


def _query(line: int, cells: list[str]) -> Query:
    if not 3 <= len(cells) <= len(_COLUMNS):
        raise SetInvalid(f"line {line}: {len(cells)} columns")
    category, text, expected, near, open_at = cells + [""] * (len(_COLUMNS) - len(cells))
    if (category == GIBBERISH) != (expected == NONE):
        raise SetInvalid(f"line {line}: gibberish, and only gibberish, has the rule {NONE!r}")
    lat, _, lon = near.partition(",")
    return Query(
        line,
        category,
        text,
        expected,
        (float(lat), float(lon)) if near else None,
        datetime.fromisoformat(open_at).replace(tzinfo=STOCKHOLM) if open_at else None,
    )
