"""The worker's way out: what a caller does not take at once, and the end of a connection, without waiting."""

import selectors
import socket
import time
from abc import abstractmethod
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from web.connection import Connection

READ_BYTES = 64 * 1024
SEND_SECONDS = 30.0
"""In which a caller takes `SEND_BYTES` of an answer, or all of it."""
SEND_BYTES = 64 * 1024
HELD_BYTES = 64 * 1024 * 1024
"""Answers that wait to be taken, in one process."""
LINGER_SECONDS = 2.0
"""After the last answer the caller may close first, or what it has not yet read is lost (RFC 9112, 9.6)."""
LINGER_BYTES = 64 * 1024


class Sender(ThreadWorker):
    """Sends answers and ends connections in the loop. `_go_on` is called when an answer has been sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sending: dict[Connection, None] = {}
        self.lingering: deque[Connection] = deque()
        self.held = 0

    @abstractmethod
    def _go_on(self, conn: Connection) -> None:
        """What comes after an answer."""

    def _end_overdue(self, now: float) -> None:
        """Close connections that take too long to take an answer, or to close."""
        while self.lingering and self.lingering[0].timeout <= now:
            self._drop(self.lingering.popleft())
        while self.sending and (conn := next(iter(self.sending))).timeout <= now:
            self._stop_sending(conn)
            self._drop(conn)

    def _send_rest(self, conn: Connection) -> None:
        self.held += len(conn.unsent)
        while self.held > HELD_BYTES and self.sending:
            self._stop_sending(oldest := next(iter(self.sending)))
            self._drop(oldest)
        self._give_time(conn)
        self.poller.register(conn.raw, selectors.EVENT_WRITE, partial(self._on_writable, conn))

    def _give_time(self, conn: Connection) -> None:
        conn.taken = 0
        conn.timeout = time.monotonic() + SEND_SECONDS
        self.sending.pop(conn, None)
        self.sending[conn] = None

    def _stop_sending(self, conn: Connection) -> None:
        del self.sending[conn]
        self.held -= len(conn.unsent)

    def _on_writable(self, conn: Connection, client: socket.socket) -> None:
        before = len(conn.unsent)
        try:
            conn.flush()
        except OSError:
            self._stop_sending(conn)
            self._drop(conn)
            return
        self.held -= before - len(conn.unsent)
        if not conn.unsent:
            self._stop_sending(conn)
            self.poller.unregister(client)
            self._go_on(conn)
        elif conn.taken >= SEND_BYTES:
            self._give_time(conn)

    def _linger(self, conn: Connection) -> None:
        """Let the caller close first, without waiting for it here."""
        conn.taken = 0
        try:
            conn.raw.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self.lingering.append(conn)
        self.poller.register(conn.raw, selectors.EVENT_READ, partial(self._on_linger, conn))

    def _on_linger(self, conn: Connection, client: socket.socket) -> None:
        try:
            data = client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.taken += len(data)
        if not data or conn.taken > LINGER_BYTES:
            self.lingering.remove(conn)
            self._drop(conn)

    def _make_room(self) -> None:
        """Close the connection that has waited longest for its caller."""
        for waiting in (self.lingering, self.pending_conns, self.keepalived_conns):
            if waiting:
                self._drop(waiting.popleft())
                return
        if self.sending:
            self._stop_sending(oldest := next(iter(self.sending)))
            self._drop(oldest)

    def _drop(self, conn: Connection, last: bytes = b"") -> None:
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.raw)
        if last:
            with suppress(OSError):
                conn.raw.send(last, socket.MSG_DONTWAIT)
        self.nr_conns -= 1
        conn.close()
