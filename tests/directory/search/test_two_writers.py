"""Two processes that follow the database at once: one writes, and when it is killed the other takes over."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.settings import ROOT
from tests.directory.search.test_writer import database, found, put

__all__ = ["database"]

_FOLLOWER = """
import sys, threading
from pathlib import Path
from sqlalchemy import create_engine
from directory.search import writer
print("<started>", flush=True)
writer.follow(
    create_engine(sys.argv[1]), Path(sys.argv[2]), threading.Event(), lambda _: print("<round>", flush=True)
)
"""


class Follower:
    """A process of its own that keeps the index up to date."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        url = engine.url.render_as_string(hide_password=False)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _FOLLOWER, url, str(directory)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def says(self, mark: str) -> None:
        """Wait until it says so; log lines may stand between."""
        assert self._process.stdout is not None
        assert any(mark in line for line in iter(self._process.stdout.readline, ""))

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.communicate(timeout=20)


@pytest.fixture
def two(database: Engine, tmp_path: Path) -> Iterator[tuple[Follower, Follower]]:
    """The writer, and one that waits its turn."""
    first = Follower(database, tmp_path)
    first.says("<round>")
    second = Follower(database, tmp_path)
    second.says("<started>")
    yield first, second
    first.kill()
    second.kill()


def test_the_second_takes_over_when_the_first_is_killed(
    two: tuple[Follower, Follower],
    database: Engine,
    tmp_path: Path,
) -> None:
    first, second = two
    put(database, 41, "Backsippan")
    first.says("<round>")
    assert found(tmp_path, "backsippan") == ["SE2321000131-E000000000041"]
    first.kill()
    put(database, 42, "Gullvivan")
    second.says("<round>")
    while not found(tmp_path, "gullvivan"):
        second.says("<round>")
    assert found(tmp_path, "gullvivan") == ["SE2321000131-E000000000042"]
    assert found(tmp_path, "backsippan") == ["SE2321000131-E000000000041"]
