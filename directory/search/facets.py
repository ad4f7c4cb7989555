"""What hits are filtered and counted by: one table of facets for the present and for the past."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from directory.search.reference import SERVICE, Reference
from directory.search.types import FacetValue

Record = Mapping[str, Any]
LISTING_LABELS = {"open": "Öppen för listning", "queue": "Kö till listning", "closed": "Stängd för listning"}


@dataclass(frozen=True)
class Facet:
    """One facet: its name in answers, the request's argument, and where its values stand.

    `values_sql` selects (care_unit_id, value); `values` reads the same from a record on a date. `system`
    is the code system of the values, empty when they are not coded.
    """

    name: str
    argument: str
    system: str
    values_sql: str
    values: Callable[[Record, Reference, date], Iterable[str]]


_CLASSIFIED = """
SELECT f.care_unit_id, c.code AS value FROM care_unit_classification f
JOIN concept c ON c.id = f.concept_id WHERE f.field = '{field}'
"""


def _classified(field: str) -> str:
    return _CLASSIFIED.format(field=field)


_SERVICES = """
SELECT o.care_unit_id, c.code AS value FROM care_unit_offering o JOIN concept c ON c.id = o.concept_id
WHERE coalesce(o.valid_from <= :today, true) AND coalesce(:today <= o.valid_to, true)
UNION
SELECT f.care_unit_id, implied.service FROM care_unit_classification f
JOIN concept c ON c.id = f.concept_id
JOIN unnest(CAST(:implied_field AS text[]), CAST(:implied_code AS text[]), CAST(:implied_service AS text[]))
  AS implied (field, code, service) ON implied.field = f.field AND implied.code = c.code
"""
_PROFESSIONS = """
SELECT p.care_unit_id, c.code AS value FROM care_unit_profession p JOIN concept c ON c.id = p.concept_id
WHERE coalesce(:today <= p.valid_until, true)
"""
_LANGUAGES = """
SELECT l.care_unit_id, c.code AS value FROM care_unit_language l JOIN concept c ON c.id = l.concept_id
"""

_LISTING = "SELECT care_unit_id, status AS value FROM care_unit_listing_status"


def _valid(part: Mapping[str, Any], day: date) -> bool:
    starts, ends = part.get("valid_from"), part.get("valid_to")
    return (not starts or starts <= day.isoformat()) and (not ends or day.isoformat() <= ends)


def _services(record: Record, reference: Reference, day: date) -> Iterable[str]:
    offerings = [part for part in record.get("offerings", ()) if _valid(part, day)]
    return reference.services_of({**record, "offerings": offerings})


def _professions(record: Record, _: Reference, day: date) -> Iterable[str]:
    for part in record.get("professions", ()):
        if not part.get("valid_until") or day.isoformat() <= part["valid_until"]:
            yield part["code"]


def _listed(field: str) -> Callable[[Record, Reference, date], Iterable[str]]:
    return lambda record, reference, day: record.get(field, ())


def _single(field: str) -> Callable[[Record, Reference, date], Iterable[str]]:
    return lambda record, reference, day: [record[field]] if record.get(field) else []


def _listing(record: Record, _: Reference, __: date) -> Iterable[str]:
    return [record["listing"]["status"]] if record.get("listing") else []


def _unit(column: str) -> str:
    return (
        f"SELECT id AS care_unit_id, {column}::text AS value"  # noqa: S608
        f" FROM care_unit WHERE {column} IS NOT NULL"
    )


_ALL = (
    Facet("municipality", "municipality", "", _unit("municipality_code"), _single("municipality")),
    Facet("region", "region", "", _unit("region_code"), _single("region")),
    Facet("unitType", "unit_type", "unit-type", _classified("unit_types"), _listed("unit_types")),
    Facet("service", "service", SERVICE, _SERVICES, _services),
    Facet("listing", "listing", "", _LISTING, _listing),
    Facet("language", "language", "language", _LANGUAGES, _listed("languages")),
    Facet("ownership", "ownership", "ownership", _classified("ownership"), _listed("ownership")),
    Facet("profession", "profession", "profession", _PROFESSIONS, _professions),
)
FACETS: Mapping[str, Facet] = {facet.name: facet for facet in _ALL}


def sql_parameters(reference: Reference, today: date) -> dict[str, object]:
    """The parameters that `values_sql` of the facets may use."""
    fields = {"unit-type": "unit_types", "hsa-business-classification": "activities"}
    implied = [
        (fields[system], code, service)
        for (system, code), services in reference.implied_services.items()
        for service in services
        if system in fields
    ]
    return {
        "today": today,
        "implied_field": [field for field, _, _ in implied],
        "implied_code": [code for _, code, _ in implied],
        "implied_service": [service for _, _, service in implied],
    }


def wanted(facet: Facet, values: Iterable[str], reference: Reference) -> frozenset[str]:
    """The values that a filter lets through: for services also what is narrower."""
    return frozenset(reference.with_narrower(values) if facet.system == SERVICE else values)


def facet_values(facet: Facet, counts: Mapping[str, int], reference: Reference) -> tuple[FacetValue, ...]:
    """The values with hits, most hits first, then by label."""
    shown = [FacetValue(value, label_of(facet, value, reference), count) for value, count in counts.items()]
    return tuple(sorted(shown, key=lambda value: (-value.count, value.label, value.value)))


def label_of(facet: Facet, value: str, reference: Reference) -> str:
    """What a value is called in Swedish."""
    if facet.system:
        return reference.label(facet.system, value)
    return LISTING_LABELS.get(value) or reference.place_name(value) or value
