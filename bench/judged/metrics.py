"""The figures of one engine over a judged set.

Success at k: the share of answerable queries with a right unit among the first k hits. Mean reciprocal
rank: the mean of 1 / rank of the first right unit, 0 when none is among the first `DEPTH`. Zero-result
rate: the share of answerable queries without any hit. Gibberish is counted apart: every hit there is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.judged.judged_set import GIBBERISH, Judged, Query

DEPTH = 20
TOTAL = "all"


@dataclass(frozen=True)
class Outcome:
    """What one engine answered to one query: HSA-ids, best first, and the rank of the first right one."""

    query: Query
    hits: tuple[str, ...]
    rank: int | None

    @property
    def is_success(self) -> bool:
        """A right unit among the first three, or rightly nothing."""
        return not self.hits if not self.query.is_answerable else self.rank is not None and self.rank <= 3


@dataclass(frozen=True)
class Figures:
    """One row of the table. Shares are between 0 and 1; they are None where nothing was answerable."""

    category: str
    queries: int
    success_at_1: float | None
    success_at_3: float | None
    reciprocal_rank: float | None
    zero_results: float | None
    gibberish_with_hits: int


def outcome(judged: Judged, hits: Sequence[str]) -> Outcome:
    """Judge the hits of one query."""
    ranks = (rank for rank, hit in enumerate(hits[:DEPTH], start=1) if hit in judged.acceptable)
    return Outcome(judged.query, tuple(hits[:DEPTH]), next(ranks, None))


def figures(outcomes: Iterable[Outcome]) -> list[Figures]:
    """A row per category in the order of the set, and one for all answerable queries with the gibberish."""
    everything = list(outcomes)
    categories = dict.fromkeys(found.query.category for found in everything)
    rows = [_row(name, [o for o in everything if o.query.category == name]) for name in categories]
    return [*rows, _row(TOTAL, everything)]


def _row(category: str, outcomes: Sequence[Outcome]) -> Figures:
    answerable = [found for found in outcomes if found.query.is_answerable]
    gibberish = [found for found in outcomes if found.query.category == GIBBERISH]
    return Figures(
        category,
        len(outcomes),
        _mean([float(found.rank == 1) for found in answerable]),
        _mean([float(found.is_success) for found in answerable]),
        _mean([1 / found.rank if found.rank else 0.0 for found in answerable]),
        _mean([float(not found.hits) for found in answerable]),
        sum(bool(found.hits) for found in gibberish),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
