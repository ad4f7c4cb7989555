"""Parts of answers that are serialised once, when a unit changes, and joined when they are asked for."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from directory.hours import State
from directory.views import instant


class Fragment(Mapping[str, Any]):
    """A hit's view as JSON that is only read when someone looks inside."""

    __slots__ = ("_view", "json")

    def __init__(self, json: bytes) -> None:
        self.json = json
        self._view: dict[str, Any] | None = None

    def __getitem__(self, key: str) -> Any:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, Any]:
        if self._view is None:
            self._view = orjson.loads(self.json)
        return self._view


@lru_cache(maxsize=20_000)
def opening(state: State, opens_at: datetime | None, closes_at: datetime | None) -> bytes:
    """The last keys of an object: what depends on the moment."""
    return b',"openNow":%b,"openStatus":"%b","opensAt":%b,"closesAt":%b}' % (
        b"null" if state == "unknown" else b"true" if state == "open" else b"false",
        state.encode(),
        _moment(opens_at),
        _moment(closes_at),
    )


def _moment(at: datetime | None) -> bytes:
    return b"null" if at is None else b'"%b"' % (instant(at) or "").encode()
