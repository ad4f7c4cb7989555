"""JSON: an array of objects, an object with the array under a known key, or one object per line.

Elements are decoded one at a time from a sliding window, so that a file of any length takes the memory of
its largest element. Values become text; nested objects are not cells and reject their row.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from importers.issues import FileRefused, Issue
from importers.readers.lines import text_lines
from importers.readers.rows import Limits, RawRow

_CHUNK = 256 * 1024
_HEAD = 64 * 1024
_UTF8 = "save it as UTF-8"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def read(path: Path, limits: Limits | None = None, key: str = "units") -> Iterator[RawRow]:
    """Stream the objects; `number` is the position in the array, or the line in a file of lines."""
    for number, item in objects(path, limits or Limits(), key):
        yield _row(number, item)


def objects(path: Path, limits: Limits, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects themselves with their numbers."""
    start = _start(path)
    if start.startswith("[") or _array_under(start, key):
        yield from _array_objects(path, limits, key)
    else:
        yield from _line_objects(path, limits)


def _start(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(_HEAD).decode("utf-8-sig", "replace").lstrip()


def _array_under(start: str, key: str) -> re.Match[str] | None:
    """Where the array of a wrapping object begins. The key must stand among the first members."""
    return re.match(r'\{[^\[{]*?"' + re.escape(key) + r'"\s*:\s*\[', start) or re.match(
        r'\{(?:[^\[{]|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})*?"' + re.escape(key) + r'"\s*:\s*\[', start
    )


def _line_objects(path: Path, limits: Limits) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text_lines(path, "", limits), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise FileRefused(
                path,
                f"the line is not a whole JSON object ({_reason(error)})",
                line=number,
                mend="one object per line, or an array of objects",
            ) from error
        if not isinstance(item, dict):
            raise FileRefused(path, "the line is not a JSON object", line=number)
        yield number, whole_characters(item) if _HALF.search(line) else item


def _array_objects(path: Path, limits: Limits, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig") as stream:
        window = _Window(path, stream, limits)
        window.open_array(key)
        number = 0
        while (item := window.next_item()) is not None:
            number += 1
            if not isinstance(item, dict):
                raise FileRefused(path, f"element {number} of the array is not an object")
            yield number, item
        window.close_array()


class _Window:
    """A sliding window over a JSON array."""

    def __init__(self, path: Path, stream: TextIO, limits: Limits) -> None:
        self._path, self._stream, self._limits = path, stream, limits
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._buffer = ""
        self._at = 0
        self._first = True
        self._wrapped = False

    def open_array(self, key: str) -> None:
        """Move to just after the bracket that opens the array."""
        self._more()
        while len(self._buffer) < _HEAD and self._more():
            pass
        text = self._buffer.lstrip()
        self._buffer = text
        found = None if text.startswith("[") else _array_under(text, key)
        self._at = found.end() if found else 1
        self._wrapped = found is not None

    def close_array(self) -> None:
        """Make sure that nothing but the end of a wrapping object follows the array."""
        self._at += 1
        if not self._wrapped and self._skip_space(needed=False):
            raise self._refused("something follows the end of the array")

    def next_item(self) -> Any:
        """The next element, or None after the last."""
        mark = self._skip_space()
        if mark == "]":
            return None
        if not self._first:
            if mark != ",":
                raise self._refused("a comma or the end of the array is missing")
            self._at += 1
            self._skip_space()
        self._first = False
        return self._decode()

    def _decode(self) -> Any:
        wanted = _CHUNK
        while True:
            try:
                item, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise self._refused("it is nested too deeply") from error
            except ValueError as error:
                if len(self._buffer) - self._at > self._limits.item:
                    raise self._refused(f"no element ends within {self._limits.item} characters") from error
                # Reading twice as much each time keeps a large element from being decoded over and over.
                if not self._more(wanted):
                    raise self._refused(_reason(error)) from error
                wanted *= 2
                continue
            halves = _HALF.search(self._buffer, self._at, end)
            self._at = end
            return whole_characters(item) if halves else item

    def _skip_space(self, needed: bool = True) -> str:
        while True:
            while self._at < len(self._buffer):
                if not self._buffer[self._at].isspace():
                    return self._buffer[self._at]
                self._at += 1
            self._buffer, self._at = "", 0
            if not self._more():
                if not needed:
                    return ""
                raise self._refused("the file ends before the array does; transfer it again")

    def _more(self, size: int = _CHUNK) -> bool:
        try:
            chunk = self._stream.read(size)
        except UnicodeDecodeError as error:
            raise FileRefused(
                self._path, f"the file is not valid UTF-8 (0x{error.object[error.start]:02x})", mend=_UTF8
            ) from error
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def _refused(self, what: str) -> FileRefused:
        near = self._buffer[self._at : self._at + 40].strip()
        return FileRefused(self._path, f"the JSON array cannot be read near “{near}”: {what}")


def _row(number: int, item: dict[str, Any]) -> RawRow:
    fields: dict[str, list[str]] = {}
    issues: list[Issue] = []
    for name, value in item.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) for one in values):
            message = f"the value of {name} is nested; give text, a number, true or false, or a list of those"
            issues.append(Issue("error", "nested-value", number, None, name, None, message))
            continue
        texts = [text for one in values if (text := _text(one))]
        if texts:
            fields[name.casefold()] = texts
    return RawRow(number, fields, tuple(issues))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def whole_characters(value: Any) -> Any:
    """The value with U+FFFD for half characters: JSON can write them as escapes, no UTF-8 text holds them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [whole_characters(one) for one in value]
    if isinstance(value, dict):
        return {whole_characters(name): whole_characters(one) for name, one in value.items()}
    return value


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    if "integer string conversion" in str(error):
        return "it holds a number of thousands of digits"
    return str(error)[:100] or type(error).__name__


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
