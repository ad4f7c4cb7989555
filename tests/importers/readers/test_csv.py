"""Delimited text: delimiters, encodings, quotation marks and sizes that files really come with."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.issues import FileRefused
from importers.readers import csv
from importers.readers.rows import Limits, RawRow, ReadOptions

KNOWN = frozenset({"hsa_id", "name", "city"})
HEADER = "hsa_id;name;city\n"


def write(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "units.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(tmp_path: Path, content: bytes | str, **options: object) -> list[RawRow]:
    return list(csv.read(write(tmp_path, content), ReadOptions(known=KNOWN, **options)).rows)  # type: ignore[arg-type]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_finds_the_delimiter_from_the_known_columns(tmp_path: Path, delimiter: str) -> None:
    text = f"\ufeffHSA_id{delimiter}name{delimiter}a, b; c|d\r\nSE1{delimiter}Åby{delimiter}\r\n\r\n"
    if delimiter != "|":
        text = text.replace("c|d", "c") if delimiter == "\t" else text.replace("a, b; c|d", "city")
    else:
        text = text.replace("a, b; c|d", "city")
    [row] = read(tmp_path, text)
    assert row.fields == {"hsa_id": ["SE1"], "name": ["Åby"]}
    assert row.number == 2


def test_quoted_cells_may_hold_delimiters_quotes_and_breaks(tmp_path: Path) -> None:
    rows = read(tmp_path, HEADER + 'SE1;"Åby; ""nya""\nhuset";Mölndal\nSE2;B;C\n')
    assert rows[0].first("name") == 'Åby; "nya"\nhuset'
    assert [row.number for row in rows] == [2, 4]


def test_a_row_with_the_wrong_number_of_cells_is_one_rejected_row(tmp_path: Path) -> None:
    rows = read(tmp_path, HEADER + "SE1;A\nSE2;B;C;D\nSE3;C;D\n")
    assert [[issue.code for issue in row.issues] for row in rows] == [["cell-count"], ["cell-count"], []]
    assert "2 cells where the header has 3" in rows[0].issues[0].message
    assert rows[0].fields["hsa_id"] == ["SE1"]


def test_a_stray_quotation_mark_rejects_its_row_only(tmp_path: Path) -> None:
    rows = read(tmp_path, HEADER + 'SE1;"Åby"x;C\nSE2;B;C\n')
    assert [[issue.code for issue in row.issues] for row in rows] == [["quotation-marks"], []]


@pytest.mark.parametrize("tail", ["SE2;B;C\n", 'SE2;"B";C\nSE3;C;D\n', 'SE2;B;"C\n', 'SE2;B;"C"\n' * 3])
def test_an_unclosed_quotation_mark_never_swallows_rows(tmp_path: Path, tail: str) -> None:
    with pytest.raises(FileRefused, match="line 2: a quotation mark that opens in this row is not closed"):
        read(tmp_path, HEADER + 'SE1;"A;B\n' + tail)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        ((HEADER + "SE1;A;B\nSE2;M").encode() + b"\xf6lndal;C\n", r"line 3: byte 30 \(0xf6\).*Windows-1252"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"hsa_id;name\nSE1;A\0\n", "line 2: the line holds NUL"),
        (b"hsa_id;name;Name \n", "several columns are called “name”"),
        (b"hsa_id;;name\n", "column B has no heading"),
        (b'hsa_id;"name\n', "the header cannot be read"),
        (b"hsa_id;name\rSE1;A\rSE2;B\r", "carriage return|header cannot be read"),
        (b"hsa_id;name\nSE1;" + b"A" * 200_000 + b"\n", "line 2: a cell is longer than 131072 characters"),
    ],
)
def test_refusals_say_what_and_where(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        read(tmp_path, content)


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-1", "utf-16", "utf-16-le"])
def test_a_declared_encoding_is_used(tmp_path: Path, encoding: str) -> None:
    [row] = read(tmp_path, (HEADER + "SE1;Åby;Mölndal\n").encode(encoding), encoding=encoding)
    assert row.fields == {"hsa_id": ["SE1"], "name": ["Åby"], "city": ["Mölndal"]}


def test_a_header_further_down_can_be_declared(tmp_path: Path) -> None:
    [row] = read(tmp_path, "Enheter 2025;;\n\n" + HEADER + "SE1;A;B\n", header_row=3)
    assert row.number == 4


def test_a_line_without_end_is_refused_without_being_read(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "SE1;A;B\nSE2;")
    with path.open("r+b") as stream:
        stream.seek(0, 2)
        stream.write(b"x" * 5000)
        stream.truncate(1 << 30)
    with pytest.raises(FileRefused, match=r"line 3: the line is longer than \d+ bytes"):
        list(csv.read(path, ReadOptions(known=KNOWN, limits=Limits(line=1000))).rows)
    with pytest.raises(FileRefused, match=r"line 3: the line is longer than 1048576 bytes"):
        list(csv.read(path, ReadOptions(known=KNOWN)).rows)


@given(content=st.binary(max_size=300))
def test_any_bytes_end_in_rows_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.mktemp("any"), HEADER.encode() + content)
    try:
        rows = list(csv.read(path, ReadOptions(known=KNOWN)).rows)
    except FileRefused:
        return
    assert all(set(row.fields) <= KNOWN for row in rows)
