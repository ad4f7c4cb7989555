"""The hit list: one entry per hit, numbered as on the map."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from directory.search.types import Hit, SearchResult
from web.site.presenters import status
from web.site.presenters.status import Badge

SHOWN_SERVICES = 4


@dataclass(frozen=True)
class HitEntry:
    """One hit as the list shows it."""

    number: int
    hsa_id: str
    name: str
    unit_type: str
    address: str
    distance: str
    opening: Badge | None
    listing: Badge | None
    lat: float | None
    lon: float | None
    services: tuple[str, ...] = ()
    more_services: int = 0


def entries(result: SearchResult, now: datetime) -> list[HitEntry]:
    """The hits of a page, numbered on from the pages before it."""
    first = (result.page - 1) * result.limit + 1
    return [_entry(hit, first + offset, now) for offset, hit in enumerate(result.hits)]


def distance(metres: int | None) -> str:
    """`under 50 m`, `420 m`, `1,2 km`, `38 km`: as exact as it helps."""
    if metres is None:
        return ""
    if metres < 50:
        return _("under 50 m")
    if metres < 1000:
        return _("%(number)s m", number=round(metres, -1))
    if metres < 10_000:
        return _("%(number)s km", number=format_decimal(metres / 1000, "0.0"))
    return _("%(number)s km", number=format_decimal(round(metres / 1000), "#,##0"))


def address_line(address: dict[str, Any] | None, place: str = "") -> str:
    """`Storgatan 1, 753 31 Uppsala`, with what is known of it."""
    address = address or {}
    code = address.get("postalCode") or address.get("postal_code") or ""
    code = f"{code[:3]}\u00a0{code[3:]}" if len(code) == 5 else code
    town = " ".join(part for part in (code, address.get("city") or place) if part)
    return ", ".join(part for part in (address.get("street"), town) if part)


def _entry(hit: Hit, number: int, now: datetime) -> HitEntry:
    view = hit.view
    position = view.get("position") or {}
    services = [service["display"] for service in view.get("services") or () if service.get("display")]
    kind = view.get("unitTypeName") or ""
    services = [name for name in services if name.casefold().partition(" (")[0] != kind.casefold()]
    place = (view.get("municipality") or {}).get("name", "")
    return HitEntry(
        number=number,
        hsa_id=view["hsaId"],
        name=view["name"],
        unit_type=kind,
        address=address_line(view.get("address"), place) or place,
        distance=distance(hit.distance),
        opening=status.opening(hit.open_status, hit.opens_at, hit.closes_at, now),
        listing=status.listing(view.get("listing")),
        lat=position.get("lat"),
        lon=position.get("lon"),
        services=tuple(services[:SHOWN_SERVICES]),
        more_services=max(0, len(services) - SHOWN_SERVICES),
    )
