"""The contact card: a unit's record in the order in which people look for things."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask_babel import lazy_gettext

from core.clock import SWEDEN
from directory.hours import InvalidHours, Schedule, decode
from directory.hours import status as hours_status
from web.site.presenters import hours, status
from web.site.presenters.contact import Contact, contacts, paragraphs
from web.site.presenters.hits import address_line
from web.site.presenters.hours import HoursTable
from web.site.presenters.offer import Named, Service, accessibility, ages, e_services, professions, services
from web.site.presenters.status import Badge

HOURS_HEADINGS = {
    "opening": lazy_gettext("Öppettider"),
    "telephone": lazy_gettext("Telefontider"),
    "drop_in": lazy_gettext("Drop-in"),
    "visiting": lazy_gettext("Besökstider för anhöriga"),
}
TEXT_HEADINGS = {
    "description": lazy_gettext("Beskrivning"),
    "about": lazy_gettext("Om oss"),
    "before_visit": lazy_gettext("Innan besöket"),
    "referral_rules": lazy_gettext("Remiss"),
    "price": lazy_gettext("Pris"),
    "directions": lazy_gettext("Hitta hit"),
    "indoor_directions": lazy_gettext("Hitta inomhus"),
    "visiting_rules": lazy_gettext("Regler för besök"),
    "regional": lazy_gettext("Gäller i regionen"),
    "national": lazy_gettext("Gäller i hela landet"),
}


LONG_TEXT = 600


class Words(Protocol):
    """Labels of codes, places and other units, in the language of the page."""

    def label(self, system: str, code: str) -> str:
        """The label of a code; the code itself when it is not known."""

    def municipality(self, code: str) -> str:
        """The municipality's name."""

    def region(self, code: str) -> str:
        """The region's name."""

    def unit(self, hsa_id: str) -> str | None:
        """Another unit's name, if it may be shown."""


@dataclass(frozen=True)
class Text:
    """A text with its heading, as paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]

    @property
    def long(self) -> bool:
        """Whether it is folded until someone asks for it."""
        return sum(map(len, self.paragraphs)) > LONG_TEXT


@dataclass(frozen=True)
class Link:
    """Another unit."""

    hsa_id: str
    name: str


@dataclass(frozen=True)
class UnitCard:
    """All that the page shows."""

    hsa_id: str
    name: str
    unit_type: str
    region: str
    region_code: str
    municipality: str
    municipality_code: str
    active: bool
    successor: Link | None
    opening: Badge
    opening_reason: str
    listing: Badge | None
    listing_status: str
    listing_since: date | None
    notices: tuple[tuple[str, ...], ...]
    phones: tuple[Contact, ...]
    contacts: tuple[Contact, ...]
    address: str
    postal_address: tuple[str, ...]
    lat: float | None
    lon: float | None
    approximate: bool
    tables: tuple[HoursTable, ...]
    texts: tuple[Text, ...]
    services: tuple[Service, ...]
    ages: tuple[str, ...]
    professions: tuple[Named, ...]
    languages: tuple[str, ...]
    accessibility: tuple[Named, ...]
    e_services: tuple[Contact, ...]
    provider: str
    organisation_number: str
    ownership: tuple[str, ...]
    care_forms: tuple[str, ...]
    activities: tuple[tuple[str, str], ...]
    parent: Link | None
    related: tuple[Link, ...]
    former_names: tuple[str, ...]
    responsible: str

    @property
    def bare(self) -> bool:
        """Whether hardly anything is known: neither hours nor telephone nor services."""
        return not (self.tables or self.phones or self.services)


def card(
    hsa_id: str, record: Mapping[str, Any], words: Words, now: datetime, implied: Iterable[str] = ()
) -> UnitCard:
    """The card of a public record as it stands at `now`.

    `implied` are services that the unit's type and activities amount to without being stated.
    """
    schedules = {kind: _schedule(form) for kind, form in record.get("hours", {}).items()}
    stands = hours_status(schedules.get("opening", Schedule()), now)
    listing = record.get("listing") or {}
    position = record.get("position") or {}
    today = now.astimezone(SWEDEN).date()
    return UnitCard(
        hsa_id=hsa_id,
        name=record.get("name", hsa_id),
        unit_type=", ".join(words.label("unit-type", code) for code in record.get("unit_types", ())),
        region=words.region(record["region"]) if record.get("region") else "",
        region_code=record.get("region", ""),
        municipality=words.municipality(record["municipality"]) if record.get("municipality") else "",
        municipality_code=record.get("municipality", ""),
        active=record.get("status", "active") == "active",
        successor=_link(record.get("successor"), words),
        opening=status.opening(stands.state, stands.opens_at, stands.closes_at, now),
        opening_reason=stands.reason or "",
        listing=status.listing(listing),
        listing_status=listing.get("status", ""),
        listing_since=_date(listing.get("since")),
        notices=tuple(paragraphs(n["text"]) for n in _notices(record, today)),
        **_reach(record),
        lat=position.get("lat"),
        lon=position.get("lon"),
        approximate=position.get("origin") in ("postal-code", "municipality"),
        tables=tuple(_tables(schedules, now)),
        texts=tuple(_texts(record.get("texts", {}))),
        services=services(_with_implied(record.get("offerings", ()), implied), words.label, today),
        ages=ages(record.get("age_rules", ())),
        professions=professions(record.get("professions", ()), words.label, today),
        accessibility=accessibility(record.get("accessibility", ()), words.label),
        e_services=e_services(record.get("e_services", ())),
        provider=(record.get("provider") or {}).get("name", ""),
        organisation_number=_organisation_number(
            (record.get("provider") or {}).get("organisation_number", "")
        ),
        **_codes(record, words.label),
        parent=_link(record.get("parent"), words),
        related=tuple(filter(None, (_link(other, words) for other in record.get("related_units", ())))),
        former_names=tuple(record.get("former_names", ())),
        responsible=record.get("responsible_contact", ""),
    )


def schedule_of(record: Mapping[str, Any], kind: str) -> Schedule:
    """The record's hours of one kind."""
    return _schedule(record.get("hours", {}).get(kind, {}))


