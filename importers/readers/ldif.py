"""LDIF content records (RFC 2849), as catalogues export them.

Folded lines, comments, base64 values and attribute options are read; attribute names are compared without
regard to case and given in lower case. A change file is refused, as is a value that is kept elsewhere (`:<`).

A transfer that was cut off must never look like a unit that lost its last fields. A file that does not end
with a line break is refused. Exporters close every entry with a blank line; when that is missing after the
last entry, the entry is taken only if it ends with an attribute that other entries end with too and its last
line is not one that folding filled, and even then the row carries the warning `file-end`.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from importers.issues import FileRefused, Issue
from importers.readers.lines import UTF16_BOMS, ByteLine, byte_lines, decode_line
from importers.readers.rows import Limits, RawRow

_ATTRIBUTE = re.compile(rb"([A-Za-z0-9][A-Za-z0-9.-]*)((?:;[A-Za-z0-9-]+)*):([:<]?) *")
_AGAIN = "transfer it again"


@dataclass(frozen=True, slots=True)
class _Line:
    """A logical line: unfolded, with the number, offset and width of its physical lines."""

    number: int
    offset: int
    data: bytes
    last_width: int


@dataclass(slots=True)
class _Seen:
    """What earlier entries tell about how this exporter writes; used only to judge the end of the file."""

    last_attributes: set[str] = field(default_factory=set)
    entries: int = 0
    fold_width: int = 0
    ended: bool = True
    last_line: int = 0


def read(path: Path, limits: Limits | None = None) -> Iterator[RawRow]:
    """Stream the entries. `number` is the line of the entry's `dn`; `dn` is among the fields."""
    limits = limits or Limits()
    seen = _Seen()
    entry: list[_Line] = []
    for line in _logical_lines(path, limits, seen):
        if line is None:
            if entry:
                row = _entry(path, entry)
                if row is not None:
                    yield row
                    seen.last_attributes.add(_name(entry[-1]))
                    seen.entries += 1
            entry = []
            continue
        entry.append(line)
        if len(entry) > limits.values_per_row:
            raise FileRefused(
                path,
                f"the entry has more than {limits.values_per_row} values",
                line=entry[0].number,
                mend="check that blank lines separate the entries",
            )
    _refuse_cut_line(path, entry, seen)
    if entry:
        yield from _last_entry(path, entry, seen)
    elif not seen.entries:
        raise FileRefused(
            path, "the file holds no entries", mend="an LDIF export has lines that start with dn:"
        )


def _logical_lines(path: Path, limits: Limits, seen: _Seen) -> Iterator[_Line | None]:
    """Unfolded lines without comments; None stands for a blank line."""
    parts: list[ByteLine] = []
    size = 0
    for line in byte_lines(path, limits):
        _refuse_wide(path, line)
        seen.ended, seen.last_line = line.ended, line.number
        content = line.content
        if content.startswith(b" "):
            if not parts:
                raise FileRefused(
                    path, "the line continues another, but none stands before it", line=line.number
                )
            seen.fold_width = max(seen.fold_width, len(parts[-1].content))
            size += len(content)
            if size > limits.value:
                raise FileRefused(
                    path, f"the value is longer than {limits.value} bytes", line=parts[0].number
                )
            parts.append(line)
            continue
        yield from _flush(parts)
        parts, size = ([line], len(content)) if content else ([], 0)
        if not content:
            yield None
    yield from _flush(parts)


def _flush(parts: list[ByteLine]) -> Iterator[_Line]:
    if parts and not parts[0].data.startswith(b"#"):
        data = parts[0].content + b"".join(part.content[1:] for part in parts[1:])
        yield _Line(parts[0].number, parts[0].offset, data, len(parts[-1].content))


def _refuse_wide(path: Path, line: ByteLine) -> None:
    if b"\0" in line.data or (line.number == 1 and line.data.startswith(UTF16_BOMS)):
        raise FileRefused(
            path,
            "the line holds NUL bytes or a UTF-16 mark",
            line=line.number,
            mend="export the file as LDIF in ASCII or UTF-8",
        )


def _refuse_cut_line(path: Path, entry: list[_Line], seen: _Seen) -> None:
    if not seen.ended:
        what = f"the file ends in the middle of {'an entry' if entry else 'a line'}"
        raise FileRefused(path, what, line=seen.last_line, mend=_AGAIN)


