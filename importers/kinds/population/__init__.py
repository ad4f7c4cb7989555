"""The kind `population`: people as the population register states them, whole or as what has changed."""

from importers.kinds.population.columns import COLUMNS
from importers.kinds.population.kind import PopulationKind

__all__ = ["COLUMNS", "PopulationKind"]
