"""Who has looked at a person's data, in words: when, what, from where and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from listing.people.queries import Access

ACTIONS: Mapping[str, LazyString] = {
    "person-read": lazy_gettext("Läste namn och personnummer"),
    "listings-read": lazy_gettext("Läste listning och köplatser"),
    "queue-read": lazy_gettext("Läste kön där personen står"),
    "history-read": lazy_gettext("Läste historiken"),
    "receipt-read": lazy_gettext("Läste ett kvitto"),
    "notices-read": lazy_gettext("Läste meddelanden"),
    "copy-taken": lazy_gettext("Hämtade en kopia av uppgifterna"),
    "person-added": lazy_gettext("Lade till personen i registret"),
    "person-updated": lazy_gettext("Uppdaterade uppgifter från folkbokföringen"),
}
ROLES: Mapping[str, LazyString] = {
    "resident": lazy_gettext("En vårdnadshavare eller annan företrädare"),
    "unit": lazy_gettext("Personal på en mottagning"),
    "region": lazy_gettext("Regionens personal"),
    "nurse": lazy_gettext("Sjuksköterska i rådgivning"),
    "statistician": lazy_gettext("Statistiker"),
    "system": lazy_gettext("Ett system, automatiskt"),
}
PURPOSES: Mapping[str, LazyString] = {
    "care": lazy_gettext("vård"),
    "administration": lazy_gettext("administration"),
    "quality": lazy_gettext("kvalitetsarbete"),
    "follow-up": lazy_gettext("uppföljning"),
    "statistics": lazy_gettext("statistik"),
    "own-matter": lazy_gettext("eget ärende"),
}


@dataclass(frozen=True)
class Look:
    """One thing that somebody did."""

    at: datetime
    what: str
    who: str
    purpose: str


def looks(found: Sequence[Access], unit_names: Mapping[str, str]) -> list[Look]:
    """Them in words. Which member of staff it was is the care provider's to tell."""
    return [
        Look(one.at, _what(one.action), _who(one, unit_names), str(PURPOSES.get(one.purpose, one.purpose)))
        for one in found
    ]


def _what(action: str) -> str:
    if action in ACTIONS:
        return str(ACTIONS[action])
    return _("Ändrade något i listningen") if action.startswith("listing-") else _("Behandlade uppgifter")


def _who(one: Access, unit_names: Mapping[str, str]) -> str:
    if one.role == "unit" and one.unit:
        return _("Personal på %(unit)s", unit=unit_names.get(one.unit, one.unit))
    return str(ROLES.get(one.role, one.role))
