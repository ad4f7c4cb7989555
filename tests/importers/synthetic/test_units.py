"""Invented units: real places, valid identifiers, and nothing that could belong to anyone."""

import math
from collections import Counter
from datetime import date

import pytest

from codes.identifiers import HsaId, OrganisationNumber, PhoneNumber
from codes.shipped import shipped_code_systems
from directory.hours import parse_hsa, parse_text
from importers.columns import COLUMNS
from importers.synthetic import naming, numbers, opening
from importers.synthetic.catalogue import hospital_kinds, hours, texts, unit_kinds
from importers.synthetic.country import JITTER_M, municipalities, shares
from importers.synthetic.files import UNIT_HEADINGS
from importers.synthetic.units import Unit, units

ON = date(2026, 11, 20)
FICTION = ("+468465004", "+464062804", "+463139006", "+469803192", "+467017406")


@pytest.fixture(scope="module")
def made() -> list[Unit]:
    return list(units(2000, seed=7, on=ON))


def test_there_are_as_many_as_asked_for(made: list[Unit]) -> None:
    assert len(made) == 2000
    assert len({unit.row["hsa_id"] for unit in made}) == 2000


def test_the_same_seed_gives_the_same_units_and_another_seed_others(made: list[Unit]) -> None:
    rows = [unit.row for unit in made]
    assert rows == [unit.row for unit in units(2000, seed=7, on=ON)]
    assert rows != [unit.row for unit in units(2000, seed=8, on=ON)]


@pytest.mark.parametrize("count", [0, 1, 21, 300, 5000])
def test_shares_add_up_and_leave_no_region_out(count: int) -> None:
    parts = list(shares(count))
    assert sum(part for _, part in parts) == count
    assert all(part >= 0 for _, part in parts)
    if count >= 21:
        assert len({place.region.code for place, part in parts if part}) == 21


def test_identifiers_hold_and_providers_are_invented(made: list[Unit]) -> None:
    regions = {place.region.organisation_number for place in municipalities()}
    for unit in made:
        assert HsaId.parse(unit.row["hsa_id"]).organisation_number is not None
        number = OrganisationNumber.parse(unit.row["organisation_number"])
        assert number.value in regions or number.value.startswith("55999")


def test_a_provider_number_has_one_name(made: list[Unit]) -> None:
    names = {(unit.row["organisation_number"], unit.row["provider_name"]) for unit in made}
    assert len(names) == len({number for number, _ in names})


def test_telephones_are_those_kept_for_fiction(made: list[Unit]) -> None:
    columns = ("phone", "text_phone", "professional_phone")
    written = {unit.row[column] for unit in made for column in columns if column in unit.row}
    assert len(written) > 100
    assert all(PhoneNumber.parse(number).value.startswith(FICTION) for number in written)


def test_every_number_of_the_series_is_in_it() -> None:
    class Last:
        def randrange(self, stop: int) -> int:
            return stop - 1

    last = {code: numbers.phone(code, Last()) for code in ("01", "12", "14", "25", "17")}  # type: ignore[arg-type]
    assert last == {
        "01": "08-46500499",
        "12": "040-6280499",
        "14": "031-3900699",
        "25": "0980-319299",
        "17": "070-1740699",
    }


def test_positions_are_in_sweden_and_near_a_place_of_the_municipality(made: list[Unit]) -> None:
    places = {place.code: place for place in municipalities()}
    positioned = [unit.row for unit in made if "lat" in unit.row]
    assert len(positioned) > 0.95 * len(made)
    for row in positioned:
        lat, lon = float(row["lat"]), float(row["lon"])
        assert 55.2 < lat < 69.2
        assert 10.5 < lon < 24.3
        nearest = min(_metres(lat, lon, site.lat, site.lon) for site in places[row["municipality"]].sites)
        assert nearest <= JITTER_M + 10


def test_postal_codes_and_towns_belong_together(made: list[Unit]) -> None:
    places = {place.code: place for place in municipalities()}
    for row in (unit.row for unit in made if "postal_code" in unit.row):
        sites = places[row["municipality"]].sites
        assert any(row["postal_code"] in site.postal_codes and row["city"] == site.city for site in sites)


