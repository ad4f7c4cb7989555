"""Importing geography files: recognised by what they hold, bad rows turned away one by one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from core.database import unit_of_work
from directory.geography.queries import (
    find_places,
    list_municipalities,
    list_regions,
    municipality_at,
    postal_code,
)
from importers.kinds import geography
from importers.kinds.geography import GeographyKind
from importers.pipeline import Options, Report, run_import

COUNTIES = "county_code,county_name,county_name_short\n14,Västra Götalands län,Västra Götaland\n"
POINTS = (
    "municipality_code,name,county_code,lat,lon\n1480,Göteborg,14,57.65,11.95\n1481,Mölndal,14,57.65,12.05\n"
)
LOCALITIES = "Locality,Municipality,County,Latitude,Longitude\n"

Import = Callable[..., Report]


@pytest.fixture
def imports(bare_database: Engine, tmp_path: Path) -> Import:
    """Write a file and import it."""

    def run(name: str, content: str | bytes, **options: Any) -> Report:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        asked = Options(**options)
        return run_import(bare_database, GeographyKind(), "geography", path, source="survey", options=asked)

    return run


@pytest.fixture
def codes(imports: Import) -> Import:
    """As `imports`, with one county and two municipalities known."""
    assert imports("counties.csv", COUNTIES).status == "applied"
    assert imports("points.csv", POINTS).status == "applied"
    return imports


def square(west: float) -> list[list[list[float]]]:
    """A square of a tenth of a degree from latitude 57.6."""
    east = west + 0.1
    return [[[west, 57.6], [east, 57.6], [east, 57.7], [west, 57.7], [west, 57.6]]]


def collection(*features: tuple[dict[str, Any], Any]) -> str:
    """A FeatureCollection of polygons."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": {"type": "Polygon", "coordinates": coordinates},
                }
                for properties, coordinates in features
            ],
        }
    )


OUTLINES = collection(
    ({"id": "1480", "kom_namn": "Göteborg", "lan_code": "14", "geo_point_2d": [57.65, 11.95]}, square(11.9)),
    ({"id": "1481", "kom_namn": "Mölndal", "lan_code": "14", "geo_point_2d": [57.65, 12.05]}, square(12.0)),
)


def found(report: Report) -> list[tuple[int, str]]:
    """Row and code of each rejected row."""
    return [(entry["row"], entry["code"]) for entry in report.rejected]


def test_codes_and_points(codes: Import, bare_database: Engine) -> None:
    with unit_of_work(bare_database) as session:
        region = next(region for region in list_regions(session) if region.code == "14")
        towns = {town.code: town.name for town in list_municipalities(session, "14")}
    assert region.short_name == "Västra Götaland"
    assert towns["1481"] == "Mölndal"


def test_a_zero_that_a_spreadsheet_ate_is_put_back(codes: Import, bare_database: Engine) -> None:
    assert codes("counties.csv", "county_code,county_name\n3,Uppsala län\n").rejected == []
    report = codes(
        "municipalities.csv",
        "municipality_code;municipality_name;county_code\n1480;Göteborgs kommun;14\n380;Uppsala kommun;14\n",
        max_rejected=100,
    )
    assert found(report) == [(3, "county-mismatch")]
    with unit_of_work(bare_database) as session:
        assert "03" in {region.code for region in list_regions(session)}


def test_the_same_file_again_changes_nothing(codes: Import) -> None:
    first = codes("outlines.geojson", OUTLINES)
    again = codes("outlines.geojson", OUTLINES)
    assert (first.diff.created + first.diff.updated, first.read) == (2, 2)
    assert (again.diff.created, again.diff.updated, again.diff.unchanged) == (0, 0, 2)


def test_a_dry_run_keeps_nothing(codes: Import, bare_database: Engine) -> None:
    assert codes("outlines.geojson", OUTLINES, dry_run=True).read == 2
    with unit_of_work(bare_database) as session:
        assert municipality_at(session, 57.65, 12.05) is None


