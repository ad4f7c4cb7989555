"""Splitting Swedish compounds against a lexicon: barnavårdscentral = barna + vårds + central.

A word is split only when the whole of it is known modifiers followed by a known last part, possibly
inflected; the longest modifier that leaves a whole rest wins. A modifier may carry a binding letter. What
must not be split (barnmorska is no "morska") is listed, alone or as part of a longer word.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

LEXICON = Path(__file__).parent / "data" / "compounds.tsv"
BINDING = ("", "s", "e", "o", "a")
ENDINGS = (
    "",
    "s",
    "n",
    "ns",
    "na",
    "en",
    "ens",
    "et",
    "ets",
    "er",
    "ers",
    "erna",
    "ar",
    "arna",
    "or",
    "orna",
)
ENDINGS_AFTER_A = ("an", "ans", "or", "orna")
ENDINGS_AFTER_E = ("en", "ens", "es", "ar", "arna")
MIN_LENGTH = 6
MOST_SPLIT = 30_000
"""Words that a process remembers the parts of: others' nonsense must not fill its memory."""


@cache
def lexicon() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Modifiers and heads, each form with its basic word, and the words that are never split."""
    modifiers: dict[str, str] = {}
    heads: dict[str, str] = {}
    whole: set[str] = set()
    for role, form, word in _rows():
        if role == "modifier":
            modifiers[form] = word
        elif role == "head":
            heads.update((inflected, word) for inflected in _inflections(form))
        else:
            whole.update(_inflections(form))
    return modifiers, heads, frozenset(whole)


@lru_cache(maxsize=MOST_SPLIT)
def split(word: str) -> tuple[str, ...]:
    """The basic words that a compound is made of; empty when the word is not a known compound."""
    modifiers, heads, whole = lexicon()
    if len(word) < MIN_LENGTH or word in whole:
        return ()
    found = _split(word, modifiers, heads)
    return found if len(found) > 1 else ()


def _split(word: str, modifiers: dict[str, str], heads: dict[str, str]) -> tuple[str, ...]:
    for modifier, rest in _beginnings(word, modifiers):
        if rest in heads:
            return modifier, heads[rest]
        deeper = _split(rest, modifiers, heads)
        if deeper:
            return modifier, *deeper
    return ()


def _beginnings(word: str, modifiers: dict[str, str]) -> Iterator[tuple[str, str]]:
    for length in range(len(word) - 2, 1, -1):
        beginning = word[:length]
        for binding in BINDING:
            if beginning.endswith(binding):
                basic = modifiers.get(beginning.removesuffix(binding) if binding else beginning)
                if basic is not None:
                    yield basic, word[length:]
                    break


def _inflections(form: str) -> Iterator[str]:
    for ending in ENDINGS:
        yield form + ending
    if form[-1] in "ae":
        for ending in ENDINGS_AFTER_A if form.endswith("a") else ENDINGS_AFTER_E:
            yield form[:-1] + ending


def _rows() -> Iterator[tuple[str, str, str]]:
    for line in LEXICON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            role, form, *word = line.split("\t")
            yield role, form, word[0] if word and word[0] else form
