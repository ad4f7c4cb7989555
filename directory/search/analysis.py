"""Swedish words for search: one analysis, the same when a unit is indexed and when a question is asked.

A text becomes words (lower case, NFC, punctuation gone, hyphens as spaces). A word becomes index terms of
four forms, told apart by a first character, from the surest to the loosest:

- `=vårdcentralen`  the word as written,
- `vårdcentral`     its stem, so that definite and plural forms meet,
- `~vardcentral`    the stem without diacritics, for keyboards without å, ä and ö,
- `+vård`           the stem of each part of a compound (`compounds.py`).
"""

import re
import threading
import unicodedata
from functools import lru_cache

from Stemmer import Stemmer

from directory.search.compounds import split
from directory.search.words import word_list

WORD, STEM, FOLD, PART = "=", "", "~", "+"

STOP_WORDS = word_list("stop_words")
"""Words that say nothing of what is sought. A question of nothing else has no words at all."""

_TOKEN = re.compile(r"[^\W_]+")
_IRREGULAR = {
    "dr": "doktor",
    "södra": "söder",
    "norra": "norr",
    "västra": "väster",
    "östra": "öster",
    "fot": "fötter",
    "foten": "fötter",
    "handen": "hand",
    "händer": "hand",
    "öga": "ögon",
    "ögat": "ögon",
    "öra": "öron",
    "örat": "öron",
    "tänder": "tand",
    "tänderna": "tand",
}
# The snowball stemmer leaves the definite -n on words that end in -a, -tor and the learned -i.
_DEFINITE = ("an", "torn", "terapin", "iatrin", "ologin", "ografin", "opedin", "irurgin")
_GENITIVE = tuple(ending + "s" for ending in _DEFINITE)
_LOOSE_ENDINGS = ("arna", "erna", "orna", "na", "en", "et", "an", "ar", "er", "or", "n", "s", "a")
_SHORTEST_CUT = 5
_LOCAL = threading.local()
KNOWN_WORDS = 30_000
"""Words that a process remembers the terms of, under 1 kB each: others' nonsense must not fill its memory."""
LONGEST_WORD = 64
"""Beyond this a word is cut; no name or text of care has one so long."""


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case and NFC."""
    found = _TOKEN.findall(unicodedata.normalize("NFC", text).lower())
    return found if len(text) <= LONGEST_WORD else [word[:LONGEST_WORD] for word in found]


@lru_cache(maxsize=KNOWN_WORDS)
def fold(word: str) -> str:
    """The word without diacritics: å, ä and ö as a, a and o, é as e, ø and æ as o and a."""
    plain = word.translate(_LETTERS)
    if plain.isascii():
        return plain
    return _without_marks(plain)


def _without_marks(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))


# What nearly all words need is one step; what is left is taken apart.
_LETTERS = {number: _without_marks(chr(number)) for number in range(0xC0, 0x250)} | str.maketrans(
    {"ø": "o", "æ": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d"}
)


@lru_cache(maxsize=KNOWN_WORDS)
def stem(word: str) -> str:
    """The word's stem. Stemmed twice: kuratorer, kuratorn and kurator meet only then."""
    word = _IRREGULAR.get(word, word)
    word = word[:-1] if len(word) > 6 and word.endswith(_GENITIVE) else word
    word = word[:-1] if len(word) > 5 and word.endswith(_DEFINITE) else word
    root: str = _stemmer().stemWord(word)
    again: str = _stemmer().stemWord(root)
    return again if len(again) >= 4 else root


def loose_stems(word: str) -> tuple[str, ...]:
    """What the stem of a misspelt word may be, folded, its own stem first.

    A slip in the ending hides it from the stemmer, and one elsewhere can look like an ending: nordtsan, for
    nordstan, is no "nord". So each ending is also taken for what it seems.
    """
    folded = fold(word)
    cut = [folded.removesuffix(end) for end in _LOOSE_ENDINGS if folded.endswith(end)]
    return tuple(dict.fromkeys((fold(stem(word)), folded, *(s for s in cut if len(s) >= _SHORTEST_CUT))))


@lru_cache(maxsize=KNOWN_WORDS)
def parts(word: str) -> tuple[str, ...]:
    """The stems of the parts of a compound, and of their own parts; empty for a word that is not one."""
    found = [part for outer in split(word) for part in (outer, *split(outer))]
    return tuple(dict.fromkeys(stem(part) for part in found))


@lru_cache(maxsize=KNOWN_WORDS)
def forms(word: str) -> tuple[str, ...]:
    """Every index term of one word."""
    root = stem(word)
    return (WORD + word, STEM + root, FOLD + fold(root), *(PART + part for part in parts(word)))


def terms(text: str) -> set[str]:
    """Every index term of a text."""
    return {term for word in words(text) for term in forms(word)}


def key(text: str) -> str:
    """Stems joined by spaces: equal for texts that differ only in case, punctuation and inflection."""
    return " ".join(stem(word) for word in words(text))


def whole(name: str) -> tuple[str, str]:
    """A whole name as one term, its words as they stand and in order of the alphabet; without diacritics.

    Equal in one of them for *Borås Vårdcentral* and *vardcentral boras*, and for names that differ in spaces.
    """
    folded = [fold(word) for word in words(name)]
    return "".join(folded), " ".join(sorted(folded))


def squash(text: str) -> str:
    """All words as one: equal for "öron-näsa-hals", "öron näsa hals" and "öronnäsahals"."""
    return "".join(words(text))


def _stemmer() -> Stemmer:
    # A stemmer holds working memory, so threads may not share one.
    stemmer: Stemmer | None = getattr(_LOCAL, "stemmer", None)
    if stemmer is None:
        stemmer = _LOCAL.stemmer = Stemmer("swedish", 0)
    return stemmer
