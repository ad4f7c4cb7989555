"""Moments of twenty years, all nights on which clocks change among them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(lambda minutes: _FIRST + timedelta(minutes=minutes))
