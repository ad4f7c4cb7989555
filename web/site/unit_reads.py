"""What the pages for choosing a unit ask: chosen units, from where to measure, and the rules there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from directory.models import CareUnit
from directory.search import interpret
from directory.search.held.distance import geodesics
from listing.models import ListingPolicy, UnitContract
from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE, LISTING_TYPES, ListingType, PolicyInForce
from web.read_model import current_model
from web.unit_of_work import read_session

Point = tuple[float, float]


@dataclass(frozen=True)
class Origin:
    """From where distances are told: a point, and the name of the place, "" for one's own position."""

    point: Point
    name: str = ""


def origin(near: str, place: str, words: str) -> Origin | None:
    """Where the person is: the position, the place, or the place among the words. None for none of them."""
    if near:
        lat, lon = near.split(",")
        return Origin((float(lat), float(lon)))
    if not (place or words.strip()):
        return None
    known = current_model().lexicon
    part = interpret.place_named(place, known) if place else interpret.interpret(words, known).place_part
    found = part.place if part else None
    if found is None or found.lat is None or found.lon is None:
        return None
    return Origin((found.lat, found.lon), found.name)


def metres(start: Origin | None, lat: float | None, lon: float | None) -> int | None:
    """How far it is along the ground, as in a hit list; None when either end is not known."""
    if start is None or lat is None or lon is None:
        return None
    return round(float(geodesics(np.array([lat]), np.array([lon]), start.point)[0]))


def names(hsa_ids: Sequence[str]) -> dict[str, str]:
    """The names of those units that anyone may see now."""
    if not hsa_ids:
        return {}
    now = clock.now()
    rows = read_session().execute(
        select(CareUnit.hsa_id, CareUnit.name).where(
            CareUnit.hsa_id.in_(hsa_ids),
            CareUnit.published,
            CareUnit.publish_from.is_(None) | (CareUnit.publish_from <= now),
            CareUnit.publish_to.is_(None) | (CareUnit.publish_to > now),
        )
    )
    return {hsa_id: name for hsa_id, name in rows if hsa_id}


def listing_type(unit_id: int) -> ListingType:
    """What one lists for at the unit by its contract today; health centre where no contract says."""
    today = clock.today()
    found = set(
        read_session().scalars(
            select(UnitContract.listing_type).where(
                UnitContract.care_unit_id == unit_id, UnitContract.valid.contains(today)
            )
        )
    )
    return next((kind for kind in LISTING_TYPES if kind in found), HEALTH_CENTRE)


def rules(region: str, kind: ListingType) -> PolicyInForce:
    """The region's rules today."""
    return policy_for(read_session(), region, kind, clock.today())


def types_with_rules(region: str) -> tuple[ListingType, ...]:
    """What the region has rules of its own for today; health centres always, since the law has."""
    found = set(
        read_session().scalars(
            select(ListingPolicy.listing_type).where(
                ListingPolicy.region_code == region, ListingPolicy.valid.contains(clock.today())
            )
        )
    )
    return tuple(kind for kind in LISTING_TYPES if kind == HEALTH_CENTRE or kind in found)


_PUBLIC = text(
    """
    SELECT hsa_id, (SELECT lower(v.period) FROM care_unit_version v
                    WHERE v.care_unit_id = u.id AND upper_inf(v.period)) AS changed
    FROM care_unit u
    WHERE region_code IS NOT DISTINCT FROM :region AND published AND hsa_id IS NOT NULL
      AND coalesce(publish_from <= :now, true) AND coalesce(:now < publish_to, true)
    ORDER BY hsa_id
    """
)


def public_units(region: str) -> Iterable[tuple[str, datetime]]:
    """The cards of a region that anyone may see, with when each last changed."""
    session: Session = read_session()
    rows = session.execute(_PUBLIC, {"region": region, "now": clock.now()})
    return [(hsa_id, changed) for hsa_id, changed in rows if changed]