def _schedule(form: Mapping[str, Any]) -> Schedule:
    """Hours that cannot be understood count as not known: a card must never fail for one field."""
    try:
        return decode(form)
    except InvalidHours:
        return Schedule()


def _tables(schedules: Mapping[str, Schedule], now: datetime) -> list[HoursTable]:
    tables = (
        hours.table(kind, str(heading), schedules[kind], now)
        for kind, heading in HOURS_HEADINGS.items()
        if kind in schedules
    )
    return [table for table in tables if table]


def _with_implied(offerings: Sequence[Mapping[str, Any]], implied: Iterable[str]) -> list[Mapping[str, Any]]:
    stated = {offering["code"] for offering in offerings}
    return [*offerings, *({"code": code} for code in implied if code not in stated)]


def _texts(texts: Mapping[str, str]) -> list[Text]:
    return [
        Text(str(head), paragraphs(texts[kind])) for kind, head in TEXT_HEADINGS.items() if texts.get(kind)
    ]


def _reach(record: Mapping[str, Any]) -> dict[str, Any]:
    phones, others = contacts(record.get("contacts", {}))
    addresses = record.get("addresses", {})
    postal = addresses.get("postal", {})
    line = address_line({k: v for k, v in postal.items() if k != "addressee"})
    return {
        "phones": phones,
        "contacts": others,
        "address": address_line(addresses.get("visiting"), record.get("place", "")),
        "postal_address": tuple(filter(None, (postal.get("addressee"), *line.split(", ")))) if line else (),
    }


def _codes(record: Mapping[str, Any], label: Callable[[str, str], str]) -> dict[str, Any]:
    return {
        "languages": tuple(label("language", code) for code in record.get("languages", ())),
        "ownership": tuple(label("ownership", code) for code in record.get("ownership", ())),
        "care_forms": tuple(label("care-form", code) for code in record.get("care_forms", ())),
        "activities": tuple(
            (code, label("hsa-business-classification", code)) for code in record.get("activities", ())
        ),
    }


def _notices(record: Mapping[str, Any], today: date) -> Sequence[Mapping[str, Any]]:
    """The notices in force: both dates are inclusive and either may be open."""
    return [
        notice
        for notice in record.get("notices", ())
        if notice.get("text")
        and (_date(notice.get("starts_on")) or today) <= today <= (_date(notice.get("ends_on")) or today)
    ]


def _link(hsa_id: str | None, words: Words) -> Link | None:
    name = words.unit(hsa_id) if hsa_id else None
    return Link(hsa_id, name) if hsa_id and name else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _organisation_number(digits: str) -> str:
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 10 else digits
