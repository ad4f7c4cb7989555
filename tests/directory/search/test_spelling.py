"""How far a word may be from the one that was meant."""

from hypothesis import given
from hypothesis import strategies as st

from directory.search.spelling import Near, Speller, allowed_edits, nearest

LETTERS = st.text("abcdefghijklmnoprstuvåäö", min_size=4, max_size=14)


def within(word: str, known: list[str]) -> list[Near]:
    """What of these is nearest to the very word."""
    return Speller(known).nearest(word)


def test_edits_grow_with_length() -> None:
    assert [allowed_edits(w) for w in ("vc", "bvc", "lund", "krokslat", "4139", "ptrk")] == [0, 0, 1, 2, 0, 0]


def test_only_the_nearest_are_given() -> None:
    assert [n.word for n in within("molndal", ["molndal", "molndel", "arendal"])] == ["molndal"]
    assert within("lundd", ["lund"])[0].edits == 1
    assert within("lnud", ["lund"])[0].edits == 1
    assert within("vardcentarl", ["vardcentral"])[0].edits == 1
    assert within("qwrtzx", ["vardcentral"]) == []


@given(LETTERS, st.data())
def test_one_lost_letter_is_always_found(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    typed = word[:at] + word[at + 1 :]
    found = within(typed, [word])
    begins_right = len(typed) > 4 or typed[0] == word[0]
    assert bool(found) == (allowed_edits(typed) > 0 and begins_right)


def test_a_slip_does_not_hide_an_ending() -> None:
    """The stemmer takes *nordtsan* for a form of *nord*, and leaves *cityläkrrna* as it is."""
    known = ["nordst", "citylak", "vardcentral"]
    for typed, meant in [
        ("nordtsan", "nordst"),
        ("cityläkrrna", "citylak"),
        ("vårdcntralarna", "vardcentral"),
    ]:
        assert [near.word for near in nearest(typed, known)] == [meant]
    assert nearest("flurbknåckelen", known) == []


@given(LETTERS, st.lists(LETTERS, max_size=12), st.lists(LETTERS, max_size=12), st.data())
def test_words_that_come_later_are_as_good(
    typed: str, first: list[str], later: list[str], data: st.DataObject
) -> None:
    nearby = data.draw(st.sampled_from([typed[1:], typed[:-2], typed + "a", typed[1] + typed[0] + typed[2:]]))
    grown = Speller(first).with_more([*later, nearby])
    assert set(grown) == {*first, *later, nearby}
    for word in (typed, nearby):
        assert grown.nearest(word) == Speller([*first, *later, nearby]).nearest(word)
    assert grown.with_more(first) is grown
