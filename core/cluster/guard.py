"""Two file locks: one at a time may start or stop the server, and who uses it holds the other shared."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.cluster.errors import DatabaseUnavailable

_PATIENCE = 180.0


class Guard:
    """The locks of one cluster, for this process."""

    _uses: dict[Path, int] = {}

    def __init__(self, home: Path) -> None:
        self._home = home

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else starts or stops the server inside the block."""
        handle = self._open("lock")
        try:
            deadline = time.monotonic() + _PATIENCE
            while not _try_lock(handle, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise DatabaseUnavailable(f"another process has held {self._home}/lock for three minutes")
                time.sleep(0.05)
            yield
        finally:
            os.close(handle)

    def enter(self) -> bool:
        """Say that this process uses the server; False when it had said so already."""
        if self._home in self._uses:
            return False
        handle = self._open("in-use")
        fcntl.flock(handle, fcntl.LOCK_SH)
        self._uses[self._home] = handle
        return True

    def leave(self) -> bool:
        """Say that this process is done; True when nobody else uses the server."""
        handle = self._uses.pop(self._home, None)
        if handle is None:
            handle = self._open("in-use")
        try:
            return _try_lock(handle, fcntl.LOCK_EX)
        finally:
            os.close(handle)

    def _open(self, name: str) -> int:
        try:
            return os.open(self._home / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError as error:
            raise DatabaseUnavailable(
                f"{self._home} belongs to another account; use that account or set HITTAVARD_VAR_DIR"
            ) from error


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
