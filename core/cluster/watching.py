"""Starts the private server again when it ends while we use it, however it ended.

Nothing polls: the kernel tells when the server's process ends (a pidfd becomes readable). Who stops the
server on purpose holds no lock of ours any more, so the watch is ended before that.
"""

import logging
import os
import select
import threading
import time
from contextlib import suppress

from core.cluster import processes
from core.cluster.errors import DatabaseUnavailable
from core.cluster.server import Cluster

_LONGEST_DELAY = 30.0
_log = logging.getLogger("hittavard.cluster")


class Watch:
    """A thread that keeps one cluster running, from `begin` until `end`."""

    def __init__(self, cluster: Cluster, delay: float = 0.1) -> None:
        self._cluster = cluster
        self._first_delay = delay
        self._reader, self._writer = os.pipe()
        self._thread = threading.Thread(target=self._run, name="database-watch", daemon=True)
        self.starts = 0
        """How many times the server has been started again."""

    def begin(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def end(self) -> None:
        """Watch no longer; returns when nothing will be started any more."""
        os.close(self._writer)
        self._thread.join()
        os.close(self._reader)

    def _run(self) -> None:
        delay, began = self._first_delay, time.monotonic()
        while self._server_ended():
            # One that keeps dying is started later each time, as any other program that we keep.
            lived = time.monotonic() - began
            delay = self._first_delay if lived > 60 else min(delay * 2, _LONGEST_DELAY)
            if self._ended_within(delay):
                return
            try:
                self._cluster.start()
                self.starts += 1
                _log.error("the database server had ended and was started again")
            except (DatabaseUnavailable, OSError) as error:
                _log.error("the database server has ended and does not start: %s", error)
            began = time.monotonic()

    def _server_ended(self) -> bool:
        """Wait for the server's end: True. For ours: False."""
        pid = processes.postmaster(self._cluster.data)
        server = -1
        if pid is not None:
            with suppress(ProcessLookupError):
                server = os.pidfd_open(pid)
        if server < 0:
            return not self._ended_within(0)
        try:
            ready = _readable([server, self._reader])
        finally:
            os.close(server)
        return self._reader not in ready

    def _ended_within(self, seconds: float) -> bool:
        return bool(_readable([self._reader], seconds))


def _readable(descriptors: list[int], seconds: float | None = None) -> list[int]:
    poller = select.poll()
    for descriptor in descriptors:
        poller.register(descriptor, select.POLLIN)
    found = poller.poll(None if seconds is None else seconds * 1000)
    return [descriptor for descriptor, _ in found]
