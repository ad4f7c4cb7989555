"""The kind `rules`: regions' rules, units' contracts and units' limits."""

from importers.kinds.rules.columns import COLUMNS
from importers.kinds.rules.kind import RulesKind

__all__ = ["COLUMNS", "RulesKind"]
