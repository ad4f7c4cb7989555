"""Which services a unit's names and texts state, by the words of the code systems.

Most units carry few codes or none, but are called what they do: "Folktandvården Kävlinge",
"Barnögonmottagningen", "VaccinDirekt Lund". What is stated in whole words is told apart from what only a
part of a word says, because a part misleads more often ("idrottsmedicin" is no internal medicine).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from directory.search import analysis
from directory.search.compounds import split

LONGEST = 6
SHORTEST_BEGINNING = 6
"""Shorter words begin too many others."""
SHORTEST_IN_TEXT = 3
"""In running text an abbreviation of two letters is more often something else."""


@dataclass(frozen=True)
class Stated:
    """`system:code` of what is said in whole words, and of what parts of words say besides."""

    wholly: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Stating:
    """Phrases in basic form, each with what it states."""

    phrases: dict[str, frozenset[str]] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    """One-word phrases as written, without diacritics, for what longer words begin with."""
    compounds: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    """One-word phrases by their parts, for compounds within longer ones."""
    sets: dict[str, tuple[tuple[frozenset[str], frozenset[str]], ...]] = field(default_factory=dict)
    """Phrases of several words by their first: a name may have them in any order."""

    def by_name(self, name: str) -> Stated:
        """What a name states."""
        words = analysis.words(name)
        stems = [analysis.stem(word) for word in words]
        wholly = self._phrases(stems)
        known = set(stems)
        for word in known:
            for phrase, states in self.sets.get(word, ()):
                if phrase <= known:
                    wholly |= states
        partly = {code for word in words for code in self._within(word)}
        return Stated(frozenset(wholly), frozenset(partly - wholly))

    def by_text(self, text: str) -> Stated:
        """What a text states."""
        words = analysis.words(text)
        wholly = self._phrases([analysis.stem(word) for word in words], SHORTEST_IN_TEXT)
        partly = {code for word in dict.fromkeys(words) for code in self._within(word)}
        return Stated(frozenset(wholly), frozenset(partly - wholly))

    def _phrases(self, stems: Sequence[str], shortest: int = 1) -> set[str]:
        found: set[str] = set()
        for first in range(len(stems)):
            for length in range(1, min(LONGEST, len(stems) - first) + 1):
                phrase = " ".join(stems[first : first + length])
                if len(phrase) >= shortest:
                    found |= self.phrases.get(phrase, frozenset())
        return found

    def _within(self, word: str) -> frozenset[str]:
        """What parts of one word state: a compound's, or else its beginning."""
        parts = split(word)
        found: set[str] = set()
        for first in range(len(parts)):
            for last in range(first + 1, len(parts) + 1):
                found |= self.compounds.get(parts[first:last], frozenset())
            found |= self.phrases.get(analysis.stem(parts[first]), frozenset())
        if not parts:
            folded = analysis.fold(word)
            for length in range(len(folded) - 1, SHORTEST_BEGINNING - 1, -1):
                if begun := self.words.get(folded[:length]):
                    return begun
        return frozenset(found)


def stating(terms: Iterable[tuple[str, str]]) -> Stating:
    """What phrases state, of (`system:code`, phrase)."""
    phrases: dict[str, set[str]] = defaultdict(set)
    words: dict[str, set[str]] = defaultdict(set)
    compounds: dict[tuple[str, ...], set[str]] = defaultdict(set)
    sets: dict[frozenset[str], set[str]] = defaultdict(set)
    for code, term in terms:
        said = [word for word in analysis.words(term) if word not in analysis.STOP_WORDS]
        stems = [analysis.stem(word) for word in analysis.words(term)]
        if not said:
            continue
        phrases[" ".join(stems)].add(code)
        if len(stems) == 1:
            words[analysis.fold(said[0])].add(code)
            if parts := split(said[0]):
                compounds[parts].add(code)
        elif len(said) > 1:
            sets[frozenset(analysis.stem(word) for word in said)].add(code)
    by_first: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for phrase, codes in sets.items():
        by_first[min(phrase)].append((phrase, frozenset(codes)))
    return Stating(
        {key: frozenset(codes) for key, codes in phrases.items()},
        {key: frozenset(codes) for key, codes in words.items()},
        {key: frozenset(codes) for key, codes in compounds.items()},
        {first: tuple(found) for first, found in by_first.items()},
    )
