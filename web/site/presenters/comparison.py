"""Units side by side: a row for each thing people choose by, what differs apart from what is the same."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import format_date
from flask_babel import gettext as _

from web.site.presenters import hours
from web.site.presenters.hits import distance
from web.site.presenters.status import Badge
from web.site.presenters.unit_card import UnitCard


@dataclass(frozen=True)
class Item:
    """One thing in a cell. `tone` is yes, no or partly; "" for a plain fact."""

    text: str
    more: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Cell:
    """What one unit has of a row; `missing` is what others have and this one does not state."""

    badge: Badge | None = None
    items: tuple[Item, ...] = ()
    href: str = ""
    note: str = ""
    missing: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the unit says nothing of this."""
        return self.badge is None and not self.items and not self.missing


@dataclass(frozen=True)
class Row:
    """One heading with a cell for each unit, or one cell that is true of them all."""

    key: str
    heading: str
    cells: tuple[Cell, ...] = ()
    shared: Cell | None = None


@dataclass(frozen=True)
class Compared:
    """One unit in the comparison: its card, and how far it is where a place is known."""

    card: UnitCard
    metres: int | None = None


@dataclass(frozen=True)
class Comparison:
    """The rows, those that differ first. With a single unit nothing can differ, and all rows are its own."""

    different: tuple[Row, ...]
    same: tuple[Row, ...]


Known = Mapping[str, Item]


def comparison(units: Sequence[Compared], measured: bool) -> Comparison:
    """All that can be told of the units side by side; `measured` when distances are from somewhere."""
    rows = [row for part in (_facts(units, measured), _hours(units), _offers(units)) for row in part]
    return Comparison(
        tuple(row for row in rows if row.shared is None),
        tuple(row for row in rows if row.shared is not None),
    )


def _facts(units: Sequence[Compared], measured: bool) -> list[Row]:
    found = [
        *_plain("listing", _("Listning"), [_listing(unit.card) for unit in units]),
        *_plain("open", _("Öppet nu"), [Cell(badge=unit.card.opening) for unit in units]),
    ]
    if measured:
        found += _plain("distance", _("Avstånd"), [_text(distance(unit.metres)) for unit in units])
    return [
        *found,
        *_plain("phone", _("Telefon"), [_phone(unit.card) for unit in units]),
        *_plain("address", _("Adress"), [_text(unit.card.address) for unit in units]),
    ]


def _hours(units: Sequence[Compared]) -> list[Row]:
    kinds = (("opening", _("Öppettider")), ("telephone", _("Telefontider")), ("drop_in", _("Drop-in")))
    return [
        row
        for kind, heading in kinds
        for row in _plain(f"hours-{kind}", heading, [_week(unit.card, kind) for unit in units])
    ]


def _offers(units: Sequence[Compared]) -> list[Row]:
    cards = [unit.card for unit in units]
    return [
        *_listed("professions", _("Här arbetar"), cards, _professions),
        *_listed("services", _("Vård och tjänster"), cards, _services),
        *_listed("languages", _("Språk"), cards, lambda card: _named(card.languages)),
        *_listed("accessibility", _("Tillgänglighet på plats"), cards, _accessibility),
        *_listed("e-services", _("E-tjänster"), cards, lambda card: _named(s.text for s in card.e_services)),
        *_plain("ages", _("Tar emot"), [_text(", ".join(card.ages)) for card in cards]),
        *_plain("provider", _("Drivs av"), [_text(card.provider) for card in cards]),
        *_plain("ownership", _("Ägarform"), [_text(", ".join(card.ownership)) for card in cards]),
    ]


def _plain(key: str, heading: str, cells: Sequence[Cell]) -> list[Row]:
    """One row of whole values, told once when all are equal; none when nobody says anything."""
    if all(cell.empty for cell in cells):
        return []
    if len(cells) > 1 and len(set(cells)) == 1:
        return [Row(key, heading, shared=cells[0])]
    return [Row(key, heading, tuple(cells))]


def _listed(
    key: str, heading: str, cards: Sequence[UnitCard], known: Callable[[UnitCard], Known]
) -> list[Row]:
    """A list: what not all units have, marked for each unit, and apart from it what they all have."""
    has = [known(card) for card in cards]
    if not any(has):
        return []
    if len(has) == 1:
        return [Row(key, heading, (Cell(items=tuple(has[0].values())),))]
    every = dict.fromkeys(name for one in has for name in one)
    shared = [name for name in every if len({one.get(name) for one in has}) == 1]
    differing = [name for name in every if name not in shared]
    found = []
    if differing:
        found.append(Row(key, heading, tuple(_marked(one, differing) for one in has)))
    if shared:
        found.append(Row(key, heading, shared=Cell(items=tuple(has[0][name] for name in shared))))
    return found


def _marked(one: Known, names: Sequence[str]) -> Cell:
    """The unit's own of these names, and those it does not state; one that says nothing is unknown."""
    if not one:
        return Cell()
    return Cell(
        items=tuple(one[name] for name in names if name in one),
        missing=tuple(name for name in names if name not in one),
    )


def _listing(card: UnitCard) -> Cell:
    since = card.listing_since
    note = _("sedan %(date)s", date=format_date(since, "d MMMM y")) if since and card.listing else ""
    return Cell(badge=card.listing, note=note)


def _phone(card: UnitCard) -> Cell:
    if not card.phones:
        return Cell()
    return Cell(items=(Item(card.phones[0].text),), href=card.phones[0].href)


def _text(text: str) -> Cell:
    return Cell(items=(Item(text),)) if text else Cell()


def _week(card: UnitCard, kind: str) -> Cell:
    """The coming seven days, days that are alike together."""
    table = next((table for table in card.tables if table.kind == kind), None)
    if table is None:
        return Cell()
    rows = hours.merged([replace(row, today=False) for row in table.rows])
    lines = (Item(row.weekday, ", ".join(row.spans) or _("Stängt")) for row in rows)
    return Cell(items=tuple(lines), note=table.note)


def _professions(card: UnitCard) -> Known:
    return {item.name: Item(item.name, item.more, "yes") for item in card.professions}


def _services(card: UnitCard) -> Known:
    return {s.name: Item(s.name, " · ".join(s.facts), "yes") for s in card.services}


def _accessibility(card: UnitCard) -> Known:
    return {item.name: Item(item.name, item.more, item.tone) for item in card.accessibility}


def _named(names: Iterable[str]) -> Known:
    return {name: Item(name, tone="yes") for name in names}
