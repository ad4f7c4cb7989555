"""The formula and its weights: what it adds up, what it refuses, and what it never lets happen."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import settings as settings_module
from core.problems import Invalid
from core.settings import Settings
from directory.search import ranking, schema
from directory.search.ranking import LISTINGS, SHIPPED, Weights, parts, read, total, weights
from directory.search.relaxation import EXACT_NAME_BONUS, OPTIONAL_BONUS

SHARES = st.floats(0, 1)
METRES = st.one_of(st.none(), st.floats(0, 2e7))
LISTING = st.one_of(st.none(), st.sampled_from(LISTINGS))
OURS = read(SHIPPED)


def ranked(text: float, metres: float | None = None, listing: str | None = None, record: float = 0) -> float:
    return total(parts(OURS, text, metres, listing, record))


def test_the_example_of_the_documentation() -> None:
    found = parts(OURS, 0.9, 1250.0, "queue", 0.8)
    assert [(part.name, part.value, part.contribution) for part in found] == [
        ("text", 0.9, 0.9),
        ("distance", 0.8, 0.4),
        ("listing", 0.5, 0.002),
        ("record", 0.8, 0.0008),
    ]
    assert total(found) == pytest.approx(1.3028)
    assert total(parts(OURS, 1.0, 2500.0, "open", 1.0)) == pytest.approx(1.3383, abs=5e-5)


@given(text=st.floats(0, 2.1), metres=METRES, listing=LISTING, record=SHARES)
def test_arrays_come_to_the_same_as_numbers(
    text: float, metres: float | None, listing: str | None, record: float
) -> None:
    away = None if metres is None else np.array([metres])
    sums = ranking.text_and_distance(OURS, np.array([text]), away)
    if listing is not None:
        sums = sums + OURS.listing * ranking.LISTING_VALUES[[LISTINGS.index(listing)]]
    sums = sums + OURS.record * np.array([record])
    assert sums[0] == ranked(text, metres, listing, record)


def test_what_is_not_asked_or_not_known_adds_nothing() -> None:
    assert [part.contribution for part in parts(OURS, 0.0, None, None, 0.0)] == [0, 0, 0, 0]
    assert [part.value for part in parts(OURS, 0.5, None, None, 0.0)] == [0.5, None, None, 0.0]


def test_listing_prefers_what_takes_new_people() -> None:
    order = sorted(LISTINGS, key=lambda status: -ranked(0.5, listing=status))
    assert order == ["open", "queue", "unknown", "closed"]


@pytest.mark.parametrize("number", range(1, 10))
def test_standing_never_outweighs_the_form_of_one_word_in_a_name(number: int) -> None:
    """Of `number` words one stands as written in one unit's name and in the next lesser form in another's."""
    forms = sorted(schema.FORM_WEIGHTS.values())
    least = min(b - a for a, b in pairwise(forms)) / number
    exact = ranked(1.0, listing="closed", record=0.0)
    assert exact > ranked(1.0 - least, listing="open", record=1.0)


@given(near=st.floats(0, 2e7), far=st.floats(0, 2e7), listing=LISTING, record=SHARES)
def test_a_whole_name_is_never_passed(near: float, far: float, listing: str | None, record: float) -> None:
    """Even a former name, far away, closed and bare, against every word and every other advantage."""
    named = schema.FIELD_WEIGHTS[schema.OTHER_NAME] + EXACT_NAME_BONUS
    assert ranked(named, far, "closed") > ranked(1 + OPTIONAL_BONUS, near, listing, record)
    limit = Weights(1, ranking.MOST_BESIDE_TEXT - ranking.MOST_FOR_STANDING, 5000, 0.004, 0.001)
    strongest = total(parts(limit, 1 + OPTIONAL_BONUS, 0.0, "open", 1.0))
    assert total(parts(limit, named, None, "closed", 0.0)) > strongest


GOOD = SHIPPED.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("text = 1.0 ", "text = 0 ", "text must be above 0"),
        ("text = 1.0 ", "text = -1.0 ", "text is below 0"),
        ("text = 1.0 ", "text = true ", "text must be a number"),
        ("text = 1.0 ", "text = '1' ", "text must be a number"),
        ("text = 1.0 ", "text = nan ", "text must be a number"),
        ("text = 1.0 ", "text = inf ", "text must be a number"),
        ("text = 1.0 ", "", "lacks text"),
        ("text = 1.0 ", "text = 1.0\nboost = 3 ", "unknown boost"),
        ("half_distance = 5000 ", "half_distance = 0 ", "half_distance must be above 0"),
        ("distance = 0.5 ", "distance = 0.8 ", "whose name was asked for"),
        ("listing = 0.004 ", "listing = 0.1 ", "match worse before"),
        ("[listing]", "[listings]", r"section \[listing\] is missing"),
        ("[listing]", "[extra]\na = 1\n[listing]", "no section extra"),
        ('services = ["1502"', 'services = [1502, "1502"', "list of codes"),
        ("[weights]", "[weights", "not TOML"),
    ],
)
def test_nonsense_is_refused_in_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(Invalid, match=said) as refused:
        read(file)
    assert str(file) in refused.value.detail


def test_a_file_that_is_not_there_is_said_to_be() -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        read(Path("/nowhere/ranking.toml"))


def test_an_administrators_file_replaces_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace("distance = 0.5 ", "distance = 0.25 ", 1), "utf-8")
    monkeypatch.setenv("HITTAVARD_RANKING_FILE", str(file))
    monkeypatch.setattr(settings_module, "_settings", Settings())
    assert weights().distance == 0.25
    monkeypatch.delenv("HITTAVARD_RANKING_FILE")
    monkeypatch.setattr(settings_module, "_settings", Settings())
    assert weights() == OURS


def test_no_weight_knows_a_unit() -> None:
    """Everything that the formula may use is about words, distance, listing and the record."""
    known = {"text", "distance", "half_distance", "listing", "record", "listed_services"}
    assert set(Weights.__dataclass_fields__) == known
