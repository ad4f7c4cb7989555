"""One state of everything that a process holds, and how the next one is made from it.

A state is never changed. Whoever answers a question takes the newest and works with it to the end, so an
answer shows one moment and no reader ever waits. Only one thread makes states (`Maker`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlalchemy.orm import Session

from core import outbox
from core.outbox import Position
from directory.geography.gazetteer import Gazetteer, Place
from directory.geography.queries import gazetteer
from directory.search.engine import lexicon
from directory.search.errors import IndexUnavailable
from directory.search.facets import FACETS
from directory.search.held import cards, loading, postings
from directory.search.held.cards import Card, Mentions
from directory.search.held.directory import Held
from directory.search.held.facets import Shown, Together, Values
from directory.search.held.opening import Opening
from directory.search.held.postings import HeldPostings, SegmentTerms
from directory.search.held.table import EMPTY, Context, Table
from directory.search.index import TextIndex
from directory.search.interpret import Lexicon
from directory.search.postings import Units
from directory.search.reference import Reference, reference

DAYS_AHEAD = 8
"""Dates, today's included, whose openings are worked out beforehand."""

Pause = Callable[[], None]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Model:
    """One state. `position`: up to where the outbox is in it; `day`: the date that its facets are true on."""

    held: Held
    context: Context
    gazetteer: Gazetteer
    postal: Mapping[str, Place]
    english: Mapping[tuple[str, str], str]
    cards: Mapping[str, Card]
    position: Position
    sources: str | None

    @property
    def day(self) -> date:
        """The Swedish date that facets are true on."""
        return self.context.day

    @property
    def reference(self) -> Reference:
        """Labels, services and names of places."""
        return self.context.reference

    @cached_property
    def lexicon(self) -> Lexicon:
        """What words are compared with. Raises `IndexUnavailable` without an index."""
        return lexicon(self.reference, self.gazetteer, self.postal.get, self.held.postings)

    def label(self, system: str, code: str) -> str:
        """The English label of a code, the Swedish where English is missing."""
        return self.english.get((system, code)) or self.reference.label(system, code)


class Maker:
    """Makes states; remembers what is costly to read again. For one thread."""

    def __init__(self, index: TextIndex, pause: Pause = lambda: None) -> None:
        self._index = index
        self._pause = pause
        self._segments: dict[str, SegmentTerms] = {}
        self._deleted: dict[str, frozenset[int]] = {}
        self._units: dict[tuple[str, frozenset[int], int], Units] = {}
        self._renamed = False
        self._mentions = Mentions()

    def load(self, session: Session, day: date) -> Model:
        """Everything anew. The session should see one state of the database throughout."""
        position = outbox.present_position(session)
        known = reference(session)
        context = Context(known, Opening(), {name: Values() for name in FACETS}, day)
        self._mentions = Mentions()
        self._renamed = False
        table = EMPTY.changed(self._paced(loading.rows(session)), (), context)
        model = Model(
            held=_held(table.renamed(loading.names(session)), context, None),
            context=context,
            gazetteer=gazetteer(session),
            postal=loading.postal_places(session),
            english=loading.english(session),
            cards={},
            position=position,
            sources=loading.sources(session),
        )
        return self.with_text(model)

    def changed(
        self,
        model: Model,
        session: Session,
        keys: Iterable[str],
        position: Position,
        day: date,
        more: bool = False,
    ) -> Model:
        """The state after these units have changed, and on this date.

        `more`: others follow; the order of names stays as it was until `ordered`.
        """
        context = replace(model.context, day=day)
        before = model.held.table
        keys = list(dict.fromkeys(keys))
        touched = list(dict.fromkeys((*keys, *before.outdated(day))))
        if not touched:
            return replace(model, position=position, context=context)
        table = before.changed(self._paced(loading.rows(session, touched)), touched, context)
        self._renamed = self._renamed or any(before.name(key) != table.name(key) for key in keys)
        held = _held(table, context, self._text(table, model.held.text), model.held)
        model = replace(model, held=held, context=context, position=position)
        named = self._mentions.of(keys)
        model = self.with_cards(model, session, keys)
        named |= {other for key in keys if key in model.cards for other in model.cards[key].related}
        model = self.with_cards(model, session, named.difference(keys))
        return model if more else self.ordered(model, session)

    @property
    def disordered(self) -> bool:
        """Whether names have changed since they were put in order."""
        return self._renamed

    def ordered(self, model: Model, session: Session) -> Model:
        """The state with names in their order again, which the database tells: it knows Swedish."""
        if not self._renamed:
            return model
        self._renamed = False
        table = model.held.table.renamed(loading.names(session))
        return replace(model, held=_held(table, model.context, model.held.text, model.held))

    def with_cards(self, model: Model, session: Session, keys: Iterable[str]) -> Model:
        """The state with the cards of these units made anew."""
        keys = sorted(keys)
        if not keys:
            return model
        made: dict[str, Card | None] = {}
        for read in self._paced(loading.units(session, keys)):
            made[read.unit.hsa_id] = cards.make(read, model.reference, model.context.opening)
            self._mentions.note(read.unit.hsa_id, (other.hsa_id for other in read.unit.related))
        return replace(model, cards=cards.replaced(model.cards, keys, made))

    def with_text(self, model: Model) -> Model:
        """The state with the newest commit of the text index; if none can be read, with the last."""
        held = model.held
        text = self._text(held.table, held.text)
        return model if text is held.text else replace(model, held=replace(held, text=text))

    def _text(self, table: Table, before: HeldPostings | None) -> HeldPostings | None:
        try:
            if not (self._segments and self._index.is_as_seen()):
                self._read_new()
        except (IndexUnavailable, OSError):
            # What was read last still answers better than nothing would; a new process has nothing.
            return before and self._again(before, table)
        kept = self._units
        self._units = {}
        for name, terms in self._segments.items():
            key = (name, self._deleted[name], id(table.numbers))
            self._units[key] = kept[key] if key in kept else postings.units_of(terms, key[1], table.numbers)
        if before and before.size == table.size and kept.keys() == self._units.keys():
            return before
        found = zip(self._segments.values(), self._units.values(), strict=True)
        text = HeldPostings(found, table.size, len(table.numbers), before)
        text.prepare()
        return text

    def _again(self, before: HeldPostings, table: Table) -> HeldPostings:
        segments = [(terms, postings.units_of(terms, (), table.numbers)) for terms, _ in before.segments]
        return HeldPostings(segments, table.size, len(table.numbers), before)

    def _read_new(self) -> None:
        """Take in the newest commit. Of segments that are known only the deletions are new."""
        segments = self._index.snapshot().segments()
        self._segments = {
            segment.key: self._segments.get(segment.key) or postings.read(segment, self._pause)
            for segment in segments
        }
        self._deleted = {segment.key: segment.deleted for segment in segments}
        self._index.release()

    def _paced(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self._pause()
            yield item


def _held(table: Table, context: Context, text: HeldPostings | None, before: Held | None = None) -> Held:
    """A state of the units; what its questions will need is worked out now, or taken from the one before."""
    context.opening.prepare(context.day, DAYS_AHEAD)
    for column in table.facets.values():
        _ = column.by_value
    _ = table.space, table.by_length
    shown = {
        name: Shown(facet, list(context.values[name].names), context.reference)
        for name, facet in FACETS.items()
    }
    facets = (
        before.facets if before and before.facets.fits(table.facets, shown) else Together(table.facets, shown)
    )
    return Held(table, context.opening, context.values, facets, text)