def _last_entry(path: Path, entry: list[_Line], seen: _Seen) -> Iterator[RawRow]:
    """The entry that no blank line closes: refused when it looks cut, else given with a warning."""
    last = entry[-1]
    folded_full = bool(seen.fold_width) and last.last_width == seen.fold_width
    unlike_others = bool(seen.entries) and _name(last) not in seen.last_attributes
    if folded_full or unlike_others or _broken_base64(last) or len(entry) == 1:
        raise FileRefused(path, "the file ends in the middle of an entry", line=seen.last_line, mend=_AGAIN)
    row = _entry(path, entry)
    if row is not None:
        message = (
            "no blank line closes the last entry, so the file may have been cut; compare it with its source"
        )
        warning = Issue("warning", "file-end", row.number, None, None, None, message)
        yield RawRow(row.number, row.fields, (*row.issues, warning))


def _entry(path: Path, lines: list[_Line]) -> RawRow | None:
    """The row of an entry, or None for a block that only holds `version:`."""
    first = lines[0]
    if _name(first) == "version":
        _check_version(path, first)
        lines = lines[1:]
        if not lines:
            return None
    number = lines[0].number
    fields: dict[str, list[str]] = {}
    issues: list[Issue] = []
    for line in lines:
        _collect(path, line, number, fields, issues)
    if _name(lines[0]) != "dn":
        raise FileRefused(
            path,
            "the entry does not start with its dn",
            line=number,
            mend="check that no blank line stands inside an entry",
        )
    return RawRow(number, fields, tuple(issues))


def _collect(path: Path, line: _Line, number: int, fields: dict[str, list[str]], issues: list[Issue]) -> None:
    matched = _ATTRIBUTE.match(line.data)
    if matched is None:
        raise FileRefused(
            path,
            "the line is neither “attribute: value” nor a continuation",
            line=line.number,
            mend="check that the file is LDIF and whole",
        )
    name, kind, raw = _name(line), matched[3], line.data[matched.end() :]
    if kind == b"<":
        raise FileRefused(
            path,
            f"the value of {name} is kept in another place (“:<”), which is not followed",
            line=line.number,
            mend="export the values themselves",
        )
    if name == "changetype" and raw.strip().lower() != b"add":
        raise FileRefused(
            path,
            f"this is a change file (changetype: {raw.decode('ascii', 'replace')})",
            line=line.number,
            mend="export whole entries",
        )
    if name in ("changetype", "control") or b";binary" in matched[2].lower():
        return
    if kind == b":":
        value = _from_base64(line, raw, name, number, issues)
    else:
        value = decode_line(path, ByteLine(line.number, line.offset + matched.end(), raw), "utf-8")
    if value is not None and value.strip():
        fields.setdefault(name, []).append(value)


def _from_base64(line: _Line, raw: bytes, name: str, number: int, issues: list[Issue]) -> str | None:
    """The decoded text, or None with an issue: one damaged value does not take the unit's others with it."""
    try:
        return base64.b64decode(raw.strip(), validate=True).decode("utf-8")
    except binascii.Error:
        code, what = "base64", "is not valid base64"
    except UnicodeDecodeError as error:
        code, what = "encoding", f"is not UTF-8 (byte {error.start} of the value)"
    message = f"the value of {name} at line {line.number} {what} and was left out"
    issues.append(Issue("warning", code, number, None, name, raw[:60].decode("ascii", "replace"), message))
    return None


def _broken_base64(line: _Line) -> bool:
    matched = _ATTRIBUTE.match(line.data)
    issues: Iterable[Issue] = ()
    if matched is not None and matched[3] == b":":
        found: list[Issue] = []
        _from_base64(line, line.data[matched.end() :], "", 0, found)
        issues = found
    return any(issue.code in ("base64", "encoding") for issue in issues)


def _check_version(path: Path, line: _Line) -> None:
    if line.data.partition(b":")[2].strip() != b"1":
        raise FileRefused(path, "only LDIF version 1 is known", line=line.number)


def _name(line: _Line) -> str:
    """The attribute name in lower case, without options."""
    return re.split(rb"[:;]", line.data, maxsplit=1)[0].decode("ascii", "replace").strip().lower()
