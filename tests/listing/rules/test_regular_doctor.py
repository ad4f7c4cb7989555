"""How many a regular doctor may have."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.policy.model import RegularDoctor
from listing.rules.regular_doctor import Doctor, ceiling, may_assign

GUIDE, LIMIT = RegularDoctor(), RegularDoctor(limit="refuse")


@pytest.mark.parametrize(
    ("doctor", "expected"),
    [
        (Doctor(100), 1100),
        (Doctor(75), 825),
        (Doctor(33), 363),
        (Doctor(0), 0),
        (Doctor(100, trainee=True), 550),
        (Doctor(50, trainee=True), 275),
        (Doctor(50, ceiling=900), 900),
        (Doctor(100, ceiling=0), 0),
    ],
)
def test_ceiling(doctor: Doctor, expected: int) -> None:
    assert ceiling(GUIDE, doctor) == expected


@pytest.mark.parametrize(
    ("rule", "doctor", "assigned", "allowed", "because", "warnings"),
    [
        (GUIDE, Doctor(100), 1099, True, "doctor-has-room", ()),
        (GUIDE, Doctor(100), 1100, True, "over-guide", ("over-guide",)),
        (LIMIT, Doctor(100), 1099, True, "doctor-has-room", ()),
        (LIMIT, Doctor(100), 1100, False, "guide", None),
        (GUIDE, Doctor(100, ceiling=10), 10, False, "ceiling", None),
        (LIMIT, Doctor(100, ceiling=2000), 1999, True, "doctor-has-room", ()),
    ],
)
def test_a_guide_warns_and_a_limit_refuses(
    rule: RegularDoctor, doctor: Doctor, assigned: int, allowed: bool, because: str, warnings: Any
) -> None:
    found = may_assign(rule, doctor, assigned)
    assert (found.allowed, found.because) == (allowed, because)
    assert getattr(found, "warnings", None) == warnings


def test_a_doctor_of_another_unit_cannot_be_chosen() -> None:
    assert may_assign(GUIDE, Doctor(100), 0, same_unit=False).because == "doctor-elsewhere"


@given(st.integers(0, 100), st.integers(0, 2000), st.booleans())
def test_working_less_never_means_more_people(percent: int, assigned: int, trainee: bool) -> None:
    more, less = Doctor(100, trainee), Doctor(percent, trainee)
    assert ceiling(GUIDE, less) <= ceiling(GUIDE, more)
    if may_assign(LIMIT, less, assigned).allowed:
        assert may_assign(LIMIT, more, assigned).allowed
