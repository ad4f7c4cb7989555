"""Which processes serve a data folder: a pid file alone proves nothing, a number is soon used again.

A PostgreSQL server and its children stand in their data folder, so `/proc/<pid>/cwd` tells.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from core.cluster.errors import DatabaseUnavailable


def postmaster(data: Path) -> int | None:
    """The pid of the live server over `data`, or None."""
    pid = recorded(data)
    return pid if pid is not None and _stands_in(pid, data) else None


def recorded(data: Path) -> int | None:
    """The pid that the server's own file names, alive or not."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def clear_stale(data: Path) -> None:
    """Remove what a killed server left, so that a new one can start over the same folder.

    Children of a killed server end by themselves within moments; one in the middle of a long query is
    told to. Call it only when no live server owns the folder.
    """
    deadline = time.monotonic() + 15
    while orphans := standing_in(data):
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(f"processes {orphans} of a killed server will not end; end them first")
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def standing_in(data: Path) -> list[int]:
    """Every live process whose working folder is `data` and whose program is PostgreSQL."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _stands_in(pid, data)]


def _stands_in(pid: int, data: Path) -> bool:
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)")
        return program in ("postgres", "postmaster") and Path(f"/proc/{pid}/cwd").samefile(data)
    except OSError:  # ended, a zombie, or somebody else's: not ours in any case
        return False
