"""One connection to each worker of a running server.

Workers are told apart from outside, by which process holds the other end of a connection (`/proc`), so the
server needs no answer that says which process it is.
"""

import http.client
import json
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.search.servers.server import Broken, family

_ATTEMPTS = 400


class Worker:
    """One worker process, asked over one connection that is kept alive."""

    def __init__(self, pid: int, connection: http.client.HTTPConnection) -> None:
        self.pid = pid
        self._connection = connection

    def ask(self, path: str) -> Any:
        """The answer as JSON; None for one that is an error."""
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        body = response.read()
        return json.loads(body) if response.status == 200 else None

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def connect(port: int, server: int, count: int) -> list[Worker]:
    """A connection to each of `count` workers of the server with this process id."""
    found: dict[int, Worker] = {}
    for _ in range(_ATTEMPTS):
        if len(found) == count:
            return list(found.values())
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            connection.close()
            time.sleep(0.05)
            continue
        pid = _other_end(connection.sock, list(family(server)))
        if pid is None or pid in found:
            connection.close()
        else:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            found[pid] = Worker(pid, connection)
    for worker in found.values():
        worker.close()
    raise Broken(f"only {len(found)} of {count} workers answer")


def _other_end(client: socket.socket, pids: Sequence[int]) -> int | None:
    """Which of these processes holds the accepting end of our connection."""
    ours, theirs = client.getsockname()[1], client.getpeername()[1]
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        parts = line.split()
        local, remote = (int(part.partition(":")[2], 16) for part in parts[1:3])
        if (local, remote) == (theirs, ours):
            return _holder(f"socket:[{parts[9]}]", pids)
    return None


def _holder(name: str, pids: Sequence[int]) -> int | None:
    for pid in pids:
        with suppress(OSError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    if str(link.readlink()) == name:
                        return pid
    return None
