"""gunicorn's threaded worker, made patient: a thread is taken only for a whole request, and never waits.

Head and body are gathered in the loop, and what a caller does not take at once of an answer is sent by the
loop, so whoever sends or reads slowly, or not at all, costs memory for a while and nobody's time. Each wait
has an end; when connections or memory run short, who has waited longest is let go. A connection has one
request under way at a time, however many it sends.

New connections go to the process that has fewest: a client keeps its connections, and with three of four on
one process its questions wait there while the other is idle.

What memory answers is answered in the loop itself (`at_once.py`). When more is asked for than the threads
can answer in time, visitors wait in line (`line/`).
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

from gunicorn.http import errors

from core.settings import settings
from web import at_once
from web.connection import Connection, Stage
from web.framing import Unacceptable, refusal
from web.line.asked import is_page
from web.line.door import Door
from web.line.shared import KEY, LINE
from web.sending import READ_BYTES, Sender

HEAD_SECONDS = 10.0
"""For a head to come whole, and again for its body."""
PROCESSES = 128
"""Beyond these, processes share places in the table of connections, and the sharing out is less even."""
PATIENCE = 50
"""Rounds of the loop, about a millisecond, that a connection is left for a process with fewer."""


# Shared by all processes that come of this one: how many connections each has plus one, 0 for none there.
_connections = memoryview(mmap.mmap(-1, 4 * PROCESSES)).cast("i")


def gone(age: int) -> None:
    """The worker of this number, as gunicorn counts them, has ended."""
    _connections[age % PROCESSES] = 0


class PatientWorker(Sender):
    """Reads requests and sends answers in the event loop; only whole requests reach the threads."""

    left = 0
    """How many times running a new connection was left for others."""

    def init_process(self) -> None:
        """The process's first thread is the loop."""
        at_once.this_is_the_loop()
        self.door = Door(LINE, KEY, settings(), self.cfg.threads)
        super().init_process()

    def notify(self) -> None:
        """Called in every round of the loop."""
        super().notify()
        _connections[self.age % PROCESSES] = self.nr_conns + 1
        if LINE.stands:
            self.door.turn(time.monotonic(), sum(map(bool, _connections)))

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
        began = time.monotonic()
        kept = super().handle(conn)
        conn.seconds = time.monotonic() - began
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
        if conn.in_thread:
            conn.in_thread = False
            self.door.load.ended(conn.seconds, conn.page)
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
        self._end_overdue(now)

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
            self._say(conn, refusal(refused, conn.arrived))
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
            self._to_thread(conn)

    def _to_thread(self, conn: Connection) -> None:
        """Unless there is no room for it now."""
        if answer := self.door.answer(conn.arrived):
            self._say(conn, answer)
            return
        conn.in_thread, conn.page = True, is_page(conn.arrived)
        self.door.load.began()
        self.enqueue_req(conn)

    def _answer(self, conn: Connection) -> None:
        """Answer here and now, or find that it takes a thread."""
        arrived = conn.arrived
        try:
            kept = self.handle(conn)
        except at_once.NeedsThread:
            conn.ask_again(arrived)
            self._to_thread(conn)
            return
        ended: Future[Any] = Future()
        ended.set_result(kept)
        self.finish_request(conn, ended)

    def _say(self, conn: Connection, answer: bytes) -> None:
        """Instead of an answer of the application, and the last thing on this connection."""
        conn.memory.sendall(answer)
        conn.kept = False
        try:
            conn.flush()
        except OSError:
            self._drop(conn)
            return
        self._send_rest(conn) if conn.unsent else self._go_on(conn)

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
