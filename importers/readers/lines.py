"""Lines of a text file, one at a time, never more than a limit of bytes in memory.

A file of one endless line ends with a message instead of filling memory, and a byte that is not valid in
the declared encoding is pointed out where it stands.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.issues import FileRefused
from importers.readers.rows import Limits

UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS_UTF8 = "save the file as UTF-8 (in Excel: “CSV UTF-8”) or name its encoding in a mapping file"


@dataclass(frozen=True, slots=True)
class ByteLine:
    """A physical line with its ending, its number from 1 and the offset of its first byte."""

    number: int
    offset: int
    data: bytes

    @property
    def content(self) -> bytes:
        """The line without its `\\n` or `\\r\\n`."""
        if self.data.endswith(b"\r\n"):
            return self.data[:-2]
        return self.data.removesuffix(b"\n")

    @property
    def ended(self) -> bool:
        """Whether the line has its line break, which only the last line of a file can lack."""
        return self.data.endswith(b"\n")


def byte_lines(path: Path, limits: Limits) -> Iterator[ByteLine]:
    """The physical lines of a file, split at `\\n`. A UTF-8 byte order mark is left out."""
    offset = 0
    with path.open("rb") as stream:
        number = 0
        while data := stream.readline(limits.line + 1):
            number += 1
            if len(data) > limits.line:
                raise too_long(path, number, limits)
            start = offset
            offset += len(data)
            if number == 1 and data.startswith(codecs.BOM_UTF8):
                data, start = data.removeprefix(codecs.BOM_UTF8), start + len(codecs.BOM_UTF8)
            yield ByteLine(number, start, data)


def text_lines(path: Path, encoding: str, limits: Limits) -> Iterator[str]:
    """The lines of a file as text with their line breaks; `encoding` empty means UTF-8."""
    if encoding and not splits_at_newline_byte(encoding):
        yield from _wide_lines(path, encoding, limits)
        return
    for line in byte_lines(path, limits):
        if line.number == 1 and line.data.startswith(UTF16_BOMS):
            raise FileRefused(path, "the file is UTF-16, not UTF-8", mend=SAVE_AS_UTF8)
        if b"\0" in line.data:
            raise FileRefused(
                path,
                "the line holds NUL bytes, so this is not a UTF-8 text file",
                line=line.number,
                mend=SAVE_AS_UTF8,
            )
        yield decode_line(path, line, encoding or "utf-8")


def decode_line(path: Path, line: ByteLine, encoding: str) -> str:
    """The text of a line, or a refusal that names the byte and guesses what the encoding really is."""
    try:
        return line.data.decode(encoding)
    except UnicodeDecodeError as error:
        at = line.offset + error.start
        bad = line.data[error.start]
        guess = _guess(line.data) if encoding == "utf-8" else ""
        what = f"byte {at} (0x{bad:02x}) is not valid {encoding.upper()}{guess}"
        raise FileRefused(path, what, line=line.number, mend=SAVE_AS_UTF8) from error


def splits_at_newline_byte(encoding: str) -> bool:
    """Whether a line break is the single byte 0x0a, as it is in all but UTF-16 and UTF-32."""
    return "\n".encode(encoding).endswith(b"\n") and len("a".encode(encoding)) == 1


def too_long(path: Path, line: int, limits: Limits) -> FileRefused:
    """The refusal of a line beyond the limit."""
    return FileRefused(
        path,
        f"the line is longer than {limits.line} bytes, so the rest was not read",
        line=line,
        mend="check that the file has line breaks and is of the stated format",
    )


def _wide_lines(path: Path, encoding: str, limits: Limits) -> Iterator[str]:
    with path.open(encoding=encoding, newline="") as stream:
        number = 0
        try:
            while text := stream.readline(limits.line + 1):
                number += 1
                if len(text) > limits.line:
                    raise too_long(path, number, limits)
                yield text.removeprefix("\ufeff")
        except UnicodeError as error:
            raise FileRefused(
                path, f"the text after line {number} is not valid {encoding.upper()}", mend=SAVE_AS_UTF8
            ) from error


def _guess(data: bytes) -> str:
    """A hint when the bytes read as Swedish in the encoding of Western Windows programs."""
    swedish = sum(data.count(byte) for byte in b"\xe5\xe4\xf6\xc5\xc4\xd6\xe9")
    high = sum(byte > 0x7F for byte in data)
    if swedish and swedish * 2 >= high:
        return "; it looks like Windows-1252 (Latin-1)"
    mac = sum(data.count(byte) for byte in b"\x8a\x8c\x9a\x80\x85")
    if mac and mac * 2 >= high:
        return "; it looks like Mac Roman"
    return ""
