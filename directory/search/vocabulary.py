"""The words that people use for services and types of unit, looked up by phrase."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from directory.search import analysis

LONGEST_PHRASE = 6
SHORTEST_FOLDED = 4
"""Shorter words mean too many things without their diacritics."""


@dataclass(frozen=True)
class Vocabulary:
    """Phrases in basic form, each with what it may mean as `system:code`, in the systems' own order."""

    by_key: dict[str, tuple[str, ...]]
    by_fold: dict[str, tuple[str, ...]]
    by_squash: dict[str, tuple[str, ...]]
    single_words: dict[str, str]
    """Folded one-word phrases, for spelling: folded word -> word."""
    phrases: tuple[tuple[str, str, str], ...]
    """(folded phrase, what it may mean, phrase), sorted, for beginnings."""

    def beginning_with(self, typed: str) -> list[tuple[str, str]]:
        """Meanings of the phrases that begin with these letters, each with its shortest such phrase."""
        start = analysis.fold(typed)
        first = bisect_left(self.phrases, (start, "", ""))
        found = list(takewhile(lambda phrase: phrase[0].startswith(start), self.phrases[first:]))
        meanings: dict[str, str] = {}
        for _, term, phrase in sorted(found, key=lambda each: (len(each[2]), each[2])):
            meanings.setdefault(term, phrase)
        return list(meanings.items())

    def services(self, words: Sequence[str]) -> tuple[str, ...]:
        """The services that these words together may mean; empty when they are no known phrase.

        Inflection and hyphens do not matter; diacritics do not when nothing fits with them.
        """
        key = " ".join(map(analysis.stem, words))
        found = self.by_key.get(key) or self.by_squash.get(analysis.stem("".join(words)))
        if not found and len(key) >= SHORTEST_FOLDED:
            found = self.by_fold.get(analysis.fold(key))
        return found or ()


def vocabulary(terms: Iterable[tuple[str, str]]) -> Vocabulary:
    """The vocabulary of (`system:code`, word or phrase)."""
    by_key: dict[str, dict[str, None]] = defaultdict(dict)
    by_fold: dict[str, dict[str, None]] = defaultdict(dict)
    by_squash: dict[str, dict[str, None]] = defaultdict(dict)
    single: dict[str, str] = {}
    phrases: set[tuple[str, str, str]] = set()
    for code, term in terms:
        key = analysis.key(term)
        if not key:
            continue
        phrases.add((analysis.fold(" ".join(analysis.words(term))), code, term))
        by_key[key][code] = None
        by_fold[analysis.fold(key)][code] = None
        by_squash[analysis.stem(analysis.squash(term))][code] = None
        if len(words := analysis.words(term)) == 1:
            single.setdefault(analysis.fold(analysis.stem(words[0])), words[0])
    return Vocabulary(_fixed(by_key), _fixed(by_fold), _fixed(by_squash), single, tuple(sorted(phrases)))


def _fixed(phrases: dict[str, dict[str, None]]) -> dict[str, tuple[str, ...]]:
    return {phrase: tuple(codes) for phrase, codes in phrases.items()}
