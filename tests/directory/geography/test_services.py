"""Loading regions, municipalities, outlines, localities and postal codes."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.provenance import Source
from directory.geography.queries import geography_stamp, list_municipalities, list_regions, postal_code
from directory.geography.rows import AreaRow, LocalityRow, MunicipalityRow, PostalCodeRow, RegionRow
from directory.geography.services import (
    load_areas,
    load_localities,
    load_municipalities,
    load_postal_codes,
    load_regions,
    remove_misplaced,
)
from tests.directory.geography.conftest import EAST, WEST, square


def test_what_is_not_carried_stays(squares: Session, source: Source) -> None:
    load_regions(squares, [RegionRow("14", name="VGR", organisation_number="2321000131")], source, None)
    load_regions(squares, [RegionRow("14", county_name="Västra Götalands län")], source, None)
    region = next(region for region in list_regions(squares) if region.code == "14")
    assert (region.name, region.organisation_number) == ("VGR", "2321000131")


def test_the_last_of_several_rows_counts(squares: Session, source: Source) -> None:
    rows = [MunicipalityRow(WEST, "Ena"), MunicipalityRow(WEST, "Andra")]
    counts = load_municipalities(squares, rows, source, None)
    assert (counts.created, counts.updated, counts.unchanged) == (0, 1, 0)
    assert next(t.name for t in list_municipalities(squares, "14") if t.code == WEST) == "Andra"


def test_bad_codes_are_turned_away_one_by_one(squares: Session, source: Source) -> None:
    rows = [MunicipalityRow("99999", "Långt"), MunicipalityRow("9901", "Ingenstans", lat=58.0, lon=14.0)]
    counts = load_municipalities(squares, rows, source, None)
    assert [(r.index, r.code) for r in counts.rejections] == [
        (0, "invalid-municipality-code"),
        (1, "unknown-region"),
    ]


def test_a_new_municipality_needs_a_position(squares: Session, source: Source) -> None:
    counts = load_municipalities(squares, [MunicipalityRow("1412", "Nyinge")], source, None)
    assert [r.code for r in counts.rejections] == ["missing-position"]


def test_a_municipality_belongs_to_the_county_of_its_code(squares: Session) -> None:
    moved = text("UPDATE municipality SET code = '0399' WHERE code = :code")
    with pytest.raises(IntegrityError, match="region_of_code"):
        squares.execute(moved, {"code": EAST})


def test_an_approximate_outline_never_replaces_an_official_one(squares: Session, source: Source) -> None:
    rough = AreaRow("municipality", WEST, "Göteborg", square(11.0, 57.0), "approximate")
    assert load_areas(squares, [rough], source, None).unchanged == 1
    exact = AreaRow("municipality", WEST, "Göteborg", square(11.9, 57.5))
    assert load_areas(squares, [exact], source, None).updated == 1


def test_a_crossing_ring_is_repaired(squares: Session, source: Source) -> None:
    ring = [[11.9, 57.6], [12.0, 57.7], [12.0, 57.6], [11.9, 57.7], [11.9, 57.6]]
    bow_tie = json.dumps({"type": "Polygon", "coordinates": [ring]})
    load_areas(squares, [AreaRow("municipality", WEST, "Göteborg", bow_tie)], source, None)
    parts = text("SELECT ST_NumGeometries(geom) FROM area WHERE kind = 'municipality' AND code = :code")
    assert squares.scalar(parts, {"code": WEST}) == 2


def test_an_outline_of_nothing_or_of_nobody_is_turned_away(squares: Session, source: Source) -> None:
    flat = {"type": "Polygon", "coordinates": [[[11.9, 57.6], [12.0, 57.6], [11.9, 57.6], [11.9, 57.6]]]}
    rows = [
        AreaRow("municipality", WEST, "Göteborg", json.dumps(flat)),
        AreaRow("municipality", "1413", "Ingen", square(11.9, 57.6)),
    ]
    counts = load_areas(squares, rows, source, None)
    assert [r.code for r in counts.rejections] == ["empty-outline", "unknown-code"]


def test_a_homonym_elsewhere_is_turned_away(squares: Session, source: Source) -> None:
    rows = [LocalityRow("Berg", WEST, 57.65, 12.05), LocalityRow("Berg", EAST, 57.65, 12.05)]
    counts = load_localities(squares, rows, source, None)
    assert counts.created == 1
    (rejection,) = counts.rejections
    assert (rejection.index, rejection.key, rejection.code) == (0, "Berg", "outside-municipality")
    assert rejection.message == "the position is in Mölndal, 3.0 km outside Göteborg"


def test_a_harbour_off_the_simplified_coast_is_kept(squares: Session, source: Source) -> None:
    harbour = LocalityRow("Hamnen", WEST, 57.65, 11.88)
    assert load_localities(squares, [harbour], source, None).created == 1


def test_loading_localities_again_changes_nothing(squares: Session, source: Source) -> None:
    rows = [LocalityRow("Ås", WEST, 57.65, 11.95, aliases=["Aas"]), LocalityRow("Ås", EAST, 57.65, 12.05)]
    load_localities(squares, rows, source, None)
    stamp = geography_stamp(squares)
    assert load_localities(squares, rows, source, None).unchanged == 2
    assert geography_stamp(squares) == stamp


def test_a_postal_code_without_municipality_gets_it_from_its_position(
    squares: Session, source: Source
) -> None:
    rows = [
        PostalCodeRow("99901", "Mölndal", None, 57.65, 12.05),
        PostalCodeRow("99902", "Havet", None, 57.0, 9.0),
    ]
    load_postal_codes(squares, rows, source, None)
    found = [postal_code(squares, row.code) for row in rows]
    assert [place.municipality_code if place else "none" for place in found] == [EAST, None]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (PostalCodeRow("9990", "Kort"), "invalid-postal-code"),
        (PostalCodeRow("99903"), "missing-city"),
        (PostalCodeRow("99903", "Okänd", "1413"), "unknown-municipality"),
        (PostalCodeRow("99903", "Mölndal", WEST, 57.65, 12.05), "outside-municipality"),
    ],
)
def test_bad_postal_rows_are_turned_away(
    squares: Session, source: Source, row: PostalCodeRow, code: str
) -> None:
    counts = load_postal_codes(squares, [row], source, None)
    assert [rejection.code for rejection in counts.rejections] == [code]
    assert postal_code(squares, "99903") is None


def test_outlines_that_come_later_clear_what_they_contradict(squares: Session, source: Source) -> None:
    load_localities(squares, [LocalityRow("Berg", WEST, 57.65, 11.95)], source, None)
    load_postal_codes(squares, [PostalCodeRow("99904", "Berg", WEST, 57.65, 11.95)], source, None)
    moved = AreaRow("municipality", WEST, "Göteborg", square(11.5, 57.6))
    load_areas(squares, [moved], source, None)
    removed = {place.name for place in remove_misplaced(squares)}
    assert {"Berg", "99904"} <= removed
    kept = postal_code(squares, "99904")
    assert kept is not None
    assert (kept.municipality_code, kept.lat) == (WEST, None)
