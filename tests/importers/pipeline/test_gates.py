"""A file that looks broken is refused before anything is applied."""

import pytest

from importers.pipeline import gates


@pytest.mark.parametrize(
    ("rejected", "read", "limit", "refused"),
    [
        (0, 0, 10, False),
        (0, 100, 0, False),
        (10, 100, 10, False),
        (11, 100, 10, True),
        (1, 100, 0, True),
        (1, 1, 99, True),
        (1, 1, 100, False),
        (101, 1000, 10.5, False),
    ],
)
def test_rejected_rows(rejected: int, read: int, limit: float, refused: bool) -> None:
    refusal = gates.too_many_rejected(rejected, read, limit)
    assert (refusal is not None) is refused
    if refusal:
        assert refusal.code == "too-many-rejected"
        assert "--max-rejected" in refusal.message


@pytest.mark.parametrize(
    ("closing", "listed", "refused"), [(0, 0, False), (1, 10, False), (2, 10, True), (11, 100, True)]
)
def test_closures(closing: int, listed: int, refused: bool) -> None:
    refusal = gates.too_many_closures(closing, listed)
    assert (refusal is not None) is refused
    if refusal:
        assert refusal.code == "too-many-closures"
        assert "--allow-closures" in refusal.message
