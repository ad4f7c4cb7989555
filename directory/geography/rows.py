"""Plain values that geography is loaded from, and what came of loading them.

In every row None means "not carried": what is stored stays as it is. Positions are WGS 84 degrees.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region with its county; `code` is the county's two digits."""

    code: str
    short_name: str | None = None
    county_name: str | None = None
    name: str | None = None
    name_en: str | None = None
    organisation_number: str | None = None
    aliases: list[str] | None = None


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """One municipality; `code` is four digits and its first two are the region's."""

    code: str
    name: str | None = None
    full_name: str | None = None
    name_en: str | None = None
    aliases: list[str] | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One outline: `geojson` is the text of a GeoJSON Polygon or MultiPolygon in WGS 84."""

    kind: str
    code: str
    name: str
    geojson: str
    precision: str = "official"


@dataclass(frozen=True, slots=True)
class LocalityRow:
    """One named place in a municipality."""

    name: str
    municipality_code: str
    lat: float
    lon: float
    kind: str = "locality"
    aliases: list[str] | None = None


@dataclass(frozen=True, slots=True)
class PostalCodeRow:
    """One postal code: five digits without a space. `municipality_code` None is found by the position."""

    code: str
    city: str | None = None
    municipality_code: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not loaded. `index` counts the given rows from 0."""

    index: int
    key: str
    code: str
    field: str
    value: str
    message: str


@dataclass(slots=True)
class Counts:
    """What a load did: rows by outcome. A row given twice is counted once, as the last one given."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejections: list[Rejection] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """How many rows were turned away."""
        return len(self.rejections)

    @property
    def changed(self) -> bool:
        """Whether anything stored is different now."""
        return bool(self.created or self.updated)

    def add(self, other: "Counts") -> None:
        """Take the other's numbers in."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejections += other.rejections
