"""The columns of a population file, and the words that its cells may hold."""

from importers.kinds.table import TableColumn
from listing.services.life_events import Told

COLUMNS = (
    TableColumn(
        "person_id",
        "Personal identity, coordination or reserve number, twelve characters",
        True,
        ("personnummer", "personal identity number", "samordningsnummer"),
    ),
    TableColumn("former_person_id", "The number until now, when it has changed", aliases=("gammalt nummer",)),
    TableColumn("event", "What has happened, see below; empty: nothing is said", aliases=("händelse",)),
    TableColumn("event_date", "The day it happened; empty: today", aliases=("händelsedatum",)),
    TableColumn("stated_at", "When the register wrote it, a moment or a day", aliases=("aviserad",)),
    TableColumn("given_name", "Given name", aliases=("förnamn",)),
    TableColumn("family_name", "Family name", aliases=("efternamn",)),
    TableColumn("birth_date", "Date of birth; empty: as the number says", aliases=("födelsedatum",)),
    TableColumn("sex", "female or male; empty: as the number says", aliases=("kön",)),
    TableColumn("street", "Registered address, street and number", aliases=("gatuadress",)),
    TableColumn("postal_code", "Registered address, five digits", aliases=("postnummer",)),
    TableColumn("city", "Registered address, postal town", aliases=("postort",)),
    TableColumn("municipality", "Municipality code, four digits", aliases=("kommun",)),
    TableColumn(
        "region", "Region that answers for the person's care; empty: the municipality's", aliases=("län",)
    ),
    TableColumn("district", "Registration district or another area of the region's", aliases=("distrikt",)),
    TableColumn("lat", "Latitude of the registered address, WGS 84", aliases=("latitude",)),
    TableColumn("lon", "Longitude of the registered address, WGS 84", aliases=("longitude", "long")),
    TableColumn("household", "Key of the dwelling: equal for those who live together", aliases=("hushåll",)),
    TableColumn("protection", "confidentiality-mark, protected-registration or empty", aliases=("skydd",)),
    TableColumn(
        "guardians", "Numbers of a child's guardians, a bar between them", aliases=("vårdnadshavare",)
    ),
    TableColumn(
        "status", "registered (the default), deceased, emigrated …, or its code", aliases=("status",)
    ),
    TableColumn("status_since", "Day from which the status holds", aliases=("status från",)),
    TableColumn("special_care", "special-housing, home-care or empty", aliases=("särskild vård",)),
    TableColumn(
        "special_care_unit", "HSA-id of the unit that answers for it", aliases=("särskild vård enhet",)
    ),
    TableColumn("last_visited_unit", "HSA-id of the unit visited last", aliases=("senast besökt enhet",)),
    TableColumn("last_visited_on", "Day of that visit", aliases=("senast besökt",)),
)

EVENTS: dict[str, Told] = {
    "born": "born",
    "född": "born",
    "immigrated": "immigrated",
    "invandrad": "immigrated",
    "moved": "moved",
    "flyttad": "moved",
    "emigrated": "emigrated",
    "utvandrad": "emigrated",
    "died": "died",
    "avliden": "died",
    "identity-changed": "identity-changed",
    "nytt nummer": "identity-changed",
    "new-identity": "new-identity",
    "protected": "protected",
    "skyddad": "protected",
    "protection-lifted": "protection-lifted",
    "guardians-changed": "guardians-changed",
    "corrected": "corrected",
    "rättad": "corrected",
}
STATUSES: dict[str, str | None] = {
    "": None,
    "registered": None,
    "folkbokförd": None,
    "deceased": "AV",
    "avliden": "AV",
    "emigrated": "UV",
    "utvandrad": "UV",
    "not-found": "OB",
    "obefintlig": "OB",
    "old-number": "GN",
    "gammalt nummer": "GN",
    "other": "AN",
    **{code.casefold(): code for code in ("AV", "UV", "OB", "GN", "AN", "AS", "TA")},
}
ENDED_BY: dict[Told, str] = {"died": "AV", "emigrated": "UV"}
SEXES = {"female": "f", "f": "f", "kvinna": "f", "k": "f", "male": "m", "m": "m", "man": "m"}
PROTECTIONS = {
    "": "none",
    "none": "none",
    "ingen": "none",
    "confidentiality-mark": "confidentiality-mark",
    "sekretessmarkering": "confidentiality-mark",
    "protected-registration": "protected-registration",
    "skyddad folkbokföring": "protected-registration",
}
CARE = {"special-housing": "special-housing", "särskilt boende": "special-housing", "home-care": "home-care",
        "hemsjukvård": "home-care"}  # fmt: skip
