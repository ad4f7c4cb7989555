"""Loading geography: what ships with the product and what an import brings."""

from directory.geography.services.areas import load_areas
from directory.geography.services.misplaced import Misplaced, remove_misplaced
from directory.geography.services.names import load_municipalities, load_regions
from directory.geography.services.places import load_localities, load_postal_codes
from directory.geography.services.shipped import load_shipped

__all__ = [
    "Misplaced",
    "load_areas",
    "load_localities",
    "load_municipalities",
    "load_postal_codes",
    "load_regions",
    "load_shipped",
    "remove_misplaced",
]
