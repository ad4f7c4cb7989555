"""The card as schema.org data, for search engines: https://schema.org/MedicalClinic."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.clock import SWEDEN
from directory.hours import Schedule, week_view
from web.site.presenters.unit_card import UnitCard

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTES = 1440


def structured_data(
    card: UnitCard, url: str, visiting: Mapping[str, Any], opening: Schedule, now: datetime
) -> dict[str, Any]:
    """Only what the card itself shows; `visiting` is the address that its line is written from.

    A queue is told as not accepting: one is not accepted at once.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalClinic",
        "@id": url,
        "name": card.name,
        "url": url,
        "identifier": {"@type": "PropertyValue", "propertyID": "HSA-id", "value": card.hsa_id},
        "telephone": card.phones[0].href.removeprefix("tel:") if card.phones else None,
        "address": _address(card, visiting),
        "geo": _geo(card),
        "isAcceptingNewPatients": card.listing_status == "open" if card.listing_status else None,
        "openingHoursSpecification": _hours(opening, now),
        "amenityFeature": _amenities(card),
        "knowsLanguage": list(card.languages),
        "availableService": [{"@type": "MedicalProcedure", "name": s.name} for s in card.services],
        "parentOrganization": {"@type": "Organization", "name": card.provider} if card.provider else None,
    }
    return {key: value for key, value in data.items() if value not in (None, [], {})}


def _address(card: UnitCard, visiting: Mapping[str, Any]) -> dict[str, str] | None:
    """The parts where they are known, for they can be found by; else the line as it stands."""
    if not card.address:
        return None
    parts = {
        "streetAddress": visiting.get("street"),
        "postalCode": visiting.get("postal_code"),
        "addressLocality": visiting.get("city") or card.municipality,
        "addressRegion": card.region,
    }
    known = {name: value for name, value in parts.items() if value}
    street = {} if visiting.get("street") else {"streetAddress": card.address}
    return {"@type": "PostalAddress", **known, **street, "addressCountry": "SE"}


def _amenities(card: UnitCard) -> list[dict[str, Any]]:
    """What is there for access, and what is said not to be; what is there in part has no word of its own."""
    return [
        {"@type": "LocationFeatureSpecification", "name": item.name, "value": item.tone == "yes"}
        for item in card.accessibility
        if item.tone in ("yes", "no")
    ]


def _geo(card: UnitCard) -> dict[str, Any] | None:
    if card.lat is None or card.lon is None or card.approximate:
        return None
    return {"@type": "GeoCoordinates", "latitude": card.lat, "longitude": card.lon}


def _hours(opening: Schedule, now: datetime) -> list[dict[str, str]]:
    """The coming seven dates, each valid on its date alone, so that holidays are told right."""
    if not opening.known:
        return []
    today = now.astimezone(SWEDEN).date()
    found = []
    for view in (week_view(opening, today + timedelta(days=n))[0] for n in range(7)):
        for opens, closes, _comment in view.hours:
            found.append(
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": _DAYS[view.date.weekday()],
                    "opens": _clock(opens),
                    "closes": "23:59" if closes == _MINUTES else _clock(closes % _MINUTES),
                    "validFrom": view.date.isoformat(),
                    "validThrough": view.date.isoformat(),
                }
            )
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
