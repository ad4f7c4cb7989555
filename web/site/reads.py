"""Every question that the site's pages ask of the rooms below, in one place: one function, one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError

from codes.identifiers import InvalidIdentifier
from codes.models import CodeSystem, CodeSystemVersion, Concept
from core.provenance import Source
from directory import queries
from directory.geography.queries import list_regions, outlines_geojson
from directory.queries import UnitSnapshot
from directory.search.errors import IndexUnavailable
from directory.search.reference import Reference, reference
from directory.search.types import SearchRequest, SearchResult
from web import questions
from web.language import english_labels
from web.site.i18n import current_language
from web.site.kept import kept
from web.site.localise import in_english
from web.unit_of_work import current_settings, read_session

DEMO_SOURCE = "demo"
SHORTCUTS_SECONDS = 60.0

Snapshot = UnitSnapshot


@dataclass(frozen=True)
class Shortcut:
    """A service to start from, with how many units offer it."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Region:
    """A region to start from."""

    code: str
    name: str


@dataclass(frozen=True)
class Words:
    """Labels of codes, places and other units, in the language of the page."""

    reference: Reference
    english: dict[tuple[str, str], str]
    units: dict[str, str]

    def label(self, system: str, code: str) -> str:
        """The label of a code; the code itself when it is not known."""
        return self.english.get((system, code)) or self.reference.label(system, code)

    def municipality(self, code: str) -> str:
        """The municipality's name."""
        return self.reference.place_name(code) or code

    def region(self, code: str) -> str:
        """The region's own name, such as `Region Uppsala`."""
        return next((r.name for r in regions() if r.code == code), self.reference.place_name(code) or code)

    def unit(self, hsa_id: str) -> str | None:
        """Another unit's name, if it may be shown."""
        return self.units.get(hsa_id)


def search(wanted: SearchRequest) -> SearchResult:
    """The hits of a search, with labels in the language of the page."""
    result, _ = questions.search(wanted)
    return in_english(result, english_labels(read_session())) if current_language() == "en" else result


def shortcuts() -> list[Shortcut]:
    """The services that people look for most, in the order of their property `shortcut`: each has hits.

    None while the index is being rebuilt: the page itself must be there.
    """
    try:
        return kept(("shortcuts", current_language()), SHORTCUTS_SECONDS, _shortcuts)
    except IndexUnavailable:
        return []


def _shortcuts() -> list[Shortcut]:
    found = {facet.value: facet for facet in search(SearchRequest(limit=1)).facets.get("service", ())}
    order = Concept.properties["shortcut"].as_string()
    rows = read_session().execute(
        select(Concept.code, order)
        .join(CodeSystem, Concept.code_system_id == CodeSystem.id)
        .where(CodeSystem.key == "care-service", order.is_not(None), Concept.retired_in_id.is_(None))
    )
    codes = [code for code, _number in sorted(rows, key=lambda row: int(row[1]))]
    return [Shortcut(code, found[code].label, found[code].count) for code in codes if code in found]


def regions() -> list[Region]:
    """All regions by name."""
    found = [Region(r.code, r.name) for r in list_regions(read_session())]
    return sorted(found, key=lambda r: r.name.replace("Region ", "").replace("Ö", "ZÖ"))


def place_name(code: str) -> str:
    """The name of a municipality or region."""
    return reference(read_session()).place_name(code) or code


def unit(hsa_id: str, as_of: datetime | None) -> Snapshot | None:
    """The unit now or at a past moment; nothing for what was never known or is no HSA-id."""
    try:
        return queries.public_unit(read_session(), hsa_id, as_of)
    except InvalidIdentifier:
        return None


def words(snapshot: Snapshot) -> Words:
    """What the card of this unit is written with."""
    english = english_labels(read_session()) if current_language() == "en" else {}
    return Words(
        reference(read_session()), english, {r.hsa_id: r.name for r in snapshot.related if r.name is not None}
    )


def changes(hsa_id: str, limit: int, page: int) -> tuple[int, Sequence[queries.FieldChange]]:
    """How many public changes there are, and one page of them."""
    return queries.changes(read_session(), hsa_id, limit=limit, page=page) or (0, [])


def outlines() -> bytes:
    """The municipalities as GeoJSON."""
    return outlines_geojson(read_session())


def demo_data_present() -> bool:
    """Whether invented units are loaded. A page must be shown even when the database does not answer."""
    try:
        return bool(read_session().scalar(select(exists().where(Source.key == DEMO_SOURCE))))
    except SQLAlchemyError:
        return False


def code_systems() -> list[tuple[CodeSystem, CodeSystemVersion]]:
    """The code systems in use and the edition of each."""
    rows = read_session().execute(
        select(CodeSystem, CodeSystemVersion)
        .join(CodeSystemVersion, CodeSystemVersion.code_system_id == CodeSystem.id)
        .where(CodeSystemVersion.is_current)
        .order_by(CodeSystem.name_sv)
    )
    return [(system, version) for system, version in rows]


def sources() -> list[Source]:
    """Who has stated facts here."""
    return list(read_session().scalars(select(Source).order_by(Source.name)))


def public_address(path: str) -> str:
    """The path as others should write it: under the configured public address, else as asked for."""
    base = current_settings().public_url or request.host_url
    return base.rstrip("/") + path
