"""The units that the tests of search search in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.services import Incoming, apply_records, ensure_source

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
"""A Friday, nine in the morning in Sweden."""

WEEKDAYS = {"opening": {"weekly": [{"weekday": d, "opens": "08:00", "closes": "17:00"} for d in range(1, 6)]}}
ALWAYS = {"opening": {"weekly": [{"weekday": d, "opens": "00:00", "closes": "24:00"} for d in range(1, 8)]}}


def unit(name: str, municipality: str, lat: float, lon: float, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "care_unit",
        "name": name,
        "municipality": municipality,
        "region": municipality[:2],
        "position": {"lat": lat, "lon": lon, "origin": "wgs84"},
        **fields,
    }


def hsa_id(number: int) -> str:
    return f"SE2321000131-E{number:012d}"


KROKSLATT, MOLNDAL, ASKIM, UPPSALA, EYES, MIDWIFE, HIDDEN, FUTURE, PHARMACY, NOWHERE = map(
    hsa_id, range(1, 11)
)

UNITS: Mapping[str, dict[str, Any]] = {
    KROKSLATT: unit(
        "Vårdcentralen Krokslätt", "1481", 57.672, 11.995, unit_types=["02"], activities=["1502"],
        hours=WEEKDAYS, former_names=["Ekbackens läkarstation"], listing={"status": "open"},
        languages=["fin"], addresses={"visiting": {"street": "Fredåsgatan 8", "city": "Mölndal"}},
    ),
    MOLNDAL: unit(
        "Närhälsan Mölndal vårdcentral", "1481", 57.655, 12.015, unit_types=["02"], hours=WEEKDAYS,
        listing={"status": "queue", "queue_length": 14}, languages=["fin", "ara"],
    ),
    ASKIM: unit(
        "Askims vårdcentral", "1480", 57.626, 11.937, unit_types=["02"], hours=ALWAYS,
        listing={"status": "closed"}, texts={"about": "Vi har rymlig parkering för alla."},
    ),
    UPPSALA: unit(
        "Flogsta vårdcentral", "0380", 59.848, 17.592, unit_types=["02"],
        offerings=[{"code": "v-vaccination"}],
    ),
    EYES: unit("Barnögonmottagningen SU", "1480", 57.68, 11.96, activities=["1335"], hours=WEEKDAYS),
    MIDWIFE: unit("Barnmorskemottagning Mölndal", "1481", 57.656, 12.013, activities=["1505"]),
    HIDDEN: unit("Zebrafinkens vårdcentral", "1480", 57.7, 11.97, status="closed", unit_types=["02"]),
    FUTURE: unit(
        "Kommande vårdcentralen", "1480", 57.7, 11.97, unit_types=["02"],
        publish_from="2027-01-01T00:00:00+00:00",
    ),
    PHARMACY: unit("Apoteket Hjorten", "1480", 57.7, 11.97, activities=["2002"], hours=WEEKDAYS),
    NOWHERE: {"kind": "care_unit", "name": "Vård på nätet", "unit_types": ["03"], "hours": ALWAYS},
}  # fmt: skip


def take(session: Session, units: Mapping[str, dict[str, Any]], at: datetime) -> None:
    """Apply these records as one source's word."""
    incoming = [Incoming(key, record) for key, record in units.items()]  # type: ignore[arg-type]
    source = ensure_source(session, "search-test", "Test")
    apply_records(session, source=source, run=None, actor="test", at=at, incoming=incoming)
    session.flush()
