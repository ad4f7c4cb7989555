"""The closed vocabularies that several tables share, as the checks that hold them."""

from collections.abc import Iterable

LISTING_TYPES = ("health-centre", "child-health-centre", "midwifery", "rehabilitation")
"""What one can be listed for. Only the first falls under HSL (2017:30) 7 kap. 3 a §."""

CHANNELS = ("web", "phone", "paper", "staff", "system")

REASONS = ("moved", "medical", "followed-doctor", "registered-in-error", "protection")
"""Special reasons for a change beyond the limit (prop. 2021/22:72; the last two are practice)."""

EXEMPTIONS = (
    "newborn-of-listed-guardian",
    "same-household",
    "special-housing",
    "home-care",
    "moved-in",
    "child-health-family",
    "correction",
    "successor",
    "takeover",
)
"""Why a listing may stand beyond the unit's limit. The last three remove nobody who already had a place."""


def one_of(column: str, values: Iterable[str]) -> str:
    """The SQL of a check that `column` holds one of `values`."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"
