"""The clock: UTC instants, Swedish dates, and a frozen moment that ends with its block."""

from datetime import UTC, date, datetime

import pytest

from core import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_today_is_the_date_in_sweden() -> None:
    with clock.frozen(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 1)
    with clock.frozen(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 12, 31)


def test_frozen_blocks_nest_and_end() -> None:
    outer, inner = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=clock.SWEDEN)
    with clock.frozen(outer):
        with clock.frozen(inner):
            assert clock.now() == inner
        assert clock.now() == outer
    assert clock.now() > inner


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2020, 1, 1)):  # noqa: DTZ001
        pass
