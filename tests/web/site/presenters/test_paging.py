"""Which pages are linked to."""

from hypothesis import given
from hypothesis import strategies as st

from web.site.presenters.paging import paging


def test_first_last_and_the_neighbours() -> None:
    assert paging(2000, 20, 50).links == (1, None, 49, 50, 51, None, 100)
    assert paging(100, 20, 3).links == (1, 2, 3, 4, 5)
    assert paging(0, 20, 1).links == (1,)


@given(st.integers(0, 100_000), st.integers(1, 100), st.integers(1, 5_000))
def test_links_rise_and_every_gap_hides_at_least_two(total: int, limit: int, page: int) -> None:
    answer = paging(total, limit, page)
    numbers = [n for n in answer.links if n is not None]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    assert numbers[-1] == answer.pages
    for before, gap, after in zip(answer.links, answer.links[1:], answer.links[2:], strict=False):
        if gap is None and before is not None and after is not None:
            assert after - before > 2
    assert answer.next is None or 1 < answer.next <= answer.pages
    assert answer.previous is None or 1 <= answer.previous <= answer.pages
