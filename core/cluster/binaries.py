"""Finds PostgreSQL server programs that come with the extensions we need.

Standard library only: `scripts/setup.sh` runs this file before anything is installed, and reads the answer
from the exit status.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "btree_gist")
OLDEST = 15
_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_DEBIAN = Path("/usr/lib/postgresql")


def find(version: int | None = None) -> Path | None:
    """The folder of the newest usable server programs, or of exactly major `version`."""
    for major, folder in sorted(set(_candidates()), reverse=True):
        if (version is None or major == version) and major >= OLDEST and _complete(folder):
            return folder
    return None


def _candidates() -> Iterator[tuple[int, Path]]:
    for folder in _DEBIAN.glob("*/bin"):
        if folder.parent.name.isdigit():
            yield int(folder.parent.name), folder
    for program in ("postgres", "pg_config"):
        found = shutil.which(program)
        if found:
            folder = Path(found).resolve().parent
            if (folder / "postgres").exists() and (major := _major(folder)):
                yield major, folder


def _major(folder: Path) -> int | None:
    match = re.search(r"\) (\d+)", _output(folder / "postgres", "--version"))
    return int(match[1]) if match else None


def _complete(folder: Path) -> bool:
    if not all((folder / program).exists() for program in _PROGRAMS):
        return False
    if folder.parent.parent == _DEBIAN:
        share = Path("/usr/share/postgresql") / folder.parent.name
    else:
        share = Path(_output(folder / "pg_config", "--sharedir").strip() or "/nonexistent")
    return all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS)


def _output(program: Path, argument: str) -> str:
    try:
        return subprocess.run([program, argument], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


if __name__ == "__main__":
    sys.exit(0 if find() else 1)
