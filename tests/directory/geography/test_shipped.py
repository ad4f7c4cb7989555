"""The geography that ships: complete, with known sources, and loaded twice without a change."""

import tomllib
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from directory.geography.queries import find_places, list_municipalities, list_regions, postal_code
from directory.geography.rows import MunicipalityRow
from directory.geography.services import load_municipalities, load_shipped
from directory.geography.services.shipped import DATA, shipped_localities, shipped_postal_codes
from directory.services import ensure_source


@pytest.fixture(scope="module")
def loaded(engine: Engine) -> Iterator[Connection]:
    """A connection in whose open transaction the data is loaded, once for all tests here."""
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            load_shipped(session)
            session.commit()
        yield connection
        transaction.rollback()


@pytest.fixture
def shipped(loaded: Connection) -> Iterator[Session]:
    with loaded.begin_nested() as savepoint:
        with Session(loaded, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        savepoint.rollback()


def test_loading_again_changes_nothing(shipped: Session) -> None:
    stamp = "SELECT stamp FROM geography_stamp"
    before = shipped.scalar(text(stamp))
    counts = load_shipped(shipped)
    assert (counts.created, counts.updated, counts.rejected) == (0, 0, 0)
    assert counts.unchanged > 20_000
    assert shipped.scalar(text(stamp)) == before


def test_regions_and_municipalities_are_complete(shipped: Session) -> None:
    regions, municipalities = list_regions(shipped), list_municipalities(shipped)
    assert len(regions) == 21
    assert len(municipalities) == 290
    assert all(region.name and region.name_en and region.organisation_number for region in regions)
    assert all(town.name and town.name_en for town in municipalities)
    assert {town.region_code for town in municipalities} == {region.code for region in regions}


def test_heby_is_in_uppsala_region(shipped: Session) -> None:
    assert "0331" in {town.code for town in list_municipalities(shipped, "03")}


def test_every_municipality_lies_by_its_outline(shipped: Session) -> None:
    far = text(
        "SELECT m.name FROM municipality m LEFT JOIN area a ON a.kind = 'municipality' AND a.code = m.code"
        " WHERE a.code IS NULL OR NOT ST_DWithin(a.geom::geography, m.position, 2500)"
    )
    assert shipped.scalars(far).all() == []


def test_outlines_are_marked_approximate_and_do_not_overlap(shipped: Session) -> None:
    overlaps = text(
        "SELECT a.code, b.code FROM area a JOIN area b ON a.code < b.code AND a.geom && b.geom"
        " WHERE a.kind = 'municipality' AND b.kind = 'municipality'"
        " AND ST_Area(ST_Intersection(a.geom, b.geom)::geography) > 1000000"
    )
    assert shipped.execute(overlaps).all() == []
    precisions = text("SELECT DISTINCT precision FROM area WHERE kind = 'municipality'")
    assert shipped.scalars(precisions).all() == ["approximate"]


def test_an_import_is_not_overwritten(shipped: Session) -> None:
    source = ensure_source(shipped, "survey")
    load_municipalities(shipped, [MunicipalityRow("0180", "Stockholms stad")], source, None)
    load_shipped(shipped)
    assert {town.name for town in list_municipalities(shipped) if town.code == "0180"} == {"Stockholms stad"}


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        ("Krokslätt", "district", "1480"),
        ("gothenburg", "municipality", "1480"),
        ("sthlm", "municipality", "0180"),
        ("slussen", "landmark", "0180"),
        ("möllan", "district", "1280"),
        ("Uppsala", "municipality", "0380"),
        ("Södermalm", "district", "0180"),
    ],
)
def test_what_people_write_is_found(shipped: Session, words: str, kind: str, code: str) -> None:
    place = find_places(shipped, words)[0].place
    assert (place.kind, place.municipality_code) == (kind, code)


def test_regions_are_found_by_their_names(shipped: Session) -> None:
    assert {find_places(shipped, words)[0].place.code for words in ("Skåne", "scania", "Skåne län")} == {"12"}


def test_a_postal_code_is_found_with_and_without_its_space(shipped: Session) -> None:
    assert postal_code(shipped, "753 20") == postal_code(shipped, "75320")
    place = find_places(shipped, "753 20")[0].place
    assert (place.kind, place.municipality_code, place.region_code) == ("postal-code", "0380", "03")
    assert find_places(shipped, "000 00") == []


def test_postal_codes_and_localities_are_unique() -> None:
    codes = [row.code for row in shipped_postal_codes()]
    places = [(row.name, row.municipality_code, row.kind) for row in shipped_localities()]
    assert len(codes) == len(set(codes)) > 18_000
    assert len(places) == len(set(places)) > 2_000


def test_every_file_names_its_sources() -> None:
    sources = tomllib.loads((DATA / "sources.toml").read_text("utf-8"))
    data = {path.name for path in DATA.iterdir() if path.suffix in (".csv", ".geojson")}
    assert set(sources["files"]) == data
    named = {name for names in sources["files"].values() for name in names}
    assert named == set(sources["sources"])
    assert all(source["licence"] and source["vintage"] for source in sources["sources"].values())


def test_the_outlines_stay_small_enough_to_send() -> None:
    assert (DATA / "outlines.geojson").stat().st_size <= 350_000
