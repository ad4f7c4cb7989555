"""Words, stems and compound parts: the same when indexed and when asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.search import analysis
from directory.search.compounds import lexicon, split


@pytest.mark.parametrize(
    "words",
    [
        "mottagning mottagningen mottagningar mottagningarna",
        "barnmorska barnmorskan barnmorskor",
        "närhälsan närhälsans",
        "kurator kuratorn kuratorer",
        "läkare läkaren läkarna",
        "terapi terapin",
        "vårdcentral vårdcentralen vårdcentraler vårdcentralerna vårdcentralens",
        "öga ögon",
        "tand tänder",
        "dr doktor doktorn",
    ],
)
def test_inflected_forms_have_one_stem(words: str) -> None:
    assert len({analysis.stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("barnavårdscentral", ("barnavård", "central")),
        ("barnmorskemottagningen", ("barnmorska", "mottagning")),
        ("öronnäshalsmottagning", ("öron", "näsa", "hals", "mottagning")),
        ("hjärtsviktsmottagning", ("hjärtsvikt", "mottagning")),
        ("ögonläkaren", ("ögon", "läkare")),
        ("distriktssköterskemottagning", ("distriktssköterska", "mottagning")),
        ("kvinnokliniken", ("kvinna", "klinik")),
        ("äldreboende", ("äldre", "boende")),
        ("hudmottagning", ("hud", "mottagning")),
    ],
)
def test_compounds_are_split_into_known_parts(word: str, parts: tuple[str, ...]) -> None:
    assert split(word) == parts


@pytest.mark.parametrize(
    "word",
    [
        *("barnmorska", "barnmorskan", "förlossning", "högskola", "godman", "sjukhus", "sjukhuset"),
        *("hemlös", "biljett", "mottagning", "kanelbulle"),
    ],
)
def test_false_splits_are_blocked(word: str) -> None:
    assert split(word) == ()


def test_parts_include_parts_of_parts() -> None:
    assert set(analysis.parts("barnavårdscentral")) >= {analysis.stem(w) for w in ("barn", "vård", "central")}


def test_hyphen_space_and_neither_are_equal() -> None:
    assert len({analysis.squash(t) for t in ("Öron-näsa-hals", "öron näsa  hals", "ÖronNäsaHals")}) == 1
    assert analysis.words("Öron-näsa-hals & co.") == ["öron", "näsa", "hals", "co"]


def test_decomposed_letters_are_composed() -> None:
    assert analysis.words("va\u030ardcentral") == ["vårdcentral"]


def test_fold_types_without_diacritics() -> None:
    assert analysis.fold("mölndal") == "molndal"
    assert analysis.fold("idéhuset") == "idehuset"


@given(st.text(max_size=60))
def test_any_text_is_analysed_alike_in_any_case_and_twice(text: str) -> None:
    terms = analysis.terms(text)
    assert all(term.strip() for term in terms)
    assert analysis.terms(" ".join(analysis.words(text))) == terms


def test_lexicon_is_consistent() -> None:
    modifiers, heads, whole = lexicon()
    assert min(map(len, modifiers)) >= 2
    assert not whole & {modifier + head for modifier in ("ögon", "barn") for head in heads} - whole
    assert all(word == word.lower().strip() for word in (*modifiers, *heads, *whole))
