"""What a question asks besides service, place and time: a language, an owner, room on the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from directory.search import analysis
from directory.search.words import table

LONGEST = 5
SHORTEST_LANGUAGE = 4
SPOKEN = frozenset(
    {"pratar", "talar", "prata", "tala", "talande", "på", "speak", "speaks", "speaking", "in", "kan"}
)
"""After one of these the name of a language is one; alone it is when it has a Swedish ending."""
_ENDINGS = ("talande", "språkig", "språkiga", "speaking")
_LANGUAGE_LIKE = ("ska", "farsi", "dari", "tigrinja", "urdu", "hindi", "pashto", "mandarin", "arabic")


@dataclass(frozen=True)
class Asked:
    """A filter that words ask for: an argument of a search, its values (any of), and the words."""

    argument: str
    values: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Attributes:
    """Phrases that ask for something; `languages` are names of languages, each with its codes."""

    phrases: Mapping[tuple[str, ...], tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, words: Sequence[str]) -> Asked | None:
        """What the words begin by asking for."""
        for length in range(min(LONGEST, len(words)), 0, -1):
            found = self.phrases.get(tuple(words[:length]))
            if found is not None:
                return Asked(*found, tuple(words[:length]))
        return self._language(words)

    def _language(self, words: Sequence[str]) -> Asked | None:
        said = 0
        while said < min(2, len(words) - 1) and words[said] in SPOKEN:
            said += 1
        word = words[said]
        for ending in _ENDINGS:
            if word.endswith(ending) and (codes := self._codes(word.removesuffix(ending).rstrip("s"))):
                return Asked("language", codes, tuple(words[: said + 1]))
        if not said and not word.endswith(_LANGUAGE_LIKE):
            return None
        codes = self.languages.get(word, ())
        taken = said + 1
        if codes and words[taken : taken + 1] in (["talande"], ["speaking"]):
            taken += 1
        return Asked("language", codes, tuple(words[:taken])) if codes else None

    def _codes(self, start: str) -> tuple[str, ...]:
        """The language of finsk(talande), arabisk(talande)."""
        return self.languages.get(start + "a", ()) or self.languages.get(start, ())


def attributes(languages: Iterable[tuple[str, str]]) -> Attributes:
    """The shipped phrases, and languages by (code, name)."""
    codes: dict[str, dict[str, None]] = {}
    for code, name in languages:
        words = analysis.words(name)
        if len(words) == 1 and len(words[0]) >= SHORTEST_LANGUAGE:
            codes.setdefault(words[0], {})[code] = None
    phrases = {
        tuple(phrase.split()): (argument, tuple(values.split("|")))
        for argument, values, phrase in table("attributes")
    }
    return Attributes(phrases, {name: tuple(found) for name, found in codes.items()})
