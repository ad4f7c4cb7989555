"""Whoever was listed beyond a limit was exempt by the region's own rule, and the registers prove it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bench.storm.checks import Finding
from bench.storm.population import Human
from bench.storm.record import Record
from bench.storm.world import Unit
from listing.policy.model import Policy


def proved(
    record: Record, units: Sequence[Unit], people: Sequence[Human], policies: Mapping[str, Policy]
) -> Finding:
    """Each exemption in the register has its ground, as the world was made before the storm.

    Who was listed where is taken from all that was ever listed: guardians and households come and go.
    """
    regions = {unit.id: unit.region for unit in units}
    known = {human.id: human for human in people}
    ever: dict[int, set[int]] = defaultdict(set)
    for listing in record.listings.values():
        ever[listing.unit].add(listing.person)
    problems, looked = [], 0
    for listing in record.listings.values():
        if listing.exemption is None:
            continue
        looked += 1
        person = known[listing.person]
        has = {
            "newborn-of-listed-guardian": person.newborn and bool(person.guardians & ever[listing.unit]),
            "same-household": bool(person.housemates & ever[listing.unit]),
            "special-housing": person.special_housing == listing.unit,
            "moved-in": person.moved_in,
        }
        accepted = policies[regions[listing.unit]].cap_exemptions.codes
        if listing.exemption not in accepted or not has.get(listing.exemption, False):
            problems.append(
                f"listing {listing.id} at unit {listing.unit}: {listing.exemption} without ground"
            )
    return Finding("each exemption is one of the region's, and proved by the registers", looked, problems)
