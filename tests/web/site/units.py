"""Units for the site's tests, written by hand: one of each kind that a page must cope with, and a crowd."""

from typing import Any

from directory.record import Record

FULL = "SE2321000024-E000000000101"
QUEUE = "SE2321000024-E000000000102"
BARE = "SE2321000024-E000000000103"
HOSTILE = "SE2321000024-E000000000104"
OLD = "SE2321000024-E000000000105"
HIDDEN = "SE2321000024-E000000000106"
PROTECTED = "SE2321000024-E000000000107"

WEEKDAYS = [{"weekday": day, "opens": "08:00", "closes": "17:00"} for day in range(1, 6)]


def unit(name: str, lat: float, lon: float, **fields: Any) -> Record:
    """A published unit in Uppsala."""
    base: dict[str, Any] = {
        "kind": "unit",
        "name": name,
        "status": "active",
        "municipality": "0380",
        "region": "03",
        "position": {"lat": lat, "lon": lon, "origin": "sweref99tm"},
        "addresses": {"visiting": {"street": "Storgatan 1", "postal_code": "75331", "city": "Uppsala"}},
        "visible_for": ["03"],
    }
    return {**base, **fields}  # type: ignore[typeddict-item]


UNITS: dict[str, Record] = {
    FULL: unit(
        "Ekeby vårdcentral",
        59.8512,
        17.6120,
        unit_types=["02"],
        activities=["1502", "1504", "1506"],
        care_forms=["01"],
        ownership=["1"],
        provider={"name": "Region Uppsala", "organisation_number": "2321000024"},
        addresses={
            "visiting": {"street": "Ekebydalsvägen 12", "postal_code": "75263", "city": "Uppsala"},
            "postal": {
                "addressee": "Ekeby vårdcentral",
                "street": "Box 602",
                "postal_code": "75125",
                "city": "Uppsala",
            },
        },
        hours={
            "opening": {
                "weekly": [
                    *WEEKDAYS,
                    {"weekday": 6, "opens": "10:00", "closes": "14:00", "comment": "endast jour"},
                ],
                "exceptions": [
                    {
                        "from": "2026-12-23",
                        "to": "2026-12-23",
                        "reason": "Kortare dag",
                        "intervals": [{"opens": "08:00", "closes": "12:00"}],
                    }
                ],
            },
            "telephone": {
                "weekly": [{"weekday": d, "opens": "07:30", "closes": "16:00"} for d in range(1, 6)]
            },
            "drop_in": {"weekly": [{"weekday": d, "opens": "08:00", "closes": "09:30"} for d in (1, 3, 5)]},
        },
        contacts={
            "phone": ["+4618611000"],
            "website": ["https://example.se/ekeby"],
            "email": ["ekeby@example.se"],
        },
        offerings=[
            {"code": "1504", "max_age": 5, "referral": False, "delivery": ["on-site", "home"]},
            {"code": "1104", "referral": True, "delivery": ["on-site", "video"]},
            {"code": "1113"},
        ],
        professions=[
            {"code": "gp-specialist", "origin": "catalogue"},
            {"code": "district-nurse", "origin": "catalogue"},
            {
                "code": "PS",
                "origin": "manual",
                "recorded_by": "admin",
                "recorded_at": "2026-05-01T08:00:00Z",
                "valid_until": "2027-05-01",
            },
        ],
        languages=["swe", "eng", "ara", "fin"],
        e_services=[{"name": "Boka tid", "url": "https://example.se/boka"}, {"name": "Förnya recept"}],
        accessibility=[
            {"code": "step-free-entrance", "value": "yes"},
            {"code": "lift", "value": "no"},
            {"code": "disabled-parking", "value": "partly", "note": "två platser på gatan"},
        ],
        texts={
            "about": "Vi är en vårdcentral nära dig.\n\nHär arbetar läkare och psykologer tillsammans.",
            "before_visit": "Ta med legitimation. Avboka senast 24 timmar före besöket.",
            "price": "Läkarbesök 200 kronor. Under 20 år är det gratis.",
            "directions": "Buss 8 stannar vid Ekeby bruk, 100 meter från entrén.",
        },
        age_rules=[{"min_age": 0, "note": "barn tillsammans med vuxen"}],
        notices=[
            {
                "text": "Vi har nya lokaler från den 1 november. Ingång från Ekebydalsvägen.",
                "starts_on": "2026-10-15",
            }
        ],
        listing={"status": "open", "since": "2026-03-01"},
        former_names=["Flogsta vårdcentral"],
        related_units=[QUEUE],
        responsible_contact="katalog@example.se",
    ),
    QUEUE: unit(
        "Svartbäckens vårdcentral",
        59.8701,
        17.6310,
        unit_types=["02"],
        activities=["1502"],
        ownership=["4"],
        hours={"opening": {"weekly": WEEKDAYS}},
        contacts={"phone": ["+4618612000"]},
        listing={"status": "queue", "queue_length": 14},
    ),
    BARE: unit("Mottagningen utan uppgifter", 59.9000, 17.7000),
    HOSTILE: unit(
        '<script>alert("x")</script> & Co',
        59.8400,
        17.6500,
        contacts={"website": ["javascript:alert(1)"], "email": ["a@b.se?bcc=c@d.se"]},
        e_services=[{"name": "Fälla"}],
        texts={"about": "</script><img src=x onerror=alert(1)>"},
        listing={"status": "closed"},
    ),
    OLD: unit("Nedlagda mottagningen", 59.8600, 17.6400, successor=FULL),
    PROTECTED: unit("Skyddade boendet", 59.8620, 17.6420),
    HIDDEN: unit("Dolda mottagningen", 59.8610, 17.6410, visible_for=["01"]),
}

_NAMES = (
    "Gottsunda",
    "Sävja",
    "Eriksberg",
    "Gränby",
    "Luthagen",
    "Fålhagen",
    "Salabacke",
    "Årsta",
    "Valsätra",
    "Nåntuna",
)
_KINDS: tuple[tuple[str, list[str], list[str]], ...] = (
    ("vårdcentral", ["02"], ["1502", "1504"]),
    ("barnmorskemottagning", [], ["1505"]),
    ("ungdomsmottagning", [], ["1519"]),
)
_LISTING = ({"status": "open"}, {"status": "queue", "queue_length": 3}, {"status": "closed"})


def crowd() -> dict[str, Record]:
    """Thirty more units around Uppsala, so that there are pages and counts."""
    found: dict[str, Record] = {}
    for number in range(30):
        kind, types, activities = _KINDS[number % 3]
        name = f"{_NAMES[number % 10]} {kind}"
        found[f"SE2321000024-E0000000002{number:02}"] = unit(
            name,
            59.80 + (number * 7 % 30) * 0.004,
            17.55 + (number * 11 % 30) * 0.007,
            activities=activities,
            hours={
                "opening": {
                    "weekly": [
                        *WEEKDAYS,
                        *([{"weekday": 6, "opens": "10:00", "closes": "15:00"}] * (number % 4 == 0)),
                    ]
                }
            },
            contacts={"phone": [f"+46186130{number:02}"]},
            **({"unit_types": types, "listing": _LISTING[number % 3 if number % 2 else 0]} if types else {}),
        )
    return found
