"""Only units with a valid contract on the day can be chosen."""

from datetime import date, timedelta

import pytest

from listing.rules.contract import Period, ends_on, listable

DAY = date(2026, 5, 10)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("contracts", "because"),
    [
        ([YEAR], "contract"),
        ([Period(None)], "contract"),
        ([Period(DAY)], "contract"),
        ([Period(None, DAY)], "contract-ended"),
        ([Period(None, DAY + timedelta(days=1))], "contract"),
        ([Period(DAY + timedelta(days=1))], "contract-not-begun"),
        ([Period(None, DAY), Period(DAY + timedelta(days=9))], "contract-not-begun"),
        ([Period(None, DAY), Period(DAY)], "contract"),
        ([], "no-contract"),
    ],
)
def test_a_contract_must_hold_on_the_day(contracts: list[Period], because: str) -> None:
    found = listable(contracts, DAY)
    assert found.because == because
    assert found.allowed == (because == "contract")


def test_when_it_begins_is_told() -> None:
    later = [Period(DAY + timedelta(days=20)), Period(DAY + timedelta(days=5), DAY + timedelta(days=9))]
    assert listable(later, DAY).arguments == {"first": DAY + timedelta(days=5)}


def test_a_unit_that_is_closed_or_closing_takes_nobody_new() -> None:
    assert listable([YEAR], DAY, open_unit=False).because == "unit-closed"
    closing = listable([YEAR], DAY, closes_on=date(2026, 9, 1))
    assert (closing.because, closing.arguments) == ("unit-closing", {"closes": date(2026, 9, 1)})


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        ([YEAR], date(2027, 1, 1)),
        ([Period(None)], None),
        ([], None),
        ([YEAR, Period(date(2027, 1, 1), date(2028, 1, 1))], date(2028, 1, 1)),
        ([YEAR, Period(date(2027, 1, 1))], None),
        ([YEAR, Period(date(2027, 2, 1))], date(2027, 1, 1)),
        ([Period(date(2027, 1, 1))], None),
    ],
)
def test_the_day_from_which_there_is_none(contracts: list[Period], expected: date | None) -> None:
    assert ends_on(contracts, DAY) == expected
    assert ends_on(contracts[::-1], DAY) == expected
