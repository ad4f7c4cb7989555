"""One connection of the worker: what has come of the next request, and what is to be sent of the last answer.

The application never touches the socket. It finds the whole request in memory and leaves its whole answer
there, so that no thread ever waits for a caller.
"""

import socket
from enum import Enum, auto
from typing import Any

from gunicorn.workers.gthread import TConn

from web.framing import HEAD_END, Body, Unacceptable, encode_target

HEAD_BYTES = 64 * 1024
BODY_BYTES = 64 * 1024


class Stage(Enum):
    """What is waited for; `WHOLE` when nothing is."""

    HEAD = auto()
    BODY = auto()
    WHOLE = auto()


class Memory:
    """Stands in for the socket while a request is answered: gives nothing more, and keeps what is sent."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self.parts: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        """Keep it."""
        self.parts.append(data)

    def send(self, data: bytes) -> int:
        """Only said to go on with a body (100 Continue), which has come already."""
        return len(data)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Keep the file's content."""
        file.seek(offset or 0)
        self.parts.append(file.read(-1 if count is None else count))
        return len(self.parts[-1])

    def recv(self, _size: int) -> bytes:
        """Everything has come: whoever wants more finds the end."""
        return b""

    def setblocking(self, _: bool) -> None:
        """Nothing to wait for here."""

    def settimeout(self, _: float | None) -> None:
        """Nothing to wait for here."""

    def gettimeout(self) -> float:
        """Never waits."""
        return 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


class Connection(TConn):
    """A connection whose requests are read, and whose answers are sent, without waiting."""

    def __init__(self, cfg: Any, client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(cfg, client, address, server)
        self.parser: Any = None
        self.raw = client
        self.memory = self.sock = Memory(client)
        self.arrived = bytearray()
        self.body: Body | None = None
        self.stage = Stage.WHOLE
        self.unsent = memoryview(b"")
        self.kept = False
        self.in_thread = False
        self.page = False
        self.seconds = 0.0
        """What the last answer took of a thread."""
        self.taken = 0
        """Bytes that the caller has taken since the time for sending was last set."""

    def look(self, seen: int) -> Stage:
        """What is there of the next request, when `seen` bytes have been looked at. Raises `Unacceptable`."""
        self.stage = Stage.HEAD
        if self.body is None:
            end = self.arrived.find(HEAD_END, max(0, seen - len(HEAD_END) + 1))
            if end > HEAD_BYTES or (end < 0 and len(self.arrived) > HEAD_BYTES):
                raise Unacceptable(431)
            if end < 0:
                return self.stage
            if not self.arrived.isascii():
                end += encode_target(self.arrived)
            self.body = Body(bytes(self.arrived), end + len(HEAD_END), BODY_BYTES)
        self.stage = Stage.WHOLE if self.body.whole(self.arrived) else Stage.BODY
        return self.stage

    def init(self) -> None:
        """Called before each request is read: the parser begins with what we hold."""
        super().init()
        arrived, self.arrived, self.body = bytes(self.arrived), bytearray(), None
        if arrived:
            self.parser.unreader.unread(arrived)

    def ask_again(self, arrived: bytearray) -> None:
        """The request will be answered anew; nothing has been sent."""
        self.arrived = arrived
        self.memory.parts.clear()
        # The parser has read the request once and would take "Connection: close" for the end.
        self.initialized, self.parser = False, None

    def flush(self) -> None:
        """Send as much as goes without waiting. Raises `OSError` when the caller is gone."""
        if self.memory.parts:
            self.unsent = memoryview(b"".join([self.unsent, *self.memory.parts]))
            self.memory.parts.clear()
        while self.unsent:
            try:
                sent = self.raw.send(self.unsent, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            self.taken += sent
            self.unsent = self.unsent[sent:]
