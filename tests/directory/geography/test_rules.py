"""How far outside its municipality a position may lie."""

import pytest

from directory.geography.rules import is_misplaced


@pytest.mark.parametrize(
    ("distance", "lies_in", "precision", "misplaced"),
    [
        (250.0, "0180", "official", False),
        (251.0, "0180", "official", True),
        (2_000.0, None, "official", False),
        (2_001.0, None, "official", True),
        (29_000.0, "0180", "approximate", False),
        (31_000.0, None, "approximate", True),
    ],
)
def test_tolerance(distance: float, lies_in: str | None, precision: str, misplaced: bool) -> None:
    assert is_misplaced(distance, lies_in, precision) is misplaced
