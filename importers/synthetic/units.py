"""Invented units one after another, with what the files of offerings and professions say of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from importers.synthetic import naming, numbers, opening
from importers.synthetic.catalogue import Condition, UnitKind, words
from importers.synthetic.country import Municipality, Site, shares
from importers.synthetic.describing import describe
from importers.synthetic.layout import Planned, plan

Row = dict[str, str]

_CHAIN_SHARE = 0.5
_NO_POSITION = 0.015
_WHERE = ("street", "postal_code", "city", "municipality", "coordinate_system", "lat", "lon", "place")
_ONLY_WHILE_OPEN = (
    "listing_status",
    "queue_length",
    "listing_since",
    "notice",
    "notice_from",
    "notice_to",
)


@dataclass(slots=True)
class Unit:
    """The row of a unit by documented column, its services with their conditions, and its kind."""

    kind: UnitKind
    row: Row
    services: list[Condition]
    professions: list[str]
    place: str = ""
    site: Site | None = None
    name_root: str = ""
    children: list[str] = field(default_factory=list)


def units(count: int, seed: int, on: date) -> Iterator[Unit]:
    """`count` units. The same seed and date give the same units, whatever else is generated."""
    running = 0
    for municipality, quota in shares(count):
        maker = _Maker(municipality, Random(f"{seed}/{municipality.code}"), on)
        made: list[Unit] = []
        for planned in plan(quota, maker.rng):
            running += 1
            parent = made[-planned.part_of] if planned.part_of else None
            replaced_by = made[-1] if planned.replaced else None
            unit = maker.make(planned, running, parent, replaced_by)
            made = [*made[-30:], unit]
            yield unit


class _Maker:
    """Makes the units of one municipality."""

    def __init__(self, municipality: Municipality, rng: Random, on: date) -> None:
        self.rng = rng
        self._municipality = municipality
        self._on = on
        self._at_site: Counter[tuple[str, str]] = Counter()
        self._quarters = rng.randrange(300)

    def make(self, planned: Planned, running: int, parent: Unit | None, replaced_by: Unit | None) -> Unit:
        """One unit. What belongs to another lies where that one does."""
        kind, rng, region = planned.kind, self.rng, self._municipality.region
        site = parent.site if parent and parent.site else self._municipality.draw_site(rng)
        place = parent.name_root if parent else self._place(kind, site)
        owner = self._owner(kind, parent)
        name = naming.unit_name(kind, region, rng, place=place, owner=owner)
        row: Row = {
            "hsa_id": numbers.hsa_id(region.organisation_number, running),
            "name": name,
            "kind": "unit" if parent else "care_unit",
            "unit_type": kind.unit_type,
            "activities": "|".join(kind.activities),
            "care_forms": "|".join(kind.care_forms),
            "visible_for": "03|04",
            "region": region.code,
        }
        row |= self._provider(kind, owner)
        row |= self._where(kind, site, parent)
        row |= opening.weekly(kind, rng, self._on)
        row |= describe(kind, rng, self._on, name=name, place=place, city=site.city, region=region.code)
        row |= self._contacts(name, running)
        services = self._services(kind)
        professions = [*kind.professions, *(one for one in kind.sometimes if rng.random() < 0.5)]
        row["offerings"] = "|".join(service.code for service in services)
        row["professions"] = "|".join(professions)
        if parent:
            row["parent_hsa_id"] = parent.row["hsa_id"]
            row["related_hsa_ids"] = parent.row["hsa_id"]
        if replaced_by:
            self._close(row, replaced_by)
        root = name if kind.key == "hospital" else place
        return Unit(kind, {k: v for k, v in row.items() if v}, services, professions, place, site, root)

    def _place(self, kind: UnitKind, site: Site) -> str:
        """The real place for the first unit of its kind there, then one invented quarter after another."""
        self._at_site[kind.key, site.name] += 1
        if self._at_site[kind.key, site.name] == 1 and kind.key != "hospital":
            return site.name
        self._quarters += 1
        return naming.quarter(self._quarters)

    def _owner(self, kind: UnitKind, parent: Unit | None) -> int | None:
        """The number of the private provider, or None where the region runs the unit itself."""
        rng = self.rng
        if parent is not None:
            return None
        if rng.random() >= kind.private:
            return None
        chains = len(words("brands"))
        if rng.random() < _CHAIN_SHARE:
            return rng.randrange(chains)
        return rng.randrange(chains, numbers.PROVIDERS)

    def _provider(self, kind: UnitKind, owner: int | None) -> Row:
        region = self._municipality.region
        if owner is None:
            return {
                "organisation_number": region.organisation_number,
                "provider_name": region.name,
                "ownership": "1",
            }
        return {
            "organisation_number": numbers.provider_number(owner).value,
            "provider_name": naming.provider_name(owner),
            "ownership": kind.ownership or self.rng.choice("4445"),
        }

    def _where(self, kind: UnitKind, site: Site, parent: Unit | None) -> Row:
        rng = self.rng
        if not kind.has_place:
            return {}
        if parent:
            shared = (
                "street",
                "postal_code",
                "city",
                "municipality",
                "coordinate_system",
                "lat",
                "lon",
                "place",
            )
            return {column: parent.row[column] for column in shared if column in parent.row}
        row = {
            "street": f"{rng.choice(words('streets'))} {rng.randint(1, 98)}",
            "postal_code": site.draw_postal_code(rng),
            "city": site.city,
            "municipality": self._municipality.code,
            "place": site.name if site.name != site.city else "",
        }
        lat, lon = site.near(rng)
        if rng.random() >= _NO_POSITION:
            row |= {"coordinate_system": "WGS84", "lat": f"{lat:.5f}", "lon": f"{lon:.5f}"}
        return row

    def _contacts(self, name: str, running: int) -> Row:
        rng, region = self.rng, self._municipality.region.code
        page = f"{numbers.slug(name)}-{running}"
        row = {
            "phone": numbers.phone(region, rng),
            "website": f"https://www.example.se/enheter/{page}",
            "responsible_contact": "Påhittad förvaltning, katalog@example.se",
        }
        if rng.random() < 0.4:
            row["email"] = f"mottagning-{running}@example.se"
        if rng.random() < 0.08:
            row["text_phone"] = numbers.phone(region, rng)
        if rng.random() < 0.2:
            row["professional_phone"] = numbers.phone(region, rng)
            row["professional_email"] = f"personal-{running}@example.se"
        return row

    def _services(self, kind: UnitKind) -> list[Condition]:
        codes = [*kind.services, *(one for one in kind.sometimes_services if self.rng.random() < 0.4)]
        told = {condition.code: condition for condition in kind.conditions}
        return [told.get(code) or Condition(code) for code in dict.fromkeys(codes)]

    def _close(self, row: Row, successor: Unit) -> None:
        row["status"] = "closed"
        row["successor_hsa_id"] = successor.row["hsa_id"]
        for column in (
            "listing_status",
            "queue_length",
            "listing_since",
            "notice",
            "notice_from",
            "notice_to",
        ):
            row.pop(column, None)
