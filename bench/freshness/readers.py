"""People who search meanwhile: a load that goes on, its latencies kept apart by what happens around them."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.search.client import Client, Sample


class Readers:
    """Asks on so many connections, second after second, until the block ends; `phase` names the time."""

    def __init__(self, client: Client, port: int, connections: int, paths: Path) -> None:
        self.phase = ""
        self.samples: dict[str, Sample] = defaultdict(Sample)
        self._client, self._port, self._connections, self._paths = client, port, connections, paths
        self._stop = threading.Event()
        self._error: BaseException | None = None

    @contextmanager
    def asking(self) -> Iterator["Readers"]:
        """Ask for as long as the block lasts."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()
        if self._error:
            raise self._error

    def stay(self, phase: str, seconds: float) -> None:
        """Let this phase last so long."""
        self.phase = phase
        self._stop.wait(seconds)

    def _run(self) -> None:
        asked = 0
        try:
            while not self._stop.is_set():
                phase = self.phase
                sample = self._client.run(self._port, self._connections, 1, self._paths, asked)
                asked += sample.requests + self._connections
                if not sample.requests:
                    sample.histogram[round(sample.seconds * 1_000_000)] += self._connections
                # A second in which the next phase began belongs to it: what disturbs came then.
                self.samples[self.phase or phase].add(sample)
        except BaseException as error:
            self._error = error
