"""Changes of single units as an import and the register of listings make them, and what shows each."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import clock
from core.provenance import Source
from directory.record import Record, unflatten
from directory.services import Incoming, ListingState, apply_records, publish_listing_status

RECORD, LISTING = "record", "listing"
STATUSES = ("open", "queue", "closed")

_UNITS = text("""
SELECT v.hsa_id, v.care_unit_id, s.source_id, s.record,
       ST_Y(v.position::geometry) AS lat, ST_X(v.position::geometry) AS lon
FROM care_unit_version v JOIN source_record s ON s.care_unit_id = v.care_unit_id
WHERE upper_inf(v.period) AND v.published AND v.position IS NOT NULL AND v.record ? 'listing'
  AND NOT v.record ?| ARRAY['publish_from', 'publish_to'] AND s.record ? 'name'
  AND (SELECT count(*) FROM source_record o WHERE o.care_unit_id = s.care_unit_id) = 1
ORDER BY md5(v.hsa_id) LIMIT :count
""")
_SHOWN = text("SELECT hsa_id FROM care_unit WHERE published AND publish_from IS NULL AND publish_to IS NULL")


@dataclass(frozen=True)
class Check:
    """A question that shows the change once `shown` is true of its answer."""

    name: str
    path: str
    shown: Callable[[Any], bool]


@dataclass(frozen=True)
class Change:
    """One change that is committed: when (`perf_counter`), of what kind, and what shows it."""

    kind: str
    began: float
    checks: Sequence[Check]


def changes(engine: Engine, count: int) -> Iterator[Change]:
    """So many changes of different units, by turns of name and listing, and of the listing alone."""
    chance = random.Random(7)
    with Session(engine) as session:
        units = session.execute(_UNITS, {"count": count}).mappings().all()
    for number, unit in enumerate(units):
        listing = unit["record"]["listing"]
        status = chance.choice([one for one in STATUSES if one != listing["status"]])
        if number % 2:
            yield _published(engine, unit, status)
        else:
            yield _imported(engine, unit, status, invented(chance))


def always_shown(engine: Engine) -> set[str]:
    """HSA-ids of the units that are public at any time."""
    with Session(engine) as session:
        return set(session.scalars(_SHOWN))


def invented(chance: random.Random) -> str:
    """A word that no unit has: syllables, so that it is read like any other."""
    return "".join(chance.choice("bdfgjklmnprstv") + chance.choice("aeiouy") for _ in range(5))


def _imported(engine: Engine, unit: Mapping[Any, Any], status: str, word: str) -> Change:
    record: Record = unflatten(unit["record"])
    record["name"], record["listing"] = f"{word.capitalize()} {record['name']}", {"status": status}  # type: ignore[typeddict-item]
    with Session(engine) as session:
        source = session.get_one(Source, unit["source_id"])
        incoming = [Incoming(unit["hsa_id"], record)]
        apply_records(session, source=source, run=None, actor="bench", at=clock.now(), incoming=incoming)
        began = time.perf_counter()
        session.commit()
    name, hsa_id = record["name"], unit["hsa_id"]
    words = Check("by words", _search(q=word), lambda answer: hsa_id in _ids(answer))
    by_id = Check("by id", _card(hsa_id), lambda answer: answer["name"] == name)
    return Change(RECORD, began, [by_id, words, _filtered(unit, status)])


def _published(engine: Engine, unit: Mapping[Any, Any], status: Any) -> Change:
    with Session(engine) as session:
        publish_listing_status(session, [ListingState(unit["care_unit_id"], status)])
        began = time.perf_counter()
        session.commit()
    by_id = Check("by id", _card(unit["hsa_id"]), lambda answer: answer["listing"]["status"] == status)
    return Change(LISTING, began, [by_id, _filtered(unit, status)])


def _filtered(unit: Mapping[Any, Any], status: str) -> Check:
    """Among the units at its place with that status, and counted in the facet."""

    def shown(answer: Any) -> bool:
        counts = {value["value"]: value["count"] for value in answer["facets"]["listing"]}
        return unit["hsa_id"] in _ids(answer) and counts.get(status, 0) >= 1

    near = f"{unit['lat']:.6f},{unit['lon']:.6f}"
    return Check("by filter", _search(near=near, radius=50, listing=status, limit=100), shown)


def _card(hsa_id: str) -> str:
    return f"/api/v1/care-units/{quote(hsa_id)}"


def _search(**parameters: object) -> str:
    return "/api/v1/care-units?" + urlencode(parameters)


def _ids(answer: Any) -> set[str]:
    return {item["hsaId"] for item in answer["items"]}
