"""The client where wrk cannot be had: one process, one thread, keep-alive, raw non-blocking sockets.

    python fallback_client.py PORT CONNECTIONS SECONDS FILE FIRST

It prints the same JSON as client.lua. It costs several times what wrk costs, so its figures are lower than
wrk's for everyone; the result says which client measured.
"""

import json
import re
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice, repeat
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection:
    """One connection that always has one request under way."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._got = bytearray()
        self._sent = 0.0

    def send(self) -> None:
        """Send the next request."""
        self._got.clear()
        self._sent = time.perf_counter()
        self.socket.sendall(next(self._requests))

    def receive(self) -> tuple[int, int, int] | None:
        """Status, microseconds and bytes of the answer once it is whole; None before that."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        self._got += part
        head = self._got.find(b"\r\n\r\n")
        if head < 0:
            return None
        length = _LENGTH.search(self._got, 0, head)
        if length is None:
            raise ConnectionError("the answer does not say how long it is")
        if len(self._got) < head + 4 + int(length[1]):
            return None
        elapsed = int((time.perf_counter() - self._sent) * 1_000_000)
        return int(self._got[9:12]), elapsed, len(self._got)


def measure(port: int, connections: int, seconds: float, paths: list[str], first: int) -> dict[str, object]:
    """Keep every connection busy for so long, and count."""
    endless = islice(chain.from_iterable(repeat(paths)), first % len(paths), None)
    requests = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode() for path in endless)
    histogram: Counter[int] = Counter()
    refused = failed = size = 0
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        for _ in range(connections):
            connection = Connection(port, requests)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send()
        while time.perf_counter() - started < seconds and selector.get_map():
            for key, _events in selector.select(timeout=0.5):
                try:
                    answer = key.data.receive()
                    if answer is not None:
                        histogram[answer[1]] += 1
                        refused += answer[0] >= 400
                        size += answer[2]
                        key.data.send()
                except OSError:
                    failed += 1
                    selector.unregister(key.fileobj)
                    key.data.socket.close()
        elapsed = time.perf_counter() - started
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return {
        "requests": histogram.total(),
        "microseconds": int(elapsed * 1_000_000),
        "bytes": size,
        "refused": refused,
        "failed": failed,
        "histogram": sorted(histogram.items()),
    }


if __name__ == "__main__":
    port, connections, seconds, file, first = sys.argv[1:6]
    paths = Path(file).read_text(encoding="utf-8").splitlines()
    print(json.dumps(measure(int(port), int(connections), float(seconds), paths, int(first))))
