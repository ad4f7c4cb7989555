"""A unit's record: everything known of it as plain JSON values, the one shape that all rooms share.

Importers make records with the fields that a source carries; `merge` joins what several sources say;
services project the result into tables and keep a snapshot of each version; the index, the API and the
site read it. A field that a source does not carry is absent, never empty.

Some fields hold one value per kind (`contacts`, `hours`, `texts`, `addresses`, `professional_contacts`).
Their parts are carried, merged and tracked one by one, under a path such as `hours.telephone`: a source
that knows a unit's telephone does not thereby erase another source's web address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

Kind = Literal["care_unit", "unit", "provider"]


class Address(TypedDict, total=False):
    """A visiting or postal address. `postal_code` is five digits; absent when the source does not know."""

    addressee: str
    street: str
    postal_code: str
    city: str


class Position(TypedDict):
    """WGS 84 degrees and how they were obtained (one of `POSITION_ORIGINS`)."""

    lat: float
    lon: float
    origin: str


class Offering(TypedDict, total=False):
    """A coded care service (system `care-service`) and for whom and how it is given. Ages are whole years."""

    code: str
    min_age: int
    max_age: int
    sex: Literal["male", "female"]
    referral: bool
    delivery: list[str]
    note: str
    valid_from: str
    valid_to: str


class Profession(TypedDict, total=False):
    """A profession at the unit (system `profession`); a manual entry says who, when and until when."""

    code: str
    origin: Literal["catalogue", "manual"]
    recorded_by: str
    recorded_at: str
    valid_until: str


class EService(TypedDict, total=False):
    """An e-service offered by the unit."""

    name: str
    url: str


class Accessibility(TypedDict, total=False):
    """A coded accessibility fact (system `accessibility`)."""

    code: str
    value: Literal["yes", "no", "partly"]
    note: str


class Notice(TypedDict, total=False):
    """A temporary notice, shown from `starts_on` to `ends_on` (ISO dates, both inclusive, either open)."""

    text: str
    starts_on: str
    ends_on: str


class Listing(TypedDict, total=False):
    """Whether one can list at the unit now, as its region publishes it."""

    status: Literal["open", "queue", "closed"]
    queue_length: int
    since: str


class Provider(TypedDict, total=False):
    """The care provider that runs the unit; the number has ten digits and no hyphen."""

    organisation_number: str
    name: str


class AgeRule(TypedDict, total=False):
    """Ages that the unit receives, whole years; `max_age` absent means no upper limit."""

    min_age: int
    max_age: int
    note: str


class ExternalIdentifier(TypedDict):
    """Another register's identifier for the unit."""

    system: str
    value: str


class Record(TypedDict, total=False):
    """What is known of one unit. Codes are of the code system named in `CODED_FIELDS`.

    `hours` holds the JSON form of `directory.hours` per kind (`HOURS_KINDS`); `contacts` and
    `professional_contacts` a list of values per kind (`CONTACT_KINDS`), telephone numbers in E.164;
    `texts` one text per kind (`TEXT_KINDS`); instants are RFC 3339 in UTC, dates ISO.
    """

    kind: Kind
    name: str
    alternative_names: list[str]
    former_names: list[str]
    parent: str
    provider: Provider
    unit_types: list[str]
    activities: list[str]
    care_forms: list[str]
    ownership: list[str]
    visible_for: list[str]
    addresses: dict[str, Address]
    place: str
    position: Position
    municipality: str
    region: str
    hours: dict[str, dict[str, Any]]
    contacts: dict[str, list[str]]
    professional_contacts: dict[str, list[str]]
    professions: list[Profession]
    offerings: list[Offering]
    languages: list[str]
    e_services: list[EService]
    accessibility: list[Accessibility]
    texts: dict[str, str]
    age_rules: list[AgeRule]
    notices: list[Notice]
    listing: Listing
    related_units: list[str]
    successor: str
    publish_from: str
    publish_to: str
    status: Literal["active", "closed"]
    external_identifiers: list[ExternalIdentifier]
    responsible_contact: str


HOURS_KINDS = ("opening", "telephone", "drop_in", "visiting")
CONTACT_KINDS = ("phone", "switchboard", "text_phone", "video_phone", "sms", "fax", "email", "website")
ADDRESS_KINDS = ("visiting", "postal")
TEXT_KINDS = (
    "description",
    "about",
    "before_visit",
    "price",
    "directions",
    "indoor_directions",
    "referral_rules",
    "visiting_rules",
    "regional",
    "national",
)
POSITION_ORIGINS = ("rt90", "sweref99tm", "wgs84", "postal-code", "municipality", "manual")

