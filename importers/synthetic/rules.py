"""Contracts and limits of the invented units: who may be chosen, and how many may be listed there."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from importers.synthetic.units import Unit
from listing.rules.days import months_later

Row = dict[str, str]

LISTING_TYPES = {
    "health-centre": "health-centre",
    "child-health": "child-health-centre",
    "midwife": "midwifery",
    "rehab": "rehabilitation",
}
"""Kind of unit -> the register that it has."""

LIMITED = {"queue": 0.8, "closed": 0.9}
"""The share with a decided limit of the units that say so themselves."""

LIMIT_MONTHS = 6
"""The longest that every region's rules allow."""


def contract_rows(unit: Unit, rng: Random, on: date) -> Iterator[Row]:
    """The contract of a unit with a register of its own, or the assignment of one that the region runs."""
    listing_type = LISTING_TYPES.get(unit.kind.key)
    if listing_type is None or unit.row.get("status") == "closed":
        return
    began = date(on.year - rng.randint(1, 8), rng.choice((1, 4, 7, 10)), 1)
    own = unit.row.get("ownership") == "1"
    row = {
        "type": "contract",
        "hsa_id": unit.row["hsa_id"],
        "listing_type": listing_type,
        "valid_from": began.isoformat(),
        "decision_reference": f"{'Uppdrag' if own else 'Avtal'} {began.year}-{rng.randint(100, 999)}",
    }
    if not own and rng.random() < 0.3:
        row["valid_to"] = date(on.year + rng.randint(1, 4), 12, 31).isoformat()
    yield row


def limit_rows(unit: Unit, rng: Random, on: date) -> Iterator[Row]:
    """A limit for most of the health centres that have a queue or are closed to new people."""
    if unit.kind.key != "health-centre" or unit.row.get("status") == "closed":
        return
    if rng.random() >= LIMITED.get(unit.row.get("listing_status", ""), 0.0):
        return
    first = months_later(on.replace(day=1), -rng.randint(0, LIMIT_MONTHS - 1))
    yield {
        "type": "limit",
        "hsa_id": unit.row["hsa_id"],
        "listing_type": "health-centre",
        "valid_from": first.isoformat(),
        "valid_to": (months_later(first, LIMIT_MONTHS) - timedelta(days=1)).isoformat(),
        "decision_reference": f"Påhittat beslut {first.year}/{rng.randint(100, 999)}",
        "decided_by": "Påhittad nämnd",
        "places": str(rng.randrange(3_500, 14_001, 100)),
    }
