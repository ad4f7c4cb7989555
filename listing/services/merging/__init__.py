"""Two rows of the register that are one person become one (`listing.rules.merging`)."""

from listing.services.merging.operation import merge

__all__ = ["merge"]
