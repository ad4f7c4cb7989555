"""Workbooks: cells as a person reads them, and the workbooks that are not to be opened at all."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from importers.issues import FileRefused
from importers.readers import xlsx
from importers.readers.rows import MIB, Limits, ReadOptions


def workbook(tmp_path: Path, *rows: list[Any], title: str = "Enheter") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    path = tmp_path / "units.xlsx"
    book.save(path)
    return path


def test_cells_become_the_text_that_a_person_reads(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["HSA_ID", "postal_code", "from", "at", "lat", "open", "at time", None],
        ["SE1", 41234, date(2025, 5, 31), datetime(2025, 5, 31, 8, 30), 57.5, True, time(8, 0), None],  # noqa: DTZ001
        [None] * 7,
        ["SE2", "=".join(["a", "b"]), None, None, 1.0, False, None],
    )
    sheet = xlsx.read(path)
    first, second = list(sheet.rows)
    assert first.fields == {
        "hsa_id": ["SE1"],
        "postal_code": ["41234"],
        "from": ["2025-05-31"],
        "at": ["2025-05-31T08:30:00"],
        "lat": ["57.5"],
        "open": ["true"],
        "at time": ["08:00"],
    }
    assert (first.number, second.number) == (2, 4)
    assert second.fields == {"hsa_id": ["SE2"], "postal_code": ["a=b"], "lat": ["1"], "open": ["false"]}


def test_a_formula_refuses_the_file_and_names_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["hsa_id", "name"], ["SE1", "A"], ["SE2", "=A2"])
    with pytest.raises(
        FileRefused, match=r"cell B3 of the sheet “Enheter” holds a formula; .*paste it as values"
    ):
        list(xlsx.read(path).rows)


def test_an_error_cell_costs_only_itself(tmp_path: Path) -> None:
    [row] = xlsx.read(workbook(tmp_path, ["hsa_id", "name"], ["SE1", "#N/A"])).rows
    assert row.fields == {"hsa_id": ["SE1"]}
    assert [(issue.code, issue.field) for issue in row.issues] == [("error-cell", "name")]


def test_a_merged_heading_and_a_cell_without_heading_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="column B has no heading"):
        xlsx.read(workbook(tmp_path, ["hsa_id", None, "name"], ["SE1", "A", "B"]))
    [row] = xlsx.read(workbook(tmp_path, ["hsa_id", "name"], ["SE1", "A", "B"])).rows
    assert [issue.message for issue in row.issues] == ["the cell C2 stands under no heading"]


def test_the_named_sheet_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["hsa_id"], ["SE1"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Andra").append(["hsa_id"])
    book.save(path)
    assert xlsx.read(path).other_sheets == ("Andra",)
    assert list(xlsx.read(path, ReadOptions(sheet="andra")).rows) == []
    with pytest.raises(FileRefused, match="no sheet “Tredje”; it has “Enheter”, “Andra”"):
        xlsx.read(path, ReadOptions(sheet="Tredje"))


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="the sheet “Enheter” is empty"):
        xlsx.read(workbook(tmp_path))


def rewritten(path: Path, name: str, content: bytes) -> Path:
    """The same workbook with one part replaced or added."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path, ["hsa_id"]), SHEET, b" " * 20 * MIB)
    with pytest.raises(FileRefused, match="unpacks to 20 MiB, more than 4 MiB"):
        xlsx.read(path, ReadOptions(limits=Limits(unpacked=4 * MIB)))
    with pytest.raises(FileRefused, match="times its size"):
        xlsx.read(path)


def test_entities_macros_and_damage_are_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    with pytest.raises(FileRefused, match="declares XML entities"):
        xlsx.read(rewritten(workbook(tmp_path, ["hsa_id"]), SHEET, bomb))
    with pytest.raises(FileRefused, match="holds macros"):
        xlsx.read(rewritten(workbook(tmp_path, ["hsa_id"]), "xl/vbaProject.bin", b"x"))
    with pytest.raises(FileRefused, match="the workbook is damaged"):
        list(
            xlsx.read(
                rewritten(workbook(tmp_path, ["hsa_id"], ["SE1"]), SHEET, b"<worksheet><sheetData><row")
            ).rows
        )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 100, "encrypted or an old"),
        (b"hsa_id;name\n", "not an Excel workbook"),
        (b"PK\x03\x04 cut", "damaged or cut off"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "units.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=message):
        xlsx.read(path)


def test_a_cut_workbook_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["hsa_id"], ["SE1"])
    whole = path.read_bytes()
    for cut in range(10, len(whole), len(whole) // 20):
        path.write_bytes(whole[:cut])
        with pytest.raises(FileRefused):
            list(xlsx.read(path).rows)


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(FileRefused, match="not an Excel workbook"):
        xlsx.read(path)
