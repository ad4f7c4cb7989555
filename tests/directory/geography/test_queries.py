"""Which municipality a point lies in, and outlines as GeoJSON."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.provenance import Source
from directory.geography.queries import (
    check_positions,
    distance_to_municipality,
    find_places,
    gazetteer,
    has_official_outlines,
    municipalities_at,
    municipality_at,
    outlines_geojson,
)
from directory.geography.rows import AreaRow, LocalityRow
from directory.geography.services import load_areas, load_localities
from tests.directory.geography.conftest import EAST, WEST, square


def test_points_find_their_municipalities_in_order(squares: Session) -> None:
    points = [(57.65, 12.05), (57.65, 11.95), (57.65, 11.88), (57.65, 11.5), (58.9, 11.95)]
    assert municipalities_at(squares, points) == [EAST, WEST, WEST, None, None]
    assert municipalities_at(squares, []) == []


def test_at_sea_the_nearest_municipality_within_two_kilometres_counts(squares: Session) -> None:
    assert municipality_at(squares, 57.65, 12.13) == EAST  # 1.8 km off
    assert municipality_at(squares, 57.65, 12.14) is None  # 2.4 km off


def test_an_approximate_outline_decides_nothing(squares: Session, source: Source) -> None:
    squares.execute(text("UPDATE area SET precision = 'approximate' WHERE kind = 'municipality'"))
    assert not has_official_outlines(squares)
    assert municipality_at(squares, 57.65, 11.95) is None
    assert distance_to_municipality(squares, WEST, 57.65, 12.05) is None


def test_the_distance_outside_is_in_metres(squares: Session) -> None:
    # 0.05 degrees of longitude at latitude 57.65: cos(57.65°) * 111.3 km * 0.05, and the ellipsoid's part
    assert distance_to_municipality(squares, WEST, 57.65, 12.05) == pytest.approx(2985, abs=10)
    assert distance_to_municipality(squares, WEST, 57.65, 11.95) == 0


def test_positions_are_checked_with_tolerance(squares: Session) -> None:
    checks = check_positions(
        squares,
        [(WEST, 57.65, 11.95), (WEST, 57.65, 12.003), (WEST, 57.65, 12.05), (WEST, 57.65, 11.87)],
    )
    assert [check.misplaced for check in checks] == [False, False, True, False]
    assert [check.lies_in for check in checks] == [WEST, EAST, EAST, None]
    assert check_positions(squares, []) == []


def test_the_outlines_say_how_exact_they_are_and_follow_a_change(squares: Session, source: Source) -> None:
    before = outlines_geojson(squares)
    features = {f["id"]: f for f in json.loads(before)["features"]}
    assert features[WEST]["properties"] == {"code": WEST, "name": "Göteborg", "precision": "official"}
    assert features[WEST]["geometry"]["type"] == "MultiPolygon"
    assert outlines_geojson(squares) is before
    load_areas(squares, [AreaRow("municipality", WEST, "Göteborg", square(11.9, 57.5))], source, None)
    assert outlines_geojson(squares) != before


def test_a_new_place_is_found_at_once(squares: Session, source: Source) -> None:
    assert find_places(squares, "Nyaste byn") == []
    kept = gazetteer(squares)
    assert gazetteer(squares) is kept
    load_localities(squares, [LocalityRow("Nyaste byn", WEST, 57.65, 11.95)], source, None)
    match = find_places(squares, "nyaste byn", kinds=["locality"])[0]
    assert (match.tier, match.place.municipality_code) == ("exact", WEST)
    assert find_places(squares, "nyaste byn", kinds=["region"]) == []
