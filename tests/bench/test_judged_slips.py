"""The careless typing: repeatable, one slip where one is said, and right answers that are right."""

import random

from rapidfuzz.distance import OSA

from bench.judged import slips

RECORDS = {
    "SE1": {"name": "Närhälsan Krokslätt vårdcentral"},
    "SE2": {"name": "Capio Vårdcentral Mölndal"},
    "SE3": {"name": "Capio Vårdcentral Axess"},
    "SE4": {"name": "VC"},
}


def test_the_same_seed_types_the_same() -> None:
    assert slips.judged(RECORDS, 7, 4) == slips.judged(RECORDS, 7, 4)
    assert slips.judged(RECORDS, 7, 4) != slips.judged(RECORDS, 8, 4)


def test_a_slip_is_one_edit_and_spares_the_first_letter() -> None:
    chance = random.Random(3)
    for _ in range(500):
        typed = slips._with_slip("krokslätt", chance)
        assert typed[0] == "k"
        assert OSA.distance(typed, "krokslätt") <= 1


def test_part_of_a_name_is_answered_by_all_that_have_its_words() -> None:
    found = {one.query.text: one.acceptable for one in slips.judged(RECORDS, 1, 4)}
    assert found["capio vårdcentral"] == {"SE2", "SE3"}
    assert found["närhälsankrokslätt vårdcentral"] == {"SE1"}
    assert not any(units == {"SE4"} for units in found.values())  # nothing can be typed carelessly there
