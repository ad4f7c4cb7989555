"""Offerings and professions: facts added to units that are there already."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.support.imports import Importer

Table = Callable[..., Path]
ONE, TWO, NONE = "SE2321000024-1001", "SE2321000024-1002", "SE2321000024-1999"


@pytest.fixture
def units(load: Importer, table: Table) -> None:
    """Two units."""
    load("units", table([{"hsa_id": ONE, "name": "Eken"}, {"hsa_id": TWO, "name": "Almen"}]), source="units")


def current(directory: Engine, key: str, field: str) -> Any:
    query = "SELECT record->:field FROM care_unit_version WHERE hsa_id = :key AND upper_inf(period)"
    with directory.connect() as connection:
        return connection.scalar(text(query), {"key": key, "field": field})


@pytest.mark.usefixtures("units")
def test_rows_of_one_unit_are_its_offerings(directory: Engine, load: Importer, table: Table) -> None:
    rows: list[dict[str, object]] = [
        {"hsa_id": ONE, "code": "1502", "min_age": 18, "referral": "nej", "delivery": "on-site|video"},
        {"hsa_id": TWO, "code": "1504", "max_age": 6},
        {"hsa_id": ONE, "code": "1505", "sex": "kvinna", "valid_from": "2026-01-01"},
    ]
    report = load("offerings", table(rows))
    assert (report.read, report.diff.updated, report.rejected_count) == (3, 2, 0)
    assert current(directory, ONE, "offerings") == [
        {"code": "1502", "min_age": 18, "referral": False, "delivery": ["on-site", "video"]},
        {"code": "1505", "sex": "female", "valid_from": "2026-01-01"},
    ]
    assert load("offerings", table(rows)).diff.unchanged == 2


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"hsa_id": NONE, "code": "1502"}, "unit-unknown"),
        ({"hsa_id": "", "code": "1502"}, "hsa-id-missing"),
        ({"hsa_id": ONE, "code": "0000"}, "code-unknown"),
        ({"hsa_id": ONE, "code": "1502", "min_age": 20, "max_age": 10}, "age"),
        ({"hsa_id": ONE, "code": "1502", "min_age": 131}, "age"),
        ({"hsa_id": ONE, "code": "1502", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "validity"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected(
    load: Importer, table: Table, row: dict[str, object], code: str
) -> None:
    report = load("offerings", table([row]), max_rejected=100)
    assert [entry["code"] for entry in report.rejected] == [code]
    assert report.diff.updated == 0


@pytest.mark.usefixtures("units")
def test_what_the_full_file_no_longer_says_goes_and_the_unit_stays(
    directory: Engine, load: Importer, table: Table
) -> None:
    load("offerings", table([{"hsa_id": ONE, "code": "1502"}, {"hsa_id": TWO, "code": "1502"}]))
    report = load("offerings", table([{"hsa_id": ONE, "code": "1502"}]), mode="full")
    assert (report.diff.updated, report.closed) == (1, 0)
    assert current(directory, TWO, "offerings") is None
    assert current(directory, TWO, "status") == "active"


@pytest.mark.usefixtures("units")
def test_a_manual_profession_is_signed(directory: Engine, load: Importer, table: Table) -> None:
    signed = {"recorded_by": "Enhetschef", "recorded_at": "2026-01-01", "valid_until": "2026-12-31"}
    rows: list[dict[str, object]] = [
        {"hsa_id": ONE, "code": "LK"},
        {"hsa_id": ONE, "code": "Barnmorska", "origin": "manuell", **signed},
        {"hsa_id": ONE, "code": "PS", "origin": "manual", "recorded_by": "Enhetschef"},
    ]
    report = load("professions", table(rows), max_rejected=50)
    assert [entry["code"] for entry in report.rejected] == ["manual-unsigned"]
    assert len(report.rejected[0]["also"]) == 1
    assert current(directory, ONE, "professions") == [
        {"code": "LK", "origin": "catalogue"},
        {
            "code": "BM",
            "origin": "manual",
            "recorded_by": "Enhetschef",
            "recorded_at": "2025-12-31T23:00:00+00:00",
            "valid_until": "2026-12-31",
        },
    ]


def test_a_table_without_its_columns_is_refused(load: Importer, table: Table) -> None:
    report = load("offerings", table([{"hsa_id": ONE, "service_name": "1502"}]))
    assert report.refusal is not None
    assert "code" in report.refusal.message
