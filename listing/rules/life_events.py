"""What has happened to a person between two statements of the population register, and which is the older.

Sources: folkbokföringslagen (1991:481) 6 and 18-22 §§ (who is registered, and when one is no more),
folkbokföringslagen 16 § and offentlighets- och sekretesslagen (2009:400) 22 kap. 1 § (protection). A register
tells of a person as a whole and says beside it what happened; here the difference decides, so that a
statement that comes twice tells of nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from listing.policy.model import MovedIn

LifeEvent = Literal[
    "born",
    "moved-in",
    "moved",
    "moved-region",
    "died",
    "emigrated",
    "deregistered",
    "identity-changed",
    "protected",
    "protection-lifted",
]
ENDS: dict[LifeEvent, str] = {"died": "deceased", "emigrated": "emigrated", "deregistered": "deregistered"}
"""Events that end what a person has here, and the reason that the listing's end is given."""

_GONE: dict[str, LifeEvent] = {"AV": "died", "UV": "emigrated"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What matters of one statement. `address` is anything that differs when the address does."""

    registered: bool
    reason: str | None
    deregistered_on: date | None
    region: str | None
    municipality: str | None
    address: tuple[str | None, ...]
    protection: str


@dataclass(frozen=True, slots=True)
class Kept:
    """When the register's own statements are from: what it kept of the time beside the facts."""

    stated_at: datetime | None
    registered_since: date | None
    moved_on: date | None


def happened(before: Facts | None, now: Facts, told: str | None) -> tuple[LifeEvent, ...]:
    """What the difference is, in the order in which it is carried out. `told` is the register's own word.

    A person who is heard of for the first time is born or has moved in only when the register says so.
    """
    if before is None:
        return {"born": ("born",), "immigrated": ("moved-in",)}.get(told or "", ())  # type: ignore[return-value]
    events: list[LifeEvent] = []
    if now.protection != before.protection:
        events.append("protection-lifted" if now.protection == "none" else "protected")
    if not now.registered:
        if now.reason != before.reason:
            events.append(_GONE.get(now.reason or "", "deregistered"))
    elif not before.registered:
        events.append("moved-in")
    elif now.region and before.region and now.region != before.region:
        events.append("moved-region")
    elif "none" == before.protection == now.protection and _moved(before, now):
        events.append("moved")
    return tuple(events)


def _moved(before: Facts, now: Facts) -> bool:
    """An address that is heard of for the first time is no move."""
    if before.municipality and now.municipality and before.municipality != now.municipality:
        return True
    return any(before.address) and any(now.address) and before.address != now.address


def older(
    before: Facts, kept: Kept, now: Facts, told: str | None, day: date | None, stated_at: datetime | None
) -> bool:
    """Whether a statement is older than what is known already, so that it must change nothing.

    By when the register wrote it, where both times are known. Otherwise by the days: nobody lives again, or
    is back in the country, by what happened before; a move before the last one is not the last.
    """
    if stated_at is not None and kept.stated_at is not None:
        return stated_at < kept.stated_at
    if now.registered and not before.registered:
        if before.reason == "AV":
            return told != "corrected"
        return told != "immigrated" and day is not None and _not_after(day, before.deregistered_on)
    if not now.registered and before.registered:
        return _not_after(now.deregistered_on, kept.registered_since)
    return told == "moved" and day is not None and kept.moved_on is not None and day < kept.moved_on


def _not_after(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day <= other


def ends_by_move(
    event: LifeEvent, unit_region: str, new_region: str | None, unit_rule: MovedIn, new_rule: MovedIn
) -> bool:
    """Whether a listing ends because its person has moved; what the regions' rules do not end stands.

    A choice stands across regions by patientlagen (2014:821) 9 kap. 1 § unless a region has decided
    otherwise: the one that is left, for its own units (`out_of_region`), or the new one (`into_region`).
    """
    if event == "moved":
        return unit_rule.within_region == "allocate"
    if event != "moved-region" or unit_region == new_region:
        return False
    return unit_rule.out_of_region == "end" or new_rule.into_region == "allocate"