CODED_FIELDS: Mapping[str, str] = {
    "unit_types": "unit-type",
    "activities": "hsa-business-classification",
    "care_forms": "care-form",
    "ownership": "ownership",
    "visible_for": "visible-for",
    "languages": "language",
}
"""Fields that are plain lists of codes, and the code system of each."""

KEYED_FIELDS = frozenset({"addresses", "hours", "contacts", "professional_contacts", "texts"})
INTERNAL_FIELDS = frozenset({"professional_contacts"})
"""Fields for staff only: kept apart from every public snapshot, index, history and answer."""


@dataclass(frozen=True)
class FieldLabel:
    """What a field is called to people, in Swedish and in English."""

    sv: str
    en: str


LABELS: Mapping[str, FieldLabel] = {
    "kind": FieldLabel("Slag av enhet", "Kind of unit"),
    "name": FieldLabel("Namn", "Name"),
    "alternative_names": FieldLabel("Andra namn", "Other names"),
    "former_names": FieldLabel("Tidigare namn", "Former names"),
    "parent": FieldLabel("Tillhör", "Belongs to"),
    "provider": FieldLabel("Vårdgivare", "Care provider"),
    "unit_types": FieldLabel("Enhetstyp", "Unit type"),
    "activities": FieldLabel("Verksamhet", "Activity"),
    "care_forms": FieldLabel("Vårdform", "Form of care"),
    "ownership": FieldLabel("Ägarform", "Ownership"),
    "visible_for": FieldLabel("Visas för", "Visible for"),
    "addresses": FieldLabel("Adress", "Address"),
    "place": FieldLabel("Ort", "Place"),
    "position": FieldLabel("Position", "Position"),
    "municipality": FieldLabel("Kommun", "Municipality"),
    "region": FieldLabel("Region", "Region"),
    "hours": FieldLabel("Tider", "Hours"),
    "contacts": FieldLabel("Kontakt", "Contact"),
    "professional_contacts": FieldLabel("Kontakt för vårdpersonal", "Contact for staff"),
    "professions": FieldLabel("Yrkeskategorier", "Professions"),
    "offerings": FieldLabel("Vårdutbud", "Services"),
    "languages": FieldLabel("Språk", "Languages"),
    "e_services": FieldLabel("E-tjänster", "E-services"),
    "accessibility": FieldLabel("Tillgänglighet", "Accessibility"),
    "texts": FieldLabel("Texter", "Texts"),
    "age_rules": FieldLabel("Åldrar", "Ages"),
    "notices": FieldLabel("Tillfällig information", "Temporary information"),
    "listing": FieldLabel("Listning", "Listing"),
    "related_units": FieldLabel("Relaterade mottagningar", "Related units"),
    "successor": FieldLabel("Ersätts av", "Replaced by"),
    "publish_from": FieldLabel("Visas från", "Shown from"),
    "publish_to": FieldLabel("Visas till", "Shown until"),
    "status": FieldLabel("Status", "Status"),
    "external_identifiers": FieldLabel("Andra identiteter", "Other identifiers"),
    "responsible_contact": FieldLabel("Ansvarig för uppgifterna", "Responsible for the information"),
}


def flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as path -> value, keyed fields taken apart; empty values count as not carried."""
    flat: dict[str, Any] = {}
    for field, value in record.items():
        if field in KEYED_FIELDS:
            flat.update({f"{field}.{key}": part for key, part in value.items() if not _empty(part)})
        elif not _empty(value):
            flat[field] = value
    return flat


def unflatten(flat: Mapping[str, Any]) -> Record:
    """The inverse of `flatten`; fields in the order of `LABELS`, so that equal records look equal."""
    record: dict[str, Any] = {}
    for path in sorted(flat, key=_path_order):
        field, _, key = path.partition(".")
        if key:
            record.setdefault(field, {})[key] = flat[path]
        else:
            record[field] = flat[path]
    return record  # type: ignore[return-value]


def public(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record without what is for staff only."""
    return {field: value for field, value in record.items() if field not in INTERNAL_FIELDS}


_ORDER = {field: number for number, field in enumerate(LABELS)}


def _path_order(path: str) -> tuple[int, str]:
    return _ORDER[path.partition(".")[0]], path


def _empty(value: object) -> bool:
    return value is None or value == "" or value == [] or value == {}
