"""Professions that somebody recorded by hand, because the catalogue lacks them: they lapse unless renewed."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from importers.synthetic.units import Unit

SHARE = 0.06
_ADDED = ("podiatrist", "counsellor", "rehab-coordinator", "DT", "LG", "AT")


def profession_rows(unit: Unit, rng: Random, on: date) -> Iterator[dict[str, str]]:
    """All professions of a unit that has one recorded by hand, that one last; nothing for other units."""
    if rng.random() >= SHARE:
        return
    hsa_id = unit.row["hsa_id"]
    added = rng.choice([code for code in _ADDED if code not in unit.professions])
    for code in unit.professions:
        yield {"hsa_id": hsa_id, "code": code, "origin": "catalogue"}
    recorded = on - timedelta(days=rng.randint(1, 150))
    yield {
        "hsa_id": hsa_id,
        "code": added,
        "origin": "manual",
        "recorded_by": "Påhittad Handläggare",
        "recorded_at": recorded.isoformat(),
        "valid_until": (recorded + timedelta(days=182)).isoformat(),
    }
