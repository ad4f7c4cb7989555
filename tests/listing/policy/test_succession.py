"""Periods that give way to others: every day is kept exactly once or taken."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from listing.policy.succession import Days, ended

ZERO = date(2026, 1, 1)
ALL = [ZERO + timedelta(days=n) for n in range(-3, 24)]


def _periods() -> st.SearchStrategy[Days]:
    first = st.none() | st.integers(0, 19)
    return st.tuples(first, st.none() | st.integers(1, 20)).map(
        lambda drawn: Days(
            None if drawn[0] is None else ZERO + timedelta(days=drawn[0]),
            None if drawn[1] is None else ZERO + timedelta(days=(drawn[0] or 0) + drawn[1]),
        )
    )


def _holds(days: Days, day: date) -> bool:
    return (days.first is None or days.first <= day) and (days.until is None or day < days.until)


@given(_periods(), _periods())
def test_what_is_left_is_what_the_other_does_not_take(one: Days, other: Days) -> None:
    left = one.without(other)
    for day in ALL:
        assert sum(_holds(piece, day) for piece in left) == (_holds(one, day) and not _holds(other, day))
    assert one.meets(other) == other.meets(one)
    assert one.meets(other) == (left != (one,))


@given(_periods(), st.sampled_from(ALL))
def test_what_is_ended_keeps_its_past_and_nothing_else(days: Days, today: date) -> None:
    kept = ended(days, today)
    for day in ALL:
        assert (kept is not None and _holds(kept, day)) == (_holds(days, day) and day < today)
