"""The hits of a search as JSON, GeoJSON and CSV: three forms of the same."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from flask_babel import gettext

from directory.search.held.facets import Counts
from directory.search.held.hits import Hits
from directory.search.reference import SERVICE
from directory.search.relaxed import Relaxed
from directory.search.types import FacetValue, Hit, SearchResult
from directory.views import Label, instant
from web.api.explanation import explanation
from web.api.language import facet_label, relabel_hit
from web.relaxed import relaxed_text

COLUMNS = (
    "hsaId",
    "name",
    "unitType",
    "unitTypeName",
    "street",
    "postalCode",
    "city",
    "municipalityCode",
    "municipality",
    "regionCode",
    "region",
    "lat",
    "lon",
    "distance",
    "phone",
    "listingStatus",
    "queueLength",
    "openNow",
    "openStatus",
    "opensAt",
    "closesAt",
    "services",
    "updatedAt",
)
HEADER = ",".join(COLUMNS) + "\r\n"
_SIGNED_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?")


def as_json(result: SearchResult, label: Label | None) -> bytes:
    """The answer in the shape of the interface. `label` only where the hits' own are to be replaced."""
    return orjson.dumps(
        {
            "total": result.total,
            "limit": result.limit,
            "page": result.page,
            "interpretation": _interpretation(result, label),
            "facets": _all_facets(result, label),
            "items": orjson.Fragment(result.hits.json())
            if label is None and isinstance(result.hits, Hits)
            else [_item(hit, label) for hit in result.hits],
        }
    )


def _all_facets(result: SearchResult, label: Label | None) -> orjson.Fragment | dict[str, Any]:
    """Each facet by the name of its parameter; `openAt` has the one value `now`."""
    facets = result.facets
    # Swedish needs no looking up, which would cost more than all the other facets.
    words = gettext("Öppet nu") if label else "Öppet nu"
    now = [{"value": "now", "label": words, "count": result.open_now}]
    open_now = now if result.open_now else []
    if isinstance(facets, Counts) and label is None:
        return orjson.Fragment(b'%b,"openAt":%b}' % (facets.json()[:-1], orjson.dumps(open_now)))
    return {**_facets(facets, label), "openAt": open_now}


def _facets(facets: Mapping[str, Iterable[FacetValue]], label: Label | None) -> dict[str, Any]:
    return {
        name: [
            {
                "value": value.value,
                "label": facet_label(name, value.value, value.label, label) if label else value.label,
                "count": value.count,
            }
            for value in values
        ]
        for name, values in facets.items()
    }


def as_geojson(result: SearchResult, label: Label | None) -> bytes:
    """The hits as a feature collection; a hit without position has a null geometry (RFC 7946, 3.2)."""
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "numberMatched": result.total,
            "numberReturned": len(result.hits),
            "features": [_feature(_item(hit, label)) for hit in result.hits],
        }
    )


def as_csv(result: SearchResult, label: Label | None) -> bytes:
    """The hits as CSV (RFC 4180) with a header; several services are joined by `|`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(_item(hit, label)) for hit in result.hits)
    return out.getvalue().encode()


def _interpretation(result: SearchResult, label: Label | None) -> dict[str, Any]:
    read = result.interpretation
    place = read.place and {
        "name": read.place["name"],
        "kind": read.place["kind"],
        "code": read.place.get("code"),
        "municipality": read.place.get("municipality"),
        "alternatives": read.place.get("alternatives", []),
        "members": read.place.get("members", []),
        "matched": read.place.get("matched", ""),
    }
    time = read.time and {
        **{part: instant(read.time[part]) for part in ("openAt", "openFrom", "openTo")},
        "matched": read.time["matched"],
    }
    return {
        "services": [
            {**service, "display": label(service["system"], service["code"])} if label else service
            for service in read.services
        ],
        "place": place,
        "openAt": instant(read.open_at),
        "time": time,
        "attributes": list(read.attributes),
        "text": read.text,
        "widened": read.widened and _widened(read.widened, label),
    }


def _widened(relaxed: Relaxed, label: Label | None) -> dict[str, Any]:
    group = relaxed.service
    if group and label:
        relaxed = replace(relaxed, display=label(SERVICE, group))
    return {
        "code": relaxed.code,
        "words": list(relaxed.words),
        "place": relaxed.place,
        "metres": relaxed.metres,
        "service": group and {"system": SERVICE, "code": group, "display": relaxed.display},
        "text": relaxed_text(relaxed),
    }


def _item(hit: Hit, label: Label | None) -> dict[str, Any]:
    return {
        **(relabel_hit(hit.view, label) if label else hit.view),
        "distance": hit.distance,
        "openNow": hit.open_now,
        "openStatus": hit.open_status,
        "opensAt": instant(hit.opens_at),
        "closesAt": instant(hit.closes_at),
        **explanation(hit),
    }


def _feature(view: dict[str, Any]) -> dict[str, Any]:
    position = view.pop("position")
    geometry = {"type": "Point", "coordinates": [position["lon"], position["lat"]]} if position else None
    return {"type": "Feature", "id": view["hsaId"], "geometry": geometry, "properties": view}


def _cells(view: Mapping[str, Any]) -> Iterable[object]:
    address, position, listing = (view[part] or {} for part in ("address", "position", "listing"))
    municipality, region = (view[part] or {} for part in ("municipality", "region"))
    row = {
        **view,
        "street": address.get("street"),
        "postalCode": address.get("postalCode"),
        "city": address.get("city"),
        "municipalityCode": municipality.get("code"),
        "municipality": municipality.get("name"),
        "regionCode": region.get("code"),
        "region": region.get("name"),
        "lat": position.get("lat"),
        "lon": position.get("lon"),
        "listingStatus": listing.get("status"),
        "queueLength": listing.get("queueLength"),
        "services": "|".join(service["code"] for service in view["services"]),
    }
    return [_cell(row[column]) for column in COLUMNS]


def _cell(value: object) -> object:
    """A value as a cell. Text that a spreadsheet would run as a formula is given a leading apostrophe."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str) or _SIGNED_NUMBER.fullmatch(value):
        return value
    return f"'{value}" if value.startswith(("=", "@", "+", "-", "\t", "\r")) else value
