"""The kind `listings`: a register that has been kept elsewhere, taken over with its queues in order."""

from importers.kinds.listings.columns import COLUMNS
from importers.kinds.listings.kind import ListingsKind

__all__ = ["COLUMNS", "ListingsKind"]
