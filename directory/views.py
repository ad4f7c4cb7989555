"""The public shapes of a unit, as the API and the site give them: plain values, ready to serialise.

A view is made from the record and the labels alone. What depends on the question (distance, open now)
is added by whoever answers it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from directory.queries.units import UnitSnapshot
from directory.record import (
    CODED_FIELDS,
    Accessibility,
    AgeRule,
    EService,
    ExternalIdentifier,
    Notice,
    Offering,
    Profession,
    Provider,
)

Record = Mapping[str, Any]
Label = Callable[[str, str], str]
"""(code system, code) -> the label in one language, or the code itself when it has none."""

PlaceNames = Mapping[str, str]
"""Municipality codes (four digits) and region codes (two) -> names."""

ServicesOf = Callable[[Record], Iterable[str]]
"""The care services that a record's own offerings, activities and unit types amount to, best first."""

WITHHELD = frozenset({"recorded_by"})
"""Parts of public facts that name an employee: kept in the record, never shown."""


def hit_view(
    hsa_id: str, record: Record, updated_at: datetime, label: Label, places: PlaceNames, services: ServicesOf
) -> dict[str, Any]:
    """One unit in a list of hits."""
    types = record.get("unit_types", ())
    return {
        "hsaId": hsa_id,
        "name": record["name"],
        "unitType": types[0] if types else None,
        "unitTypeName": label("unit-type", types[0]) if types else None,
        "address": _address(record.get("addresses", {}).get("visiting"), record),
        "municipality": _place(record.get("municipality"), places),
        "region": _place(record.get("region"), places),
        "position": _position(record),
        "phone": next(iter(record.get("contacts", {}).get("phone", ())), None),
        "listing": _listing(record.get("listing")),
        "services": [{"code": code, "display": label("care-service", code)} for code in services(record)],
        "quality": [],
        "updatedAt": instant(updated_at),
    }


def card_view(unit: UnitSnapshot, label: Label, places: PlaceNames, services: ServicesOf) -> dict[str, Any]:
    """The whole unit: the hit, and everything that the contact card shows."""
    record = unit.record
    return {
        **hit_view(unit.hsa_id, record, unit.updated_at, label, places, services),
        "kind": record["kind"],
        "status": record["status"],
        "published": unit.published,
        "alternativeNames": list(record.get("alternative_names", ())),
        "formerNames": list(record.get("former_names", ())),
        "provider": _whole(Provider, record["provider"]) if record.get("provider") else None,
        "codes": {
            _camel_key(field): [{"code": code, "display": label(system, code)} for code in record[field]]
            for field, system in CODED_FIELDS.items()
            if field in record
        },
        "postalAddress": _address(record.get("addresses", {}).get("postal"), record),
        "contacts": {_camel_key(kind): list(values) for kind, values in record.get("contacts", {}).items()},
        "hours": {_camel_key(kind): hours for kind, hours in record.get("hours", {}).items()},
        "offerings": [
            {**_whole(Offering, offering), "display": label("care-service", offering["code"])}
            for offering in record.get("offerings", ())
        ],
        "professions": [
            {**_whole(Profession, profession), "display": label("profession", profession["code"])}
            for profession in record.get("professions", ())
        ],
        "accessibility": [
            {**_whole(Accessibility, fact), "display": label("accessibility", fact["code"])}
            for fact in record.get("accessibility", ())
        ],
        "eServices": [_whole(EService, service) for service in record.get("e_services", ())],
        "ageRules": [_whole(AgeRule, rule) for rule in record.get("age_rules", ())],
        "texts": {_camel_key(kind): body for kind, body in record.get("texts", {}).items()},
        "notices": [_whole(Notice, notice) for notice in record.get("notices", ())],
        "identifiers": [_whole(ExternalIdentifier, one) for one in record.get("external_identifiers", ())],
        "related": [
            {"hsaId": other.hsa_id, "name": other.name, "relation": other.relation} for other in unit.related
        ],
        "publishFrom": record.get("publish_from"),
        "publishTo": record.get("publish_to"),
        "source": {"key": unit.source_key, "name": unit.source_name},
        "responsibleContact": unit.responsible_contact,
    }


def instant(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, whole seconds, as the national REST API profile has it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _address(address: Mapping[str, Any] | None, record: Record) -> dict[str, Any] | None:
    if not address:
        return None
    return {
        "addressee": address.get("addressee"),
        "street": address.get("street"),
        "postalCode": address.get("postal_code"),
        "city": address.get("city") or record.get("place"),
    }


def _place(code: str | None, places: PlaceNames) -> dict[str, str] | None:
    return {"code": code, "name": places.get(code, code)} if code else None


def _position(record: Record) -> dict[str, float] | None:
    position = record.get("position")
    return {"lat": position["lat"], "lon": position["lon"]} if position else None


def _listing(listing: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not listing:
        return None
    return {
        "status": listing["status"],
        "queueLength": listing.get("queue_length"),
        "since": listing.get("since"),
    }


def change_view(value: Any) -> Any:
    """A value of the history with keys in camelCase at every depth, without what is withheld."""
    if isinstance(value, Mapping):
        return {_camel_key(key): change_view(part) for key, part in value.items() if key not in WITHHELD}
    if isinstance(value, list | tuple):
        return [change_view(part) for part in value]
    return value


def change_path(path: str) -> str:
    """A path of the record in camelCase: `contacts.text_phone` is `contacts.textPhone`."""
    return ".".join(map(_camel_key, path.split(".")))


def _whole(shape: type, part: Mapping[str, Any]) -> dict[str, Any]:
    """Every key that the shape has, null where nothing is known: a reader need not guess what is left out."""
    return {_camel_key(key): part.get(key) for key in shape.__annotations__ if key not in WITHHELD}


@cache
def _camel_key(key: str) -> str:
    head, *rest = key.split("_")
    return head + "".join(word.capitalize() for word in rest)
