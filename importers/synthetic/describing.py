"""Texts, ages, listing, notices, languages and the like of an invented unit."""

from datetime import date, datetime, time, timedelta
from random import Random

from core.clock import SWEDEN
from importers.synthetic import naming
from importers.synthetic.catalogue import UnitKind, texts

_TEXT_COLUMNS = {
    "description": "description",
    "about": "about",
    "referral_rules": "referral_rules",
    "before_visit": "patient_information",
    "price": "price_information",
    "visiting_rules": "visiting_rules",
}
_LANGUAGES = ("eng", "ara", "som", "per", "tir", "fin", "spa", "pol", "tur", "kur", "rus", "ukr", "bos")
_NORTHERN_LANGUAGES = ("sme", "fit", "fin")
_NORTH = frozenset({"23", "24", "25"})
_ACCESSIBILITY = (
    ("step-free-entrance", 0.8),
    ("door-opener", 0.7),
    ("accessible-toilet", 0.75),
    ("wheelchair-accessible", 0.8),
    ("disabled-parking", 0.6),
    ("lift", 0.35),
    ("hearing-loop", 0.4),
    ("interpreter", 0.5),
    ("sign-language-interpreter", 0.2),
    ("height-adjustable-couch", 0.3),
    ("quiet-room", 0.15),
    ("wheelchair-loan", 0.15),
)
_E_SERVICES = (
    ("Boka tid", "boka-tid"),
    ("Av- eller omboka tid", "omboka-tid"),
    ("Förnya recept", "fornya-recept"),
    ("Kontakta mig", "kontakta-mig"),
    ("Beställ journalkopia", "journalkopia"),
    ("Skriv egen vårdbegäran", "egen-vardbegaran"),
)


def describe(
    kind: UnitKind, rng: Random, on: date, *, name: str, place: str, city: str, region: str
) -> dict[str, str]:
    """The columns that say more of a unit than what it is and where."""
    row = _texts(kind, rng, region, {"name": name, "place": place, "city": city})
    row["age_rules"] = kind.ages
    row["alternative_names"] = _short_name(kind, rng, place, region)
    row["former_names"] = _former_name(kind, rng, region, place) if rng.random() < 0.05 else ""
    row["languages"] = "|".join(_languages(rng, region))
    row["e_services"] = "|".join(_e_services(rng))
    row["accessibility"] = "|".join(_accessibility(rng)) if kind.has_place else ""
    row["updated_at"] = _updated(rng, on)
    if kind.listing:
        row |= _listing(rng, on)
    if rng.random() < 0.06:
        row |= _notice(rng, on)
    return row


def _texts(kind: UnitKind, rng: Random, region: str, parts: dict[str, str]) -> dict[str, str]:
    row = {}
    for key, sentences in texts()[kind.text].items():
        if key == "description" or rng.random() < 0.7:
            text = rng.choice(sentences).format(**parts)
            row[_TEXT_COLUMNS[key]] = naming.in_regions_words(text, region)
    if kind.has_place and rng.random() < 0.5:
        row["directions"] = rng.choice(texts()["directions"]["texts"])
    if kind.has_place and rng.random() < 0.25:
        row["indoor_directions"] = rng.choice(texts()["directions"]["indoor"])
    return row


def _short_name(kind: UnitKind, rng: Random, place: str, region: str) -> str:
    if not kind.short or rng.random() < 0.5:
        return ""
    return naming.in_regions_words(kind.short.format(place=place), region)


def _former_name(kind: UnitKind, rng: Random, region: str, place: str) -> str:
    """The same kind of name with an invented quarter, as if the unit had moved or changed hands."""
    earlier = naming.quarter(rng.randrange(300))
    if kind.key == "hospital" or "," in kind.names[0]:
        return ""
    name = rng.choice(kind.names).format(
        place=earlier, places=naming.genitive(earlier), brand=earlier, county=place
    )
    return naming.in_regions_words(name, region)


def _languages(rng: Random, region: str) -> list[str]:
    found = ["swe"]
    if rng.random() < 0.6:
        found.append("eng")
    if rng.random() < 0.35:
        found += rng.sample(_LANGUAGES[1:], rng.randint(1, 3))
    if region in _NORTH and rng.random() < 0.3:
        found.append(rng.choice(_NORTHERN_LANGUAGES))
    return list(dict.fromkeys(found))


def _e_services(rng: Random) -> list[str]:
    chosen = [service for service in _E_SERVICES if rng.random() < 0.4]
    return [f"{name}=https://www.example.se/e-tjanster/{path}" for name, path in chosen]


def _accessibility(rng: Random) -> list[str]:
    found = []
    for code, share in _ACCESSIBILITY:
        drawn = rng.random()
        if drawn < share * 0.7:
            found.append(f"{code}=yes")
        elif drawn < share * 0.8:
            found.append(f"{code}=partly")
        elif drawn < share * 0.9:
            found.append(f"{code}=no")
    return found


def _updated(rng: Random, on: date) -> str:
    day = on - timedelta(days=1 + int(400 * rng.random() ** 2))
    moment = datetime.combine(day, time(rng.randint(8, 16), rng.randrange(60)), SWEDEN)
    return moment.isoformat()


def _listing(rng: Random, on: date) -> dict[str, str]:
    since = (on - timedelta(days=rng.randint(5, 700))).isoformat()
    drawn = rng.random()
    if drawn < 0.62:
        return {"listing_status": "open"}
    if drawn < 0.87:
        length = max(1, round(rng.expovariate(1 / 60)))
        return {"listing_status": "queue", "queue_length": str(length), "listing_since": since}
    return {"listing_status": "closed", "listing_since": since}


def _notice(rng: Random, on: date) -> dict[str, str]:
    begins = on + timedelta(days=rng.randint(-20, 20))
    ends = begins + timedelta(days=rng.randint(5, 60))
    return {
        "notice": rng.choice(texts()["notices"]["texts"]),
        "notice_from": begins.isoformat(),
        "notice_to": ends.isoformat(),
    }
