"""gunicorn's threaded worker, made patient: a thread is taken only once the head of a request is complete.

Without it a connection that sends nothing, or one byte a minute, holds a thread, and a few dozen such
connections silence the site. Here they wait in the poller, at no cost, and are closed after `HEAD_SECONDS`.
"""

import selectors
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 10.0
HEAD_BYTES = 64 * 1024
_END = b"\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0" + _END


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


class PatientWorker(ThreadWorker):
    """Reads heads in the event loop, and only whole ones reach the threads."""

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection into the poller."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self._await_head(_Connection(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        """The next request on a connection that was kept alive."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
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
        self.enqueue_req(conn)
