"""What invented units, quarters and providers are called."""

from random import Random

from importers.synthetic.catalogue import UnitKind, words
from importers.synthetic.country import Region

HEALTH_CENTRE_IS_HALSOCENTRAL = frozenset({"08", "21", "22", "23", "24", "25"})
"""Regions that say hälsocentral where others say vårdcentral."""

_STEP = 77
"""Shares no factor with the number of quarters, so that stepping by it meets each once."""


def quarter(number: int) -> str:
    """The invented quarter with this number: each once, then again with a figure after it."""
    beginnings, endings = words("beginnings"), words("endings")
    count = len(beginnings) * len(endings)
    place = number * _STEP % count
    name = beginnings[place % len(beginnings)] + endings[place // len(beginnings)]
    return name if number < count else f"{name} {number // count + 1}"


def genitive(name: str) -> str:
    """`Ekbacken` is `Ekbackens`, `Mönsterås` stays."""
    return name if name[-1].lower() in "sxz" else f"{name}s"


def brand(number: int) -> str:
    """An invented company's name."""
    brands = words("brands")
    return brands[number % len(brands)]


def provider_name(number: int) -> str:
    """The invented provider with this number: first the companies with many units, then the small ones."""
    brands, kinds = words("brands"), words("brand_words")
    if number < len(brands):
        return f"{brands[number]} {kinds[number % len(kinds)]} AB"
    rest = number - len(brands)
    return f"{genitive(quarter(rest))} {kinds[rest % len(kinds)].lower()} AB"


def unit_name(kind: UnitKind, region: Region, rng: Random, *, place: str, owner: int | None) -> str:
    """A name of this kind at this place; `owner` is the number of the private provider, if there is one."""
    templates = kind.private_names if owner is not None and kind.private_names else kind.names
    name = rng.choice(templates).format(
        place=place,
        places=genitive(place),
        brand=brand(owner or 0),
        hospital=place,
        county=region.county,
    )
    name = name[0].upper() + name[1:]
    return in_regions_words(name, region.code)


def in_regions_words(text: str, region: str) -> str:
    """The text with the region's own word for a health centre."""
    if region not in HEALTH_CENTRE_IS_HALSOCENTRAL:
        return text
    return (
        text.replace("vårdcentral", "hälsocentral")
        .replace("Vårdcentral", "Hälsocentral")
        .replace("VC ", "HC ")
    )