def test_outlines_place_a_point(codes: Import, bare_database: Engine) -> None:
    codes("outlines.geojson", OUTLINES)
    codes("regions.geojson", collection(({"name": "Västra Götaland", "l_id": 14}, square(11.9))))
    with unit_of_work(bare_database) as session:
        assert municipality_at(session, 57.65, 12.05) == "1481"


@pytest.mark.parametrize(
    ("properties", "coordinates", "code"),
    [
        ({"name": "Namnlösa"}, square(11.9), "missing-code"),
        ({"id": "1480"}, [[[319_000.0, 6_400_000.0]] * 4], "not-wgs84"),
        ({"id": "1480"}, [[[57.6, 11.9], [57.7, 11.9], [57.7, 12.0], [57.6, 11.9]]], "not-wgs84"),
        ({"id": "1480"}, [[[11.9, 57.6], [12.0, 57.6]]], "invalid-ring"),
        ({"id": "1480"}, [[[11.9, 57.6], [12.0, "x"], [12.0, 57.7]]], "invalid-position"),
        ({"id": "1480"}, [], "invalid-ring"),
        ({"id": "1480", "precision": "guessed"}, square(11.9), "unknown-precision"),
        ({"id": "9999"}, square(11.9), "unknown-code"),
    ],
)
def test_an_unusable_outline_is_rejected(
    codes: Import, properties: dict[str, Any], coordinates: Any, code: str
) -> None:
    report = codes("outlines.geojson", collection((properties, coordinates)), max_rejected=100)
    assert found(report) == [(1, code)]


def test_a_point_is_no_outline(codes: Import) -> None:
    point = {"type": "Feature", "properties": {"id": "1480"}, "geometry": {"type": "Point"}}
    text = json.dumps({"type": "FeatureCollection", "features": [point]})
    assert found(codes("points.geojson", text, max_rejected=100)) == [(1, "not-a-polygon")]


def test_an_outline_with_endless_positions_is_rejected(
    codes: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geography.outlines, "MAX_POSITIONS", 4)
    report = codes("outlines.geojson", OUTLINES, max_rejected=100)
    assert found(report) == [(1, "too-many-positions"), (2, "too-many-positions")]


def test_homonyms_do_not_speak_against_the_file(codes: Import, bare_database: Engine) -> None:
    codes("outlines.geojson", OUTLINES)
    rows = "Ås,Mölndal,Västra Götaland,57.65,12.05\nÅs,Göteborg,Skåne,57.65,12.05\n"
    report = codes("localities.csv", LOCALITIES + rows)
    assert report.status == "applied"
    assert found(report) == [(3, "outside-municipality")]
    with unit_of_work(bare_database) as session:
        assert [match.place.municipality_code for match in find_places(session, "Ås")] == ["1481"]


@pytest.mark.parametrize("name", ["Göteborg", "göteborgs kommun", "Göteborgs", "Göteborgs k.", "Götebor"])
def test_a_municipality_name_cut_short_is_repaired(codes: Import, name: str) -> None:
    report = codes("localities.csv", LOCALITIES + f"Hovås,{name},,57.65,11.95\n")
    assert (report.diff.created, report.rejected) == (1, [])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Hovås,Atlantis,,57.65,11.95", "unknown-municipality"),
        ("Hovås,Göteborg,,11.95,57.65", "swapped-coordinates"),
        ("Hovås,Göteborg,,0,0", "outside-sweden"),
        ("Hovås,Göteborg,,norr,11.95", "invalid-number"),
        ("Hovås,Göteborg,,nan,11.95", "invalid-number"),
        (",Göteborg,,57.65,11.95", "missing-value"),
        ("Hovås,Göteborg,57.65,11.95", "cell-count"),
    ],
)
def test_a_bad_locality_is_rejected_with_its_reason(codes: Import, row: str, code: str) -> None:
    report = codes("localities.csv", LOCALITIES + row + "\n", max_rejected=100)
    assert found(report) == [(2, code)]


def test_many_bad_rows_refuse_the_file(codes: Import, bare_database: Engine) -> None:
    rows = "Bra,Göteborg,,57.65,11.95\nHovås,Atlantis,,57.65,11.95\n"
    report = codes("localities.csv", LOCALITIES + rows)
    assert (report.status, report.refusal.code if report.refusal else None) == (
        "refused",
        "too-many-rejected",
    )
    with unit_of_work(bare_database) as session:
        assert find_places(session, "Bra", kinds=["locality"]) == []


