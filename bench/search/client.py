"""The load: a small separate process that keeps so many connections busy for so long."""

import json
import os
import subprocess
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from bench.search import environments

_HERE = Path(__file__).resolve().parent


@dataclass
class Sample:
    """What one or several runs of the client saw. The histogram is microseconds -> answers."""

    requests: int = 0
    seconds: float = 0.0
    size: int = 0
    refused: int = 0
    failed: int = 0
    histogram: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Sample") -> None:
        """Count another run in."""
        self.requests += other.requests
        self.seconds += other.seconds
        self.size += other.size
        self.refused += other.refused
        self.failed += other.failed
        self.histogram += other.histogram

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds if self.seconds else 0.0

    def percentile(self, part: float) -> float:
        """Milliseconds within which `part` (0 to 1) of the answers came; 0 without answers."""
        values = sorted(self.histogram)
        if not values:
            return 0.0
        reached = list(accumulate(self.histogram[value] for value in values))
        # The epsilon keeps 0.95 of 100 from being 96 by a rounding error.
        return values[bisect_left(reached, part * reached[-1] - 1e-9)] / 1000


class Client(Protocol):
    """Sends the paths of `file` in order from number `first`, again from the start after the last."""

    name: str

    def run(self, port: int, connections: int, seconds: float, file: Path, first: int) -> Sample: ...


class Wrk:
    """wrk, with the histogram read out of it."""

    name = "wrk"

    def __init__(self) -> None:
        self._program, self._variables = environments.wrk()

    def run(self, port: int, connections: int, seconds: float, file: Path, first: int) -> Sample:
        """wrk takes whole seconds only: it runs for the next whole one."""
        command = [
            *self._program,
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            "--timeout",
            "10s",
        ]
        script = ["-s", str(_HERE / "client.lua"), f"http://127.0.0.1:{port}", "--", str(file), str(first)]
        return parsed(_output([*command, *script], seconds, self._variables))


class Fallback:
    """Python, where wrk cannot be had."""

    name = "python"

    def run(self, port: int, connections: int, seconds: float, file: Path, first: int) -> Sample:
        """As wrk does."""
        program = [sys.executable, str(_HERE / "fallback_client.py")]
        return parsed(
            _output([*program, str(port), str(connections), str(seconds), str(file), str(first)], seconds)
        )


def best() -> Client:
    """wrk if it is here or can be fetched."""
    try:
        return Wrk()
    except environments.Unavailable as error:
        print(f"bench: {error}; measuring with the Python client instead", file=sys.stderr)
        return Fallback()


def parsed(output: str) -> Sample:
    """The sample in a client's last line."""
    said = json.loads(output.strip().splitlines()[-1])
    pairs: Sequence[tuple[int, int]] = said["histogram"]
    return Sample(
        requests=said["requests"],
        seconds=said["microseconds"] / 1_000_000,
        size=said["bytes"],
        refused=said["refused"],
        failed=said["failed"],
        histogram=Counter(dict(pairs)),
    )


def _output(command: list[str], seconds: float, variables: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        env=os.environ | (variables or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds + 60,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the client failed: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
