"""Names typed carelessly, made by chance: what nobody can have had in mind while making rules.

Each unit's name is asked for as people type it. A typed name is answered by every unit of that name; a part
of one by every unit whose name has all the words.
"""

import random
import string
from collections.abc import Callable, Iterator, Mapping

from bench.judged.judged_set import Judged, Query
from bench.judged.rules import Record
from directory.search import analysis

LETTERS = string.ascii_lowercase + "åäö"
SHORTEST = 5
"""Letters of a word that gets a slip."""

Slip = Callable[[list[str], random.Random], list[str]]


def judged(records: Mapping[str, Record], seed: int, units: int) -> list[Judged]:
    """The names of so many units in each way that fits, the same for the same seed."""
    chance = random.Random(seed)
    by_name: dict[str, set[str]] = {}
    for hsa_id, record in records.items():
        by_name.setdefault(_plain(record["name"]), set()).add(hsa_id)
    chosen = chance.sample(sorted(records), min(units, len(records)))
    return [one for hsa_id in chosen for one in _typed(records[hsa_id]["name"], by_name, chance)]


def _typed(name: str, by_name: Mapping[str, set[str]], chance: random.Random) -> Iterator[Judged]:
    words = analysis.words(name)
    for category, slip in WAYS.items():
        typed = slip(list(words), chance)
        if typed and typed != words:
            query = Query(0, category, " ".join(typed), name)
            meant = frozenset(by_name[_plain(name)])
            yield Judged(query, meant | _with_all(typed, by_name) if category in PARTS else meant)


def _with_all(typed: list[str], by_name: Mapping[str, set[str]]) -> frozenset[str]:
    asked = set(typed)
    return frozenset(
        hsa_id for name, units in by_name.items() if asked <= set(name.split()) for hsa_id in units
    )


def _plain(name: str) -> str:
    return " ".join(analysis.words(name))


def _without_diacritics(words: list[str], _: random.Random) -> list[str]:
    return [analysis.fold(word) for word in words]


def _one_slip(words: list[str], chance: random.Random) -> list[str]:
    return _slipped(words, chance, 1)


def _two_slips(words: list[str], chance: random.Random) -> list[str]:
    return _slipped(words, chance, 2)


def _slipped(words: list[str], chance: random.Random, slips: int) -> list[str]:
    """One slip each in so many long words; nothing when there are fewer."""
    long = [at for at, word in enumerate(words) if len(word) >= SHORTEST]
    if len(long) < slips:
        return []
    for at in chance.sample(long, slips):
        words[at] = _with_slip(words[at], chance)
    return words


def _with_slip(word: str, chance: random.Random) -> str:
    """A letter left out, put in, replaced, or two swapped; the first letter is right."""
    at = chance.randrange(1, len(word) - 1)
    before, here, after = word[:at], word[at], word[at + 1 :]
    return chance.choice(
        [
            before + after,
            before + chance.choice(LETTERS) + here + after,
            before + chance.choice(LETTERS) + after,
            before + after[0] + here + after[1:],
        ]
    )


def _shuffled(words: list[str], chance: random.Random) -> list[str]:
    chance.shuffle(words)
    return words


def _joined(words: list[str], _: random.Random) -> list[str]:
    return ["".join(words[:2]), *words[2:]]


def _beginning(words: list[str], _: random.Random) -> list[str]:
    return words[:2] if len(words) > 2 else []


def _without_a_word(words: list[str], chance: random.Random) -> list[str]:
    if len(words) > 2:
        del words[chance.randrange(len(words))]
        return words
    return []


WAYS: dict[str, Slip] = {
    "no diacritics": _without_diacritics,
    "one slip": _one_slip,
    "two slips": _two_slips,
    "shuffled": _shuffled,
    "joined": _joined,
    "two words": _beginning,
    "a word less": _without_a_word,
}
PARTS = frozenset(("two words", "a word less", "shuffled"))
