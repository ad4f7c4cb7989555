"""The words that people use for services and types of unit, looked up by phrase."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from directory.search import analysis
from directory.search.attributes import Attributes, attributes
from directory.search.beginnings import Beginnings
from directory.search.compounds import split
from directory.search.spelling import Speller
from directory.search.stating import Stating, stating

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
    phrases: Beginnings[tuple[str, str]]
    """Folded phrase -> what it may mean and the phrase, "" for a misspelling: what is still being typed."""
    by_parts: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """Compounds of one word, by the basic words of their parts."""
    stating: Stating = field(default_factory=lambda: stating(()))
    """What unit names and texts that use these phrases state."""
    speller: Speller = field(default_factory=lambda: Speller(()))
    """The keys of `single_words`."""
    kin: dict[str, frozenset[str]] = field(default_factory=dict)
    """What the label of each meaning names besides it."""
    attributes: Attributes = field(default_factory=Attributes)
    """What is asked of units besides service, place and time."""

    def services(self, words: Sequence[str]) -> tuple[str, ...]:
        """The services that these words together may mean; empty when they are no known phrase.

        Inflection and hyphens do not matter; diacritics do not when nothing fits with them.
        """
        key = " ".join(map(analysis.stem, words))
        found = self.by_key.get(key)
        if not found and not _ends_loosely(words):
            found = self.by_squash.get(analysis.stem("".join(words)))
        if not found and len(key) >= SHORTEST_FOLDED:
            found = self.by_fold.get(analysis.fold(key))
        if not found and len(words) == 1 and (made_of := split(words[0])):
            found = self.by_parts.get(made_of)
        return found or ()

    def related(self, words: Sequence[str]) -> tuple[str, ...]:
        """The services that parts of these words name, or parts of the labels of what they mean.

        Vaccination for "coronavaccin" and for "TBE", which is called vaccination against it.
        """
        services = self.services(words)
        stated = self.stating.by_name(" ".join(words))
        named = stated.wholly | stated.partly
        named = named.union(*(self.kin.get(service, ()) for service in services))
        return tuple(sorted(named.difference(services)))


def _ends_loosely(words: Sequence[str]) -> bool:
    """Whether the words begin or end with one that says nothing: "vc i" is not a way to write "vci"."""
    return len(words) > 1 and not analysis.STOP_WORDS.isdisjoint((words[0], words[-1]))


def vocabulary(
    terms: Iterable[tuple[str, str]],
    names: Iterable[tuple[str, str]] | None = None,
    languages: Iterable[tuple[str, str]] = (),
    misspellings: Collection[str] = frozenset(),
) -> Vocabulary:
    """The vocabulary of (`system:code`, word or phrase).

    `names` are those of them by which units call what they do; all of them unless given. How people put it
    (doktor, hem, tand) is no proof that a unit of that name does it. `languages` are (code, name).
    `misspellings` are phrases that are read and never shown.
    """
    terms = list(terms)
    by_parts: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
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
            single.setdefault(analysis.fold(words[0]), words[0])
            if made_of := split(words[0]):
                by_parts[made_of][code] = None
    names = terms if names is None else list(names)
    says = stating(names)
    labels: dict[str, str] = {}
    for code, term in names:
        labels.setdefault(code, term)
    return Vocabulary(
        _fixed(by_key),
        _fixed(by_fold),
        _fixed(by_squash),
        single,
        Beginnings(
            (folded, (code, "" if term in misspellings else term)) for folded, code, term in sorted(phrases)
        ),
        _fixed(by_parts),
        says,
        Speller(single),
        {code: _named(says, label) - {code} for code, label in labels.items()},
        attributes(languages),
    )


def _named(says: Stating, label: str) -> frozenset[str]:
    stated = says.by_name(label)
    return stated.wholly | stated.partly


Key = TypeVar("Key")


def _fixed(phrases: dict[Key, dict[str, None]]) -> dict[Key, tuple[str, ...]]:
    return {phrase: tuple(codes) for phrase, codes in phrases.items()}