def test_regions_that_say_halsocentral_have_no_vardcentral(made: list[Unit]) -> None:
    by_word = Counter(
        ("hälsocentral" if "hälsocentral" in unit.row["name"].lower() else "vårdcentral", unit.row["region"])
        for unit in made
        if "central" in unit.row["name"].lower() and unit.kind.key == "health-centre"
    )
    north = naming.HEALTH_CENTRE_IS_HALSOCENTRAL
    assert {region for word, region in by_word if word == "hälsocentral"} == north
    assert not {region for word, region in by_word if word == "vårdcentral"} & north


def test_parents_come_first_and_successors_are_open(made: list[Unit]) -> None:
    seen: dict[str, Unit] = {}
    for unit in made:
        if parent := unit.row.get("parent_hsa_id"):
            assert seen[parent].row["kind"] == "care_unit"
            assert unit.row["kind"] == "unit"
        if successor := unit.row.get("successor_hsa_id"):
            assert unit.row["status"] == "closed"
            assert seen[successor].row.get("status") != "closed"
            assert seen[successor].kind is unit.kind
        seen[unit.row["hsa_id"]] = unit
    assert any("parent_hsa_id" in unit.row for unit in made)
    assert any("successor_hsa_id" in unit.row for unit in made)


def test_health_centres_say_whether_one_can_list(made: list[Unit]) -> None:
    said = Counter(
        unit.row.get("listing_status") for unit in made if unit.kind.listing and "status" not in unit.row
    )
    assert set(said) == {"open", "queue", "closed"}
    assert all("queue_length" in u.row for u in made if u.row.get("listing_status") == "queue")


def test_a_few_units_have_no_hours(made: list[Unit]) -> None:
    without = sum("opening_hours" not in unit.row for unit in made)
    assert 0.02 < without / len(made) < 0.07


def test_headings_are_documented_columns_and_hold_every_value(made: list[Unit]) -> None:
    assert set(UNIT_HEADINGS) <= set(COLUMNS)
    assert {column for unit in made for column in unit.row} <= set(UNIT_HEADINGS)


def test_every_code_is_in_a_shipped_list() -> None:
    known = {system.key: {c.code for c in system.concepts} for system in shipped_code_systems()}
    for kind in (*unit_kinds(), *hospital_kinds()):
        services = {*kind.services, *kind.sometimes_services}
        assert services <= known["care-service"]
        assert {condition.code for condition in kind.conditions} <= services
        assert {*kind.professions, *kind.sometimes} <= known["profession"]
        assert set(kind.activities) <= known["hsa-business-classification"]
        assert set(kind.care_forms) <= known["care-form"]
        assert {kind.unit_type} - {""} <= known["unit-type"]
        assert {kind.opening, kind.telephone, kind.drop_in, kind.visiting} - {""} <= set(hours())
        assert kind.text in texts()


def test_every_profile_of_hours_can_be_read() -> None:
    for variants in hours().values():
        for variant in variants:
            found = parse_hsa(variant)
            assert found.schedule.weekly
            assert all(problem.kept for problem in found.problems)


def test_exceptions_follow_the_reference_date(made: list[Unit]) -> None:
    told = [unit.row["hours_exceptions"] for unit in made if "hours_exceptions" in unit.row]
    assert told
    for text in told:
        found = parse_text(text)
        assert not found.problems
        assert all(exception.first >= ON for exception in found.schedule.exceptions)


@pytest.mark.parametrize(("year", "day"), [(2024, 21), (2025, 20), (2026, 19), (2027, 25)])
def test_midsummer_eve_is_a_friday(year: int, day: int) -> None:
    assert opening.midsummer_eve(year) == date(year, 6, day)
    assert opening.midsummer_eve(year).isoweekday() == 5


def test_quarters_are_all_different() -> None:
    assert len({naming.quarter(number) for number in range(1000)}) == 1000


def test_genitive_of_a_name_that_ends_in_s_is_the_name() -> None:
    assert (naming.genitive("Ekbacken"), naming.genitive("Mönsterås")) == ("Ekbackens", "Mönsterås")


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    y = (lat - other_lat) * 111_320
    x = (lon - other_lon) * 111_320 * math.cos(math.radians(lat))
    return math.hypot(x, y)
