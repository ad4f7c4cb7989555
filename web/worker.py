"""gunicorn's threaded worker, made patient: a thread is taken only for a whole request, and never waits.

Head and body are gathered in the loop, and what a caller does not take at once of an answer is sent by the
loop, so whoever sends or reads slowly, or not at all, costs memory for a while and nobody's time. Each wait
has an end; when connections or memory run short, who has waited longest is let go. A connection has one
request under way at a time, however many it sends.

New connections go to the process that has fewest: a client keeps its connections, and with three of four on
one process its questions wait there while the other is idle.

What memory answers is answered in the loop itself (`at_once.py`).
"""

import mmap
import os
import selectors
import socket
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from web import at_once
from web.connection import Connection, Stage
from web.framing import Unacceptable, refusal

HEAD_SECONDS = 10.0
"""For a head to come whole, and again for its body."""
READ_BYTES = 64 * 1024
SEND_SECONDS = 30.0
"""In which a caller takes `SEND_BYTES` of an answer, or all of it."""
SEND_BYTES = 64 * 1024
HELD_BYTES = 64 * 1024 * 1024
"""Answers that wait to be taken, in one process."""
LINGER_SECONDS = 2.0
"""After the last answer the caller may close first, or what it has not yet read is lost (RFC 9112, 9.6)."""
LINGER_BYTES = 64 * 1024
PROCESSES = 128
"""Beyond these, processes share places in the table of connections, and the sharing out is less even."""
PATIENCE = 50
"""Rounds of the loop, about a millisecond, that a connection is left for a process with fewer."""


# Shared by all processes that come of this one: how many connections each has plus one, 0 for none there.
_connections = memoryview(mmap.mmap(-1, 4 * PROCESSES)).cast("i")


def gone(age: int) -> None:
    """The worker of this number, as gunicorn counts them, has ended."""
    _connections[age % PROCESSES] = 0


class PatientWorker(ThreadWorker):
    """Reads requests and sends answers in the event loop; only whole requests reach the threads."""

    left = 0
    """How many times running a new connection was left for others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sending: dict[Connection, None] = {}
        self.lingering: deque[Connection] = deque()
        self.held = 0

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
        except OSError:  # no more files or memory
            self._make_room()
            return
        self.nr_conns += 1
        _connections[self.age % PROCESSES] = self.nr_conns + 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._await_request(Connection(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """The next request on a connection that was kept alive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        with suppress(OSError):  # an error comes again when the rest is read
            conn.arrived += client.recv(READ_BYTES, socket.MSG_DONTWAIT)
        self._await_request(conn)

    def handle(self, conn: Connection) -> Any:
        """Answer one request and send what goes at once; in a thread or in the loop."""
        kept = super().handle(conn)
        try:
            conn.flush()
        except OSError:
            conn.unsent = memoryview(b"")
            return False
        return kept

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse what is no request, without a word in the log: it may hold anything about anybody."""
        if isinstance(exc, errors.ParseException):
            status = 414 if isinstance(exc, errors.LimitRequestLine) else 400
            status = 431 if isinstance(exc, errors.LimitRequestHeaders) else status
            client.sendall(refusal(status, b""))
        else:
            super().handle_error(req, client, addr, exc)

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """An answer is made: send the rest of it, and go on with the connection."""
        conn.kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if conn.unsent:
            self._send_rest(conn)
        else:
            self._go_on(conn)

    def murder_pending(self) -> None:
        """Close connections whose time is out; a worker that stops waits for no request."""
        now = time.monotonic()
        while self.pending_conns and (not self.alive or self.pending_conns[0].timeout <= now):
            conn = self.pending_conns.popleft()
            self._drop(conn, refusal(408, conn.arrived) if conn.stage is Stage.BODY else b"")
        while self.lingering and self.lingering[0].timeout <= now:
            self._drop(self.lingering.popleft())
        while self.sending and (conn := next(iter(self.sending))).timeout <= now:
            self._stop_sending(conn)
            self._drop(conn)

    def _await_request(self, conn: Connection) -> None:
        """Begin once a whole request is there; what was read beyond the last one is its beginning."""
        self._advance(conn, 0)

    def _advance(self, conn: Connection, seen: int, waiting: Stage | None = None) -> None:
        """Look at what has come beyond the `seen` bytes, and do or wait for what is next."""
        refused = 0
        try:
            stage = conn.look(seen)
        except Unacceptable as error:
            stage, refused = Stage.WHOLE, error.status
        if stage is waiting:
            return
        if waiting:
            self.poller.unregister(conn.raw)
            self.pending_conns.remove(conn)
        if refused:
            self._refuse(conn, refused)
        elif stage is Stage.WHOLE:
            self._begin(conn)
        else:
            self._wait(conn)

    def _wait(self, conn: Connection) -> None:
        """For the head or for the body: each has its own time."""
        conn.timeout = time.monotonic() + HEAD_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.raw, selectors.EVENT_READ, partial(self._on_data, conn))
        if conn.stage is Stage.BODY and conn.body and conn.body.expects:
            with suppress(OSError):
                conn.raw.send(b"HTTP/1.1 100 Continue\r\n\r\n", socket.MSG_DONTWAIT)

    def _on_data(self, conn: Connection, client: socket.socket) -> None:
        try:
            data = client.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.pending_conns.remove(conn)
            self._drop(conn)
            return
        seen = len(conn.arrived)
        conn.arrived += data
        self._advance(conn, seen, conn.stage)

    def _begin(self, conn: Connection) -> None:
        conn.data_ready = True
        if at_once.is_likely(conn.arrived):
            self._answer(conn)
        else:
            self.enqueue_req(conn)

    def _answer(self, conn: Connection) -> None:
        """Answer here and now, or find that it takes a thread."""
        arrived = conn.arrived
        try:
            kept = self.handle(conn)
        except at_once.NeedsThread:
            conn.ask_again(arrived)
            self.enqueue_req(conn)
            return
        ended: Future[Any] = Future()
        ended.set_result(kept)
        self.finish_request(conn, ended)

    def _refuse(self, conn: Connection, status: int) -> None:
        conn.memory.sendall(refusal(status, conn.arrived))
        conn.kept = False
        try:
            conn.flush()
        except OSError:
            self._drop(conn)
            return
        self._send_rest(conn) if conn.unsent else self._go_on(conn)

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

    def _go_on(self, conn: Connection) -> None:
        """The last answer has been sent."""
        if not conn.kept:
            self._linger(conn)
            return
        conn.arrived = bytearray(conn.parser.unreader.take_buffered())
        if conn.arrived or not self.alive:
            self._await_request(conn)
            return
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        self.poller.register(conn.raw, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

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
