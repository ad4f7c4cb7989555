"""Soft hyphens between the parts of long compounds, so that a line never ends in the middle of a syllable.

Browsers know Swedish hyphenation only on some systems; where the parts of a compound meet we know ourselves,
from the words that the search splits compounds by.
"""

import re
from functools import lru_cache

from directory.search.compounds import BINDING, lexicon

SOFT_HYPHEN = "\u00ad"
SHORTEST_WORD = 13
SHORTEST_PART = 3
_LONG_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST_WORD},}}")


def hyphenated(text: str) -> str:
    """The text with a soft hyphen between the known parts of every long word."""
    return _LONG_WORD.sub(lambda found: _word(found.group()), text)


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    parts = _parts(word.lower())
    broken, start = [], 0
    for length in parts:
        broken.append(word[start : start + length])
        start += length
    return SOFT_HYPHEN.join(broken)


def _parts(word: str) -> list[int]:
    """The lengths of the parts: all known, else what ends in a known head, else the whole word."""
    modifiers, heads, _whole = lexicon()
    known = _known(word, modifiers, heads)
    if known:
        return known
    for start in range(SHORTEST_PART, len(word) - SHORTEST_PART):
        if word[start:] in heads:
            before = _known(word[:start], modifiers, heads, may_end_bound=True)
            return [*(before or [start]), len(word) - start]
    return [len(word)]


def _known(
    word: str, modifiers: dict[str, str], heads: dict[str, str], may_end_bound: bool = False
) -> list[int]:
    is_whole = word in heads or (may_end_bound and _modifier(word, modifiers))
    longest = [len(word)] if is_whole else []
    for length in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        if _modifier(word[:length], modifiers):
            rest = _known(word[length:], modifiers, heads, may_end_bound)
            if rest and len(rest) + 1 > len(longest):
                longest = [length, *rest]
    return longest


def _modifier(part: str, modifiers: dict[str, str]) -> bool:
    return any(
        part.endswith(binding) and part[: len(part) - len(binding)] in modifiers for binding in BINDING
    )
