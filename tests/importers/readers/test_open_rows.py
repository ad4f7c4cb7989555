"""The reader is chosen by what a file holds, and what cannot be read is said plainly."""

import os
from pathlib import Path

import openpyxl
import pytest

from importers.issues import FileRefused
from importers.readers import open_rows


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.txt", b"\xef\xbb\xbf# made by x\nversion: 1\n\ndn: a\nou: b\n\n", "ldif"),
        ("a.ldif", b"ou: b\n", "ldif"),
        ("a.ldif", b'[{"name": "A"}]', "json"),
        ("a.csv", b'{"name": "A"}\n', "json"),
        ("a.bin", b"name;dn: x\n", "csv"),
    ],
)
def test_the_content_decides(tmp_path: Path, name: str, content: bytes, format: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    try:
        assert open_rows(path).format == format
    except FileRefused as refusal:
        raise AssertionError(refusal.detail) from refusal


def test_a_workbook_is_known_under_any_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["name"])
    path = tmp_path / "units.csv"
    book.save(path)
    book.create_sheet("Andra")
    book.save(path)
    opened = open_rows(path)
    assert opened.format == "xlsx"
    assert [issue.code for issue in opened.issues] == ["sheets-not-read"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"\x1f\x8b\x08rest", "packed with gzip; unpack it first"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<?xml version='1.0'?><a/>", "XML or HTML"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "units"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=message):
        open_rows(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "there is no such file"),
        ("folder", "this is a folder; name the files in it"),
        ("loop.csv", "a link that leads to no file"),
        ("pipe.csv", "not a plain file"),
    ],
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileRefused, match=message):
        open_rows(tmp_path / name)
