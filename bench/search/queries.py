"""Questions made from the data: all different, so that no cache answers, and equal for equal seeds."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bench.search.data import Row

_ATTEMPTS = 12
_LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"
_DAY = datetime(2026, 1, 12, 7, tzinfo=UTC)  # a Monday without holidays near it
Vocabulary = Mapping[str, Sequence[str]]


class Kind(StrEnum):
    """What is measured."""

    BY_ID = "by_id"
    PLACE_SERVICE = "place_service"
    POSITION_SERVICE = "position_service"
    TWO_WORDS = "two_words"
    TWO_WORDS_FACETS_OPEN = "two_words_facets_open"
    TYPO = "typo"
    SUGGESTION = "suggestion"


@dataclass(frozen=True)
class Query:
    """One question, in every form that some server needs. `radius` is in metres."""

    hsa_id: str = ""
    q: str = ""
    words: tuple[str, ...] = ()
    municipality: str = ""
    service: str = ""
    lat: float = 0.0
    lon: float = 0.0
    radius: int = 10_000
    open_at: str = ""


def make(kind: Kind, rows: Sequence[Row], vocabulary: Vocabulary, count: int, seed: int = 1) -> list[Query]:
    """Up to `count` different questions of this kind; fewer where the data hold no more."""
    chance = random.Random(f"{seed}:{kind}")
    if kind is Kind.BY_ID:
        ids = [row.hsa_id for row in rows]
        chance.shuffle(ids)
        return [Query(hsa_id=hsa_id) for hsa_id in ids[:count]]
    one = _MAKERS[kind]
    found: dict[Query, None] = {}
    for _ in range(count * _ATTEMPTS):
        if len(found) >= count:
            break
        query = one(chance.choice(rows), vocabulary, chance)
        if query is not None:
            found[query] = None
    return list(found)


def _place_service(row: Row, vocabulary: Vocabulary, chance: random.Random) -> Query | None:
    if not row.service or not row.municipality:
        return None
    # The first word is the label, which the flat table's column answers to as well.
    place = chance.choice([place for place in (row.municipality, row.city) if place])
    term = chance.choice(vocabulary.get(row.service, ()) or [row.service])
    pair = [term, place.lower()]
    if chance.random() < 0.5:
        pair.reverse()
    return Query(q=" ".join(pair), municipality=row.municipality, service=row.service)


def _position_service(row: Row, _: Vocabulary, chance: random.Random) -> Query | None:
    if not row.service or row.lat is None or row.lon is None:
        return None
    lat, lon = moved(row.lat, row.lon, chance.uniform(0, 5_000), chance.uniform(0, 2 * math.pi))
    return Query(service=row.service, lat=round(lat, 5), lon=round(lon, 5))


def _two_words(row: Row, _: Vocabulary, chance: random.Random) -> Query | None:
    words = list(_words(row.name)) + list(_words(row.city or ""))
    if len(set(words)) < 2:
        return None
    first, second = chance.sample(sorted(set(words)), 2)
    return Query(q=f"{first} {second}", words=(first, second))


def _two_words_open(row: Row, vocabulary: Vocabulary, chance: random.Random) -> Query | None:
    query = _two_words(row, vocabulary, chance)
    if query is None:
        return None
    moment = _DAY + timedelta(days=chance.randrange(5), minutes=chance.randrange(9 * 60))
    return Query(q=query.q, words=query.words, open_at=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _typo(row: Row, vocabulary: Vocabulary, chance: random.Random) -> Query | None:
    query = _place_service(row, vocabulary, chance)
    if query is None:
        return None
    words = query.q.split()
    long = [place for place, word in enumerate(words) if len(word) >= 6]
    if not long:
        return None
    place = chance.choice(long)
    words[place] = edited(words[place], chance)
    return Query(q=" ".join(words))


def _suggestion(row: Row, vocabulary: Vocabulary, chance: random.Random) -> Query | None:
    source = chance.choice(
        [row.name.lower(), row.name.lower(), row.city or "", *vocabulary.get(row.service or "", ())]
    )
    source = source.lower().strip()
    return Query(q=source[: chance.randint(2, len(source))].strip()) if len(source) >= 3 else None


_MAKERS: dict[Kind, Callable[[Row, Vocabulary, random.Random], Query | None]] = {
    Kind.PLACE_SERVICE: _place_service,
    Kind.POSITION_SERVICE: _position_service,
    Kind.TWO_WORDS: _two_words,
    Kind.TWO_WORDS_FACETS_OPEN: _two_words_open,
    Kind.TYPO: _typo,
    Kind.SUGGESTION: _suggestion,
}


def edited(word: str, chance: random.Random) -> str:
    """One edit away: a letter dropped, added, replaced or swapped with the next; never the same word."""
    place = chance.randrange(1, len(word) - 1)
    letter = chance.choice([one for one in _LETTERS if one != word[place]])
    head, tail = word[:place], word[place + 1 :]
    swapped = head + tail[0] + word[place] + tail[1:]
    choices = [head + tail, head + letter + word[place] + tail, head + letter + tail]
    return chance.choice([*choices, swapped] if swapped != word else choices)


def moved(lat: float, lon: float, metres: float, bearing: float) -> tuple[float, float]:
    """A position so far away, by the small-distance formula: good to a metre at these distances."""
    north, east = metres * math.cos(bearing), metres * math.sin(bearing)
    return lat + north / 111_320, lon + east / (111_320 * math.cos(math.radians(lat)))


def _words(text: str) -> Iterator[str]:
    for word in text.lower().replace("-", " ").replace("/", " ").split():
        if len(word) >= 3 and word.isalpha():
            yield word
