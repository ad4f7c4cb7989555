"""Cells that a spreadsheet would run."""

import pytest

from web.api.hits import _cell


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+1", "\t=1", "\r=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert _cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["+46317000000", "-12.5", "Vårdcentralen", 12, None])
def test_what_is_no_formula_stays(value: object) -> None:
    assert _cell(value) == value


def test_truth_is_written_in_lower_case() -> None:
    assert _cell(True) == "true"
