"""The documented columns of a unit file: one row per unit, in CSV, XLSX or JSON, and what mappings map to.

The import guide and the drift tests read this list, so a column exists when it stands here. `target` is the
path in the unit's record (`directory.record`) that the column feeds.
"""

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["text", "date", "instant", "yes-no", "number", "coordinate"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. A `many` column holds several values, separated by `|` in a cell."""

    name: str
    target: str
    description: str
    required: bool = False
    many: bool = False
    form: Form = "text"
    aliases: tuple[str, ...] = ()


LIST_SEPARATOR = "|"

UNIT_COLUMNS: tuple[Column, ...] = (
    Column("hsa_id", "hsa_id", "HSA-id of the unit; the key", required=True),
    Column("name", "name", "Public name", required=True),
    Column("kind", "kind", "care_unit, unit or provider"),
    Column("alternative_names", "alternative_names", "Other names that people search for", many=True),
    Column("former_names", "former_names", "Names that the unit has had, kept searchable", many=True),
    Column("parent_hsa_id", "parent", "HSA-id of the unit or provider that this one belongs to"),
    Column("organisation_number", "provider.organisation_number", "Organisation number of the care provider"),
    Column("provider_name", "provider.name", "Name of the care provider"),
    Column("unit_type", "unit_types", "Code of the unit type", many=True),
    Column("activities", "activities", "Verksamhetskoder, four digits", many=True),
    Column("care_forms", "care_forms", "Codes of the forms of care", many=True),
    Column("ownership", "ownership", "Codes or names of the ownership", many=True),
    Column("visible_for", "visible_for", "Where the unit may be shown (visas för)", many=True),
    Column("address", "addresses.visiting", "Visiting address in one cell: street, postal code, city"),
    Column("street", "addresses.visiting.street", "Visiting address, street and number"),
    Column("postal_code", "addresses.visiting.postal_code", "Visiting address, five digits"),
    Column("city", "addresses.visiting.city", "Visiting address, postal town"),
    Column("place", "place", "Geographic place, when it is not the postal town"),
    Column("postal_address", "addresses.postal", "Postal address in one cell"),
    Column("postal_street", "addresses.postal.street", "Postal address, street or box"),
    Column("postal_postal_code", "addresses.postal.postal_code", "Postal address, five digits"),
    Column("postal_city", "addresses.postal.city", "Postal address, postal town"),
    Column("region", "region", "Two-digit county code or the name of the region"),
    Column(
        "municipality", "municipality", "Municipality code, four digits or two with the region, or its name"
    ),
    Column("coordinate_system", "position.system", "RT90, SWEREF99TM or WGS84; detected when empty"),
    Column("coordinates", "position", "Position in one cell, such as “X: 6407478, Y: 1268655”"),
    Column("x", "position.northing", "Northing in metres", form="coordinate", aliases=("northing",)),
    Column("y", "position.easting", "Easting in metres", form="coordinate", aliases=("easting",)),
    Column("lat", "position.lat", "Latitude in degrees, WGS 84", form="coordinate", aliases=("latitude",)),
    Column(
        "lon",
        "position.lon",
        "Longitude in degrees, WGS 84",
        form="coordinate",
        aliases=("long", "lng", "longitude"),
    ),
    Column("phone", "contacts.phone", "Telephone for the public", many=True),
    Column("switchboard", "contacts.switchboard", "Switchboard", many=True),
    Column("text_phone", "contacts.text_phone", "Text telephone", many=True),
    Column("video_phone", "contacts.video_phone", "Video telephone", many=True),
    Column("sms", "contacts.sms", "Number that takes text messages", many=True),
    Column("fax", "contacts.fax", "Fax", many=True),
    Column("email", "contacts.email", "E-mail for the public", many=True),
    Column("website", "contacts.website", "Web address", many=True),
    Column(
        "professional_phone", "professional_contacts.phone", "Telephone for staff; never public", many=True
    ),
    Column("professional_email", "professional_contacts.email", "E-mail for staff; never public", many=True),
    Column("opening_hours", "hours.opening", "Opening hours, “1-5#08:00#17:00#comment”", many=True),
    Column("telephone_hours", "hours.telephone", "Telephone hours, the same form", many=True),
    Column("drop_in_hours", "hours.drop_in", "Drop-in hours, the same form", many=True),
    Column("visiting_hours", "hours.visiting", "Visiting hours for relatives, the same form", many=True),
    Column(
        "hours_exceptions", "hours.opening.exceptions", "Dated exceptions from the opening hours", many=True
    ),
    Column("professions", "professions", "Codes of the professions at the unit", many=True),
    Column("offerings", "offerings", "Codes of the care services that the unit offers", many=True),
    Column("languages", "languages", "Codes of languages, ISO 639-2", many=True),
    Column("e_services", "e_services", "E-services, “name=https://…”", many=True),
    Column("accessibility", "accessibility", "Codes of accessibility facts, “code=yes”", many=True),
    Column("description", "texts.description", "Description of the unit"),
    Column("about", "texts.about", "More about the unit (mer om)"),
    Column("directions", "texts.directions", "The way to the unit"),
    Column("indoor_directions", "texts.indoor_directions", "The way inside the building"),
    Column("referral_rules", "texts.referral_rules", "Whether a referral is needed"),
    Column("visiting_rules", "texts.visiting_rules", "Rules for visiting relatives"),
    Column("age_rules", "age_rules", "Ages received, “02-08#comment”; 99 means no upper limit", many=True),
    Column("patient_information", "texts.before_visit", "What to know before the visit"),
    Column("price_information", "texts.price", "Prices"),
    Column("notice", "notices", "Temporary notice, with or without its dates in front", many=True),
    Column("notice_from", "notices.starts_on", "First day of the notice", form="date"),
    Column("notice_to", "notices.ends_on", "Last day of the notice", form="date"),
    Column("listing_status", "listing.status", "open, queue or closed"),
    Column("queue_length", "listing.queue_length", "Number of people in the queue", form="number"),
    Column("listing_since", "listing.since", "Day from which the listing status holds", form="date"),
    Column("publish_from", "publish_from", "First day on which the unit is shown", form="date"),
    Column("publish_to", "publish_to", "Last day on which the unit is shown", form="date"),
    Column("status", "status", "active or closed"),
    Column("successor_hsa_id", "successor", "HSA-id of the unit that replaces this one"),
    Column("related_hsa_ids", "related_units", "HSA-ids of related units", many=True),
    Column("prescription_code", "external_identifiers", "Arbetsplatskod, the code for prescriptions"),
    Column("responsible_contact", "responsible_contact", "Who answers for the information"),
    Column("updated_at", "as_of", "When the source last changed the row", form="instant"),
)

COLUMNS: dict[str, Column] = {column.name: column for column in UNIT_COLUMNS}
REQUIRED: tuple[str, ...] = tuple(column.name for column in UNIT_COLUMNS if column.required)


def column_key(name: str) -> str:
    """A heading without case, spaces and marks, so that `HSA-id`, `hsaId` and `hsa_id` are one column."""
    return re.sub(r"[\W_]+", "", name.casefold())


_BY_KEY = {column_key(name): column for column in UNIT_COLUMNS for name in (column.name, *column.aliases)}


def column_for(heading: str) -> Column | None:
    """The documented column that a heading names, or None."""
    return _BY_KEY.get(column_key(heading))
