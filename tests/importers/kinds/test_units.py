"""Rows of units become records: every documented column, lenient where a value can be left out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from importers.columns import UNIT_COLUMNS
from importers.kinds.units import RegionUnknown, UnitParser
from importers.pipeline import Parsed
from importers.readers.rows import RawRow
from tests.support.imports import Importer

KEY = "SE2321000024-1ABC"
Parse = Callable[..., Parsed]

NOT_IN_RECORD = {"hsa_id", "coordinate_system", "updated_at", "notice_from", "notice_to"}
"""Columns that say something about other columns, or about the row itself."""


@pytest.fixture
def parse(directory: Engine) -> Parse:
    """Parse one row of cells; several values of a column as a list."""

    def run(default_region: str | None = None, derive: bool = False, **cells: str | list[str]) -> Parsed:
        fields = {"hsa_id": [KEY], "name": ["Ekens mottagning"]}
        fields |= {name: [value] if isinstance(value, str) else value for name, value in cells.items()}
        row = RawRow(7, {name: values for name, values in fields.items() if values})
        with Session(directory) as session:
            [parsed] = UnitParser(session, region=default_region, derive_unit_type=derive).parse([row])
        return parsed

    return run


def record(parsed: Parsed) -> dict[str, Any]:
    assert parsed.record is not None
    return dict(parsed.record)


def codes(parsed: Parsed) -> list[str]:
    return [issue.code for issue in parsed.issues]


FULL = {
    "kind": "vårdenhet",
    "alternative_names": ["Ekens VC", "ekens mottagning", "EVC"],
    "former_names": ["Almens vårdcentral"],
    "parent_hsa_id": "se2321000024-1parent",
    "organisation_number": "232100-0024",
    "provider_name": "Region Uppsala",
    "unit_type": "2",
    "activities": ["1502", "1504"],
    "care_forms": ["1", "Hemsjukvård"],
    "ownership": "Privat, vårdavtal",
    "visible_for": ["03"],
    "address": "Storgatan 1, 753 20 Uppsala",
    "place": "Svartbäcken",
    "postal_address": "Box 12, 751 01 Uppsala",
    "region": "Region Uppsala",
    "municipality": "Uppsala kommun",
    "lat": "59.858611111111",
    "lon": "17,638888888",
    "phone": ["018-611 00 00, 1177"],
    "switchboard": "018-611 00 01",
    "text_phone": "018-611 00 02",
    "video_phone": "018-611 00 03",
    "sms": "070-174 06 05",
    "fax": "018-611 00 05",
    "email": "eken@example.se",
    "website": "www.example.se",
    "professional_phone": "018-611 00 09",
    "professional_email": "intern@example.se",
    "opening_hours": ["1-5#08:00#17:00", "6-6#22:00#02:00#jour"],
    "telephone_hours": "mån-fre 8-12",
    "drop_in_hours": "1-1#13:00#15:00",
    "visiting_hours": "1-7#14:00#18:00",
    "hours_exceptions": "2026-12-24 stängt",
    "professions": ["Läkare", "BM"],
    "offerings": ["1502"],
    "languages": ["sv", "eng", "Arabiska"],
    "e_services": ["Boka tid=https://example.se/boka"],
    "accessibility": ["ramp", "lift=nej", "Hörslinga=delvis"],
    "description": "Rad ett\n\n\n\nRad två",
    "about": "Om oss",
    "directions": "Buss 1",
    "indoor_directions": "Plan 2",
    "referral_rules": "Ingen remiss",
    "visiting_rules": "Fråga först",
    "age_rules": ["02-08#barn", "18-99"],
    "patient_information": "Ta med legitimation",
    "price_information": "250 kr",
    "notice": [";20260601;20260831;Sommartider", "Vi bygger om"],
    "notice_from": "2026-01-01",
    "notice_to": "2026-01-31",
    "listing_status": "kö",
    "queue_length": "1 204",
    "listing_since": "2026-01-01",
    "publish_from": "2026-07-01",
    "publish_to": "2026-12-31",
    "status": "aktiv",
    "successor_hsa_id": "SE2321000024-1NEXT",
    "related_hsa_ids": ["SE2321000024-1NEXT", "nonsense", KEY],
    "prescription_code": "14636600",
    "responsible_contact": "katalog@example.se",
    "updated_at": "20260115120000Z",
}


def test_every_column_reaches_the_record(parse: Parse) -> None:
    parsed = parse(**FULL)
    found = record(parsed)
    assert sorted(codes(parsed)) == ["hours-past-midnight", "hsa-id-invalid"]
    assert found["kind"] == "care_unit"
    assert found["alternative_names"] == ["Ekens VC", "EVC"]
    assert found["parent"] == "SE2321000024-1PARENT"
    assert found["provider"] == {"organisation_number": "2321000024", "name": "Region Uppsala"}
    assert found["unit_types"] == ["02"]
    assert found["care_forms"] == ["01", "03"]
    assert found["ownership"] == ["4"]
    assert found["addresses"] == {
        "visiting": {"street": "Storgatan 1", "postal_code": "75320", "city": "Uppsala"},
        "postal": {"street": "Box 12", "postal_code": "75101", "city": "Uppsala"},
    }
    assert (found["region"], found["municipality"]) == ("03", "0380")
    assert found["position"] == {"lat": 59.8586111, "lon": 17.6388889, "origin": "wgs84"}
    assert found["contacts"]["phone"] == ["+46186110000", "1177"]
    assert found["contacts"]["website"] == ["https://www.example.se"]
    assert found["professional_contacts"] == {"phone": ["+46186110009"], "email": ["intern@example.se"]}
    assert found["hours"]["opening"]["weekly"][5]["closes"] == "26:00"
    assert found["hours"]["opening"]["exceptions"][0]["intervals"] == []
    assert len(found["hours"]["telephone"]["weekly"]) == 5
    assert found["professions"] == [
        {"code": "LK", "origin": "catalogue"},
        {"code": "BM", "origin": "catalogue"},
    ]
    assert found["languages"] == ["swe", "eng", "ara"]
    assert found["e_services"] == [{"name": "Boka tid", "url": "https://example.se/boka"}]
    assert found["accessibility"] == [
        {"code": "ramp", "value": "yes"},
        {"code": "lift", "value": "no"},
        {"code": "hearing-loop", "value": "partly"},
    ]
    assert found["texts"]["description"] == "Rad ett\n\nRad två"
    assert found["age_rules"] == [{"min_age": 2, "max_age": 8, "note": "barn"}, {"min_age": 18}]
    assert found["notices"] == [
        {"text": "Sommartider", "starts_on": "2026-06-01", "ends_on": "2026-08-31"},
        {"text": "Vi bygger om", "starts_on": "2026-01-01", "ends_on": "2026-01-31"},
    ]
    assert found["listing"] == {"status": "queue", "queue_length": 1204, "since": "2026-01-01"}
    assert found["publish_from"] == "2026-06-30T22:00:00Z"
    assert found["publish_to"] == "2026-12-31T23:00:00Z"
    assert found["related_units"] == ["SE2321000024-1NEXT"]
    assert found["external_identifiers"] == [{"system": "workplace-code", "value": "14636600"}]
    assert parsed.as_of is not None
    assert parsed.as_of.isoformat() == "2026-01-15T12:00:00+00:00"


def test_no_documented_column_is_forgotten(parse: Parse) -> None:
    given = {*FULL, "name", "hsa_id"}
    alone = {
        "street": "S 1",
        "postal_code": "75320",
        "city": "Uppsala",
        "coordinates": "X: 6640000, Y: 1600000",
    }
    alone |= {"postal_street": "Box 1", "postal_postal_code": "75101", "postal_city": "Uppsala"}
    alone |= {"x": "6640000", "y": "1600000"}
    for column in UNIT_COLUMNS:
        if column.name in NOT_IN_RECORD:
            continue
        assert column.name in given | alone.keys(), column.name
        cell = FULL.get(column.name) or alone.get(column.name) or "Ekens"
        pair = {"x": "y", "y": "x", "lat": "lon", "lon": "lat", "queue_length": "listing_status"}
        pair["listing_since"] = "listing_status"
        other = pair.get(column.name)
        extra = {other: alone.get(other) or FULL[other]} if other else {}
        bare = record(parse())
        assert record(parse(**{column.name: cell, **extra})) != bare or column.name == "name", column.name


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"hsa_id": []}, "hsa-id-missing"),
        ({"hsa_id": "30615"}, "hsa-id-invalid"),
        ({"hsa_id": "TSTNMT2321000156-ALFA"}, "hsa-id-invalid"),
        ({"name": []}, "name-missing"),
    ],
)
def test_a_row_without_key_or_name_is_rejected(parse: Parse, cells: dict[str, Any], code: str) -> None:
    [issue] = parse(**cells).issues
    assert (issue.severity, issue.code, issue.row) == ("error", code, 7)


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"activities": "9999"}, "code-unknown", "activities"),
        ({"ownership": "Något annat"}, "code-unknown", "ownership"),
        ({"accessibility": "ramp=kanske"}, "accessibility", "accessibility"),
        ({"region": "77"}, "region", "region"),
        ({"municipality": "Bullerbyn"}, "municipality", "municipality"),
        ({"phone": "ring oss"}, "phone", "contacts"),
        ({"email": "inte en adress"}, "email", "contacts"),
        ({"website": "javascript:alert(1)"}, "url", "contacts"),
        ({"coordinates": "någonstans"}, "coordinates-unreadable", "position"),
        ({"lat": "48.85", "lon": "2.35"}, "coordinates-outside", "position"),
        ({"opening_hours": "1-5#nio#tolv"}, "hours-time", "hours"),
        ({"publish_from": "2026-12-31", "publish_to": "2026-01-01"}, "publication-window", "publish_from"),
        ({"notice": "x", "notice_from": "2026-02-01", "notice_to": "2026-01-01"}, "notice-dates", "notices"),
        ({"organisation_number": "232100-0025"}, "organisation-number", "provider"),
        ({"listing_status": "kanske"}, "word-unknown", "listing"),
    ],
)
def test_a_bad_value_is_told_and_left_out(parse: Parse, cells: dict[str, str], code: str, field: str) -> None:
    parsed = parse(**cells)
    assert code in codes(parsed)
    assert all(issue.severity != "error" for issue in parsed.issues)
    assert field not in record(parsed)


def test_coordinates_of_every_system_mean_the_same_place(parse: Parse) -> None:
    places = [
        record(parse(coordinates="X: 6640000, Y: 1600000"))["position"],
        record(parse(x="6640000", y="1600000", coordinate_system="RT90"))["position"],
        record(parse(x="1600000", y="6640000"))["position"],
    ]
    assert [place["origin"] for place in places] == ["rt90"] * 3
    assert {(place["lat"], place["lon"]) for place in places} == {(places[0]["lat"], places[0]["lon"])}


def test_the_place_in_the_building_follows_the_street(parse: Parse) -> None:
    found = record(parse(address="Ekens mottagning, Storgatan 1, 753 20 Uppsala"))
    assert found["addresses"]["visiting"]["street"] == "Storgatan 1"
    found = record(parse(address="Gallerians övre plan, Storgatan 1, 753 20 Uppsala"))
    assert found["addresses"]["visiting"]["street"] == "Storgatan 1, Gallerians övre plan"


def test_the_region_of_the_command_serves_rows_without_one(parse: Parse) -> None:
    assert record(parse("03"))["region"] == "03"
    assert record(parse("03", municipality="80"))["municipality"] == "0380"
    assert record(parse("03", region="04"))["region"] == "04"


def test_a_region_that_does_not_exist_is_refused_before_anything_is_read(parse: Parse) -> None:
    with pytest.raises(RegionUnknown, match="99"):
        parse("99")


@pytest.mark.parametrize(
    ("name", "cells", "expected"),
    [
        ("Ekens vårdcentral", {}, ["02"]),
        ("Ekens Hälsocentral", {}, ["02"]),
        ("Eken", {"alternative_names": "VC"}, ["02"]),
        ("Ekens läkarstation", {"activities": "1502"}, ["02"]),
        ("Ekens läkarstation", {}, None),
        ("Kronans Apotek Ekens vårdcentral", {}, None),
        ("BVC Ekens vårdcentral", {}, None),
        ("Vaccination Ekens vårdcentral", {}, None),
        ("Ekens vårdcentral", {"unit_type": "01"}, ["01"]),
    ],
)
def test_health_centres_are_known_by_what_they_call_themselves(
    parse: Parse, name: str, cells: dict[str, str], expected: list[str] | None
) -> None:
    assert record(parse(derive=True, name=name, **cells)).get("unit_types") == expected


def test_without_leave_no_type_is_derived(parse: Parse) -> None:
    assert "unit_types" not in record(parse(name="Ekens vårdcentral"))


OUTLINE = """
INSERT INTO area (kind, code, name, precision, geom)
SELECT 'municipality', CAST(:code AS text), CAST(:code AS text), 'official',
    ST_Multi(ST_MakeEnvelope(:west, 59.5, :east, 60.2, 4326))
