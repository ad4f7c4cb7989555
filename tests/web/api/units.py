"""The units that the tests of the API ask for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directory.record import Record
from directory.services import Incoming, apply_records, close_missing, ensure_source

FIRST = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = FIRST + timedelta(days=30)
STAFF_PHONE = "+46317999123"
STAFF_EMAIL = "bakjour-9f3a@example.se"
EMPLOYEE = "SE2321000131-P000000009F3"

EKBACKEN = "SE2321000131-E000000000901"
BARE = "SE2321000131-E000000000902"
HIDDEN = "SE2321000131-E000000000903"
CLOSED = "SE2321000131-E000000000904"
EARLY = "SE2321000131-E000000000905"
LATE = "SE2321000131-E000000000906"
PARENT = "SE2321000131-E000000000907"
HIDDEN_CLOSED = "SE2321000131-E000000000908"
HIDDEN_NAME = "Dolda mottagningen Vitsippan"
OUTSIDE = ("Kommande mottagningen Blåklockan", "Avslutade mottagningen Renfanan")


def record(name: str, **fields: Any) -> Record:
    """A unit with little to it, and with contacts for staff."""
    base: dict[str, Any] = {
        "name": name,
        "municipality": "1481",
        "professional_contacts": {"phone": [STAFF_PHONE], "email": [STAFF_EMAIL]},
    }
    return {**base, **fields}  # type: ignore[typeddict-item]


def everything() -> Record:
    """A unit with a value in every public field."""
    hours = {
        "weekly": [
            {"weekday": day, "opens": "08:00", "closes": "17:00", "comment": "drop-in"} for day in range(1, 6)
        ],
        "exceptions": [{"from": "2026-12-23", "to": "2026-12-23", "intervals": [], "reason": "Utbildning"}],
        "holidays": [{"on": "public-holiday", "intervals": []}],
        "note": "Ring först.",
    }
    return record(
        "Vårdcentralen Ekbacken",
        kind="care_unit",
        alternative_names=["Ekbackens vårdcentral"],
        former_names=["Gamla Ekbacken"],
        parent=PARENT,
        provider={"organisation_number": "5560000001", "name": "Ekbackens vård AB"},
        unit_types=["02"],
        activities=["1502", "1504"],
        care_forms=["01"],
        ownership=["1"],
        visible_for=["03", "04"],
        addresses={
            "visiting": {"street": "Ekgatan 1", "postal_code": "43167", "city": "Mölndal"},
            "postal": {"addressee": "Box 1", "postal_code": "43121", "city": "Mölndal"},
        },
        place="Mölndal",
        position={"lat": 57.65, "lon": 12.01, "origin": "wgs84"},
        hours=dict.fromkeys(("opening", "telephone", "drop_in", "visiting"), hours),
        contacts={
            "phone": ["+46317000000"],
            "text_phone": ["+46317000001"],
            "website": ["https://example.se"],
        },
        professions=[
            {
                "code": "LK",
                "origin": "manual",
                "recorded_by": EMPLOYEE,
                "recorded_at": "2026-03-01T10:00:00Z",
                "valid_until": "2099-12-31",
            }
        ],
        offerings=[
            {"code": "1502", "min_age": 18, "referral": False, "delivery": ["on-site"], "note": "Tidsbokning"}
        ],
        languages=["swe", "fin"],
        e_services=[{"name": "Boka tid", "url": "https://example.se/boka"}],
        accessibility=[{"code": "ramp", "value": "yes", "note": "Ramp"}],
        texts={"description": "Vi finns i Mölndal.", "before_visit": "Ta med legitimation."},
        age_rules=[{"min_age": 0, "max_age": 120, "note": "Alla"}],
        notices=[{"text": "Stängt för utbildning", "starts_on": "2026-12-23", "ends_on": "2026-12-23"}],
        listing={"status": "queue", "queue_length": 14, "since": "2026-01-01"},
        related_units=[BARE, HIDDEN, "SE2321000131-E000000000999"],
        publish_from="2020-01-01T00:00:00+00:00",
        publish_to="2100-01-01T00:00:00+00:00",
        external_identifiers=[{"system": "urn:example", "value": "42"}],
        responsible_contact="register@example.se",
    )


def load(session: Session) -> None:
    """Two days of history: Ekbacken's staff contacts and name change, one unit closes."""
    _take(
        session,
        FIRST,
        "hsa",
        {
            EKBACKEN: {**everything(), "name": "Ekbackens läkarhus"},
            BARE: record("Bara namnet"),
            HIDDEN: record(HIDDEN_NAME, visible_for=["01"]),
            EARLY: record(OUTSIDE[0], publish_from="2090-01-01T00:00:00+00:00"),
            LATE: record(OUTSIDE[1], publish_to="2026-03-10T00:00:00+00:00"),
            PARENT: record("Primärvården Mölndal"),
        },
    )
    closing = {
        CLOSED: record("Stängda mottagningen", successor=EKBACKEN),
        HIDDEN_CLOSED: record(HIDDEN_NAME, visible_for=["01"]),
    }
    _take(session, FIRST, "snapshot", closing)
    _take(session, SECOND, "hsa", {EKBACKEN: everything()})
    source = ensure_source(session, "snapshot")
    close_missing(session, source=source, run=None, actor="test", at=SECOND, missing=list(closing))


def _take(session: Session, at: datetime, source: str, records: dict[str, Record]) -> None:
    apply_records(
        session,
        source=ensure_source(session, source),
        run=None,
        actor="test",
        at=at,
        incoming=[Incoming(hsa_id, record) for hsa_id, record in records.items()],
    )
