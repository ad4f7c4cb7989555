"""gunicorn's threaded worker, made patient: a thread is taken only once the head of a request is complete.

Without it a connection that sends nothing, or one byte a minute, holds a thread, and a few dozen such
connections silence the site. Here they wait in the poller, at no cost, and are closed after `HEAD_SECONDS`.

New connections go to the process that has fewest: a client keeps its connections, and with three of four on
one process its questions wait there while the other is idle.

What memory answers is answered in the loop itself (`at_once.py`), in one piece that the loop never waits to
send: what a slow reader does not take at once, a thread sends.
"""

import mmap
import os
import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from web import at_once

HEAD_SECONDS = 10.0
HEAD_BYTES = 64 * 1024
PROCESSES = 128
"""Beyond these, processes share places in the table of connections, and the sharing out is less even."""
PATIENCE = 50
"""Rounds of the loop, about a millisecond, that a connection is left for a process with fewer."""
_END = b"\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0" + _END


# Shared by all processes that come of this one: how many connections each has plus one, 0 for none there.
_connections = memoryview(mmap.mmap(-1, 4 * PROCESSES)).cast("i")


def gone(age: int) -> None:
    """The worker of this number, as gunicorn counts them, has ended."""
    _connections[age % PROCESSES] = 0


class _Connection(TConn):
    """A connection that keeps what has come of the next request's head."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.head = b""

    def init(self) -> None:
        """Called in the thread before each request is read: the parser begins with the head we hold."""
        super().init()
        head, self.head = self.head, b""
        if head:
            self.parser.unreader.unread(head)


class _Gathered:
    """Stands in for a socket while an answer is made: keeps what is sent."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        """Keep it."""
        self._parts.append(data)

    def setblocking(self, _: bool) -> None:
        """Nothing to wait for here."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sent(self) -> bytes:
        """Send as much as goes without waiting; what is left. Raises `OSError` when the caller is gone."""
        data = b"".join(self._parts)
        try:
            return data[self._client.send(data, socket.MSG_DONTWAIT) :] if data else data
        except BlockingIOError:
            return data


class PatientWorker(ThreadWorker):
    """Reads heads in the event loop, and only whole ones reach the threads."""

    left = 0
    """How many times running a new connection was left for others."""

    def init_process(self) -> None:
        """The process's first thread is the loop."""
        at_once.this_is_the_loop()
        super().init_process()

    def notify(self) -> None:
        """Called in every round of the loop."""
        super().notify()
        _connections[self.age % PROCESSES] = self.nr_conns + 1

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection into the poller, unless another process has fewer and takes it."""
        if self.left < PATIENCE and any(0 < others <= self.nr_conns for others in _connections):
            self.left += 1
            os.sched_yield()
            return
        self.left = 0
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        _connections[self.age % PROCESSES] = self.nr_conns + 1
        self._await_head(_Connection(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        """The next request on a connection that was kept alive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        with suppress(OSError):  # an error comes again when the rest is read
            conn.head = client.recv(HEAD_BYTES, socket.MSG_DONTWAIT)
        self._await_head(conn)

    def finish_request(self, conn: _Connection, fs: "Future[Any]") -> None:
        """What was read beyond a request is the beginning of the next one's head."""
        kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if kept:
            conn.head = conn.parser.unreader.take_buffered()
        if kept and conn.head:
            conn.sock.setblocking(False)
            self._await_head(conn)
        else:
            super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Close connections whose head is overdue; a worker that stops waits for none."""
        if not self.alive:
            for conn in self.pending_conns:
                conn.timeout = 0.0
        super().murder_pending()

    def _await_head(self, conn: _Connection) -> None:
        if _END in conn.head:
            self._begin(conn)
            return
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_head, conn))

    def _on_head(self, conn: _Connection, client: socket.socket) -> None:
        try:
            data = client.recv(HEAD_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.head += data
        whole = _END in conn.head
        if data and not whole and len(conn.head) <= HEAD_BYTES:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        if whole:
            self._begin(conn)
            return
        with suppress(OSError):
            if data:
                client.send(_TOO_LARGE)
        self.nr_conns -= 1
        conn.close()

    def _begin(self, conn: _Connection) -> None:
        conn.data_ready = True
        if at_once.is_likely(conn.head):
            self._answer(conn)
        else:
            self.enqueue_req(conn)

    def _answer(self, conn: _Connection) -> None:
        """Answer here and now, or find that it takes a thread."""
        head, client = conn.head, conn.sock
        conn.init()
        answer = conn.sock = _Gathered(client)
        try:
            kept = self.handle(conn)
        except at_once.NeedsThread:
            conn.head, conn.sock = head, client
            self.enqueue_req(conn)
            return
        conn.sock = client
        try:
            rest = answer.sent()
        except OSError:
            rest, kept = b"", False
        if rest:
            done = self.tpool.submit(_send, client, rest, kept)
            done.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))
            return
        ended: Future[bool] = Future()
        ended.set_result(kept)
        self.finish_request(conn, ended)


def _send(client: socket.socket, rest: bytes, kept: bool) -> bool:
    client.setblocking(True)
    client.sendall(rest)
    return kept