def test_outlines_after_the_localities_remove_the_wrong_ones(codes: Import, bare_database: Engine) -> None:
    codes("localities.csv", LOCALITIES + "Ås,Göteborg,,57.65,12.05\n")
    report = codes("outlines.geojson", OUTLINES)
    assert [(warning["code"], warning["key"]) for warning in report.warnings] == [("misplaced-removed", "Ås")]
    with unit_of_work(bare_database) as session:
        assert find_places(session, "Ås") == []


def test_postal_codes_from_a_table(codes: Import, bare_database: Engine) -> None:
    header = "postal_code,locality,municipality_code,municipality_name\n"
    report = codes(
        "postal.csv",
        header + "431 30,Mölndal,1481,Mölndals kommun\n4313,Mölndal,1481,\n",
        max_rejected=100,
    )
    assert found(report) == [(3, "invalid-postal-code")]
    with unit_of_work(bare_database) as session:
        place = postal_code(session, "43130")
    assert place is not None
    assert (place.city, place.municipality_code, place.lat) == ("Mölndal", "1481", None)


def test_postal_codes_as_geonames_writes_them(codes: Import, bare_database: Engine) -> None:
    codes("outlines.geojson", OUTLINES)
    lines = [
        "SE\t431 30\tMölndal\tVästra Götaland\tO\tMölndal\t1481\t\t\t57.65\t12.05\t4",
        "SE\t431 31\tMölndal\tVästra Götaland\tO\t\t\t\t\t57.65\t12.05\t",
        "SE\t413 01\tGöteborg\tVästra Götaland\tO\tGöteborg\t1480\t\t\t57.65\t12.05\t4",
        "NO\t0010\tOslo\tOslo\t03\tOslo\t0301\t\t\t59.9\t10.7\t4",
    ]
    report = codes("postal.txt", "\n".join(lines) + "\n", max_rejected=30)
    assert report.extra["layout"] == "postal codes"
    assert sorted(found(report)) == [(3, "outside-municipality"), (4, "cell-count")]
    with unit_of_work(bare_database) as session:
        filled = postal_code(session, "43131")
    assert filled is not None
    assert filled.municipality_code == "1481"


def test_a_region_s_own_places(codes: Import, bare_database: Engine) -> None:
    header = "name;municipality_code;kind;lat;lon;aliases\n"
    rows = "Stora torget;1480;landmark;57,65;11,95;torget|storis\nX;1480;castle;57,65;11,95;\n"
    report = codes("places.csv", header + rows, max_rejected=100)
    assert found(report) == [(3, "unknown-kind")]
    with unit_of_work(bare_database) as session:
        assert find_places(session, "storis")[0].place.name == "Stora torget"


def test_batches_add_up(codes: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geography, "BATCH", 2)
    rows = "".join(f"By {n},Göteborg,,57.65,11.95\n" for n in range(5)) + "By 6,Göteborg,,65.0,20.0\n"
    codes("outlines.geojson", OUTLINES)
    report = codes("localities.csv", LOCALITIES + rows)
    assert (report.read, report.diff.created) == (6, 5)
    assert found(report) == [(7, "outside-municipality")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("unknown.csv", "fruit,colour\napple,red\n"),
        ("empty.csv", ""),
        ("broken.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature"'),
        (
            "latin.csv",
            "Locality,Municipality,County,Latitude,Longitude\nÅs,Mölndal,,57.65,12.05\n".encode("latin-1"),
        ),
    ],
)
def test_a_file_that_is_something_else_is_refused(imports: Import, name: str, content: str | bytes) -> None:
    report = imports(name, content)
    assert report.status == "refused"
    assert report.refusal is not None
    assert name in report.refusal.message


def test_the_full_mode_is_only_told_of(codes: Import) -> None:
    report = codes("counties.csv", COUNTIES, mode="full")
    assert [warning["code"] for warning in report.warnings] == ["full-mode-ignored"]
