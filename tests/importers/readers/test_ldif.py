"""LDIF: what RFC 2849 allows, and that a transfer cut anywhere never passes for a whole one."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.issues import FileRefused
from importers.readers import ldif
from importers.readers.rows import Limits, RawRow


def encoded(name: str, text: str, width: int = 77) -> str:
    """An attribute as exporters write it: base64 and folded."""
    line = f"{name}:: {base64.b64encode(text.encode()).decode()}"
    return "\n ".join(line[at : at + width] for at in range(0, len(line), width)) + "\n"


def entry(number: int, description: str) -> str:
    return (
        encoded("dn", f"ou=Vårdcentralen {number},o=Påhittad,c=SE")
        + "objectClass: organizationalUnit\n"
        + encoded("description", description)
        + f"hsaIdentity: SE2321000131-E{number:012}\n"
        + "hsaSurgeryHours: 1-5#08:00#17:00\nhsaSurgeryHours: 6-6#10:00#14:00\n"
        + encoded("street", "Storgatan 1\r$431 61 Mölndal")
        + "vgrVardval: J\n"
    )


WHOLE = "version: 1\n\n" + "".join(entry(n, "Välkommen till oss. " * 8) + "\n" for n in range(1, 4))


def read(tmp_path: Path, content: bytes | str, limits: Limits | None = None) -> list[RawRow]:
    path = tmp_path / "units.ldif"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(ldif.read(path, limits))


def test_reads_folding_base64_comments_and_case(tmp_path: Path) -> None:
    text = "# a comment\n  that goes on\nVERSION: 1\ndn: ou=A,c=SE\n"
    text += "OU;lang-sv:: w4VieQ==\nou: B\nempty:\nl:Mölndal\n\n"
    [row] = read(tmp_path, "\ufeff" + text.replace("\n", "\r\n"))
    assert row.fields == {"dn": ["ou=A,c=SE"], "ou": ["Åby", "B"], "l": ["Mölndal"]}
    assert row.number == 4


def test_keeps_line_breaks_for_the_parsers(tmp_path: Path) -> None:
    rows = read(tmp_path, WHOLE)
    assert [row.first("hsaidentity") for row in rows] == [f"SE2321000131-E{n:012}" for n in (1, 2, 3)]
    assert rows[0].fields["street"] == ["Storgatan 1\r$431 61 Mölndal"]
    assert rows[0].fields["hsasurgeryhours"] == ["1-5#08:00#17:00", "6-6#10:00#14:00"]


@given(cut=st.integers(min_value=0, max_value=len(WHOLE.encode()) - 1))
def test_no_prefix_passes_for_a_whole_file(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    whole = read(tmp_path_factory.mktemp("whole"), WHOLE)
    try:
        rows = read(tmp_path_factory.mktemp("cut"), WHOLE.encode()[:cut])
    except FileRefused:
        return
    damaged = [row for row, full in zip(rows, whole, strict=False) if row.fields != full.fields]
    assert all("file-end" in {issue.code for issue in row.issues} for row in damaged)
    assert len(damaged) <= 1


@pytest.mark.parametrize("cut", [len(WHOLE) // 2, len(WHOLE) - 30, 300])
def test_a_cut_file_is_refused_with_its_line(tmp_path: Path, cut: int) -> None:
    with pytest.raises(
        FileRefused, match=r"line \d+: the file ends in the middle of an entry; transfer it again"
    ):
        read(tmp_path, WHOLE.encode()[:cut])


def test_cut_at_a_fold_is_refused(tmp_path: Path) -> None:
    at = WHOLE.rindex("\n ") + 1
    with pytest.raises(FileRefused, match="middle of an entry"):
        read(tmp_path, WHOLE[:at])


def test_last_entry_without_a_blank_line_is_read_with_a_warning(tmp_path: Path) -> None:
    rows = read(tmp_path, WHOLE[:-1])
    assert len(rows) == 3
    assert [issue.code for issue in rows[-1].issues] == ["file-end"]


def test_an_undecodable_value_costs_only_itself(tmp_path: Path) -> None:
    latin = base64.b64encode("Mölndal".encode("latin-1")).decode()
    [row] = read(tmp_path, f"dn: ou=A\nl:: {latin}\nou:: w4Vie!==\nhsaIdentity: SE1\n\n")
    assert row.fields == {"dn": ["ou=A"], "hsaidentity": ["SE1"]}
    assert [(issue.code, issue.field, issue.severity) for issue in row.issues] == [
        ("encoding", "l", "warning"),
        ("base64", "ou", "warning"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no entries"),
        (b"version: 1\n\n", "no entries"),
        (
            b"dn: ou=A\nl: M\xf6lndal\n\n",
            r"line 2: byte 13 \(0xf6\) is not valid UTF-8; it looks like Windows-1252",
        ),
        (b"\xff\xfed\0n\0:\0 \0", "UTF-16"),
        (b"dn: ou=A\njpegPhoto:< file:///etc/passwd\n\n", "kept in another place"),
        (b"dn: ou=A\nchangetype: delete\n\n", "change file"),
        (b"version: 2\ndn: ou=A\n\n", "version 1"),
        (b"dn: ou=A\nno colon here\n\n", "line 2: the line is neither"),
        (b" begins with a fold\n", "none stands before it"),
        (b"dn: ou=A\nou: A\n\nl: orphan\nou: B\n\n", "line 4: the entry does not start with its dn"),
    ],
)
def test_refusals_say_what_and_where(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(FileRefused, match=message):
        read(tmp_path, content)


def test_limits_hold_before_memory_does(tmp_path: Path) -> None:
    limits = Limits(line=100, value=150, values_per_row=5)
    with pytest.raises(FileRefused, match="line 2: the line is longer than 100 bytes"):
        read(tmp_path, "dn: a\nou: " + "x" * 1000 + "\n\n", limits)
    with pytest.raises(FileRefused, match="line 2: the value is longer than 150 bytes"):
        read(tmp_path, "dn: a\nou: x\n" + " xxxxxxxxx\n" * 100 + "\n", limits)
    with pytest.raises(FileRefused, match="more than 5 values"):
        read(tmp_path, "dn: a\n" + "ou: x\n" * 10 + "\n", limits)


def test_added_entries_are_content_and_binary_options_are_not(tmp_path: Path) -> None:
    [row] = read(tmp_path, "dn: a\nchangetype: add\nuserCertificate;binary:: /9j/4A==\nou: A\n\n")
    assert row.fields == {"dn": ["a"], "ou": ["A"]}
    assert not row.issues