ON CONFLICT (kind, code) DO UPDATE SET geom = excluded.geom, precision = 'official'
"""


@pytest.fixture
def outlines(directory: Engine) -> Any:
    """Two municipalities side by side as boxes, official for the time of the test."""
    with directory.begin() as connection:
        connection.execute(text("CREATE TABLE kept_area AS SELECT * FROM area"))
        for code, west, east in (("0380", 17.0, 18.0), ("0381", 16.0, 17.0)):
            connection.execute(text(OUTLINE), {"code": code, "west": west, "east": east})
    yield
    with directory.begin() as connection:
        connection.execute(text("DELETE FROM area"))
        connection.execute(text("INSERT INTO area OVERRIDING SYSTEM VALUE SELECT * FROM kept_area"))
        connection.execute(text("DROP TABLE kept_area"))


@pytest.mark.usefixtures("outlines")
def test_a_missing_municipality_is_found_from_the_position(parse: Parse) -> None:
    found = record(parse(lat="59.86", lon="17.64"))
    assert (found["municipality"], found["region"]) == ("0380", "03")


@pytest.mark.usefixtures("outlines")
def test_a_position_outside_the_stated_municipality_is_told_with_the_distance(parse: Parse) -> None:
    parsed = parse(lat="59.86", lon="17.64", municipality="0381")
    assert record(parsed)["municipality"] == "0381"
    [issue] = parsed.issues
    assert (issue.code, issue.severity) == ("position-outside-municipality", "warning")
    assert "35.9 km" in issue.message
    assert "Uppsala" in issue.message


@pytest.mark.usefixtures("outlines")
def test_a_position_in_another_region_than_the_stated_is_told(parse: Parse) -> None:
    parsed = parse(lat="59.86", lon="17.64", region="04")
    assert codes(parsed) == ["position-outside-region"]
    assert record(parsed)["region"] == "04"
    assert "municipality" not in record(parsed)


def test_without_outlines_the_postal_code_tells_the_municipality(parse: Parse) -> None:
    assert record(parse(address="Storgatan 1, 753 20 Uppsala"))["municipality"] == "0380"


def test_two_sources_fill_each_other(directory: Engine, load: Importer, tmp_path: Path) -> None:
    ldif = tmp_path / "units.ldif"
    ldif.write_text(
        "version: 1\n\ndn: ou=Eken,o=Org,c=SE\nobjectClass: organizationalUnit\n"
        f"hsaIdentity: {KEY}\nou: Ekens gamla namn vårdcentral\nhsaBusinessClassificationCode: 1502\n"
        "hsaSurgeryHours: 1-5#08:00#17:00\nvgrModifyTimestamp: 20100630123454Z\n\n",
        encoding="utf-8",
    )
    snapshot = tmp_path / "snapshot.csv"
    snapshot.write_text(
        "namn;län;hsa;lank_1177;ort;postnr;adress;telefon;lat;long\n"
        f"Ekens vårdcentral;03;{KEY};https://a.se;Uppsala;75320;Storgatan 1;018-611 00 00;59.86;17.64\n",
        encoding="utf-8",
    )
    for order in ((ldif, snapshot), (snapshot, ldif)):
        for path in order:
            load("units", path, source=path.name)
        with directory.connect() as connection:
            found = connection.scalar(text("SELECT record FROM care_unit_version WHERE upper_inf(period)"))
        assert found is not None
        assert found["name"] == "Ekens vårdcentral"
        assert found["former_names"] == ["Ekens gamla namn vårdcentral"]
        assert found["activities"] == ["1502"]
        assert found["hours"]["opening"]["weekly"][0]["opens"] == "08:00"
        assert found["contacts"]["phone"] == ["+46186110000"]
        assert found["unit_types"] == ["02"]
