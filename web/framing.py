"""Where a request ends, told from what has come of it, so that only whole requests reach the application.

Lengths are read as RFC 9112, 6.3 has it. What contradicts itself or is no length is left to the parser of
the server, which refuses it: here only the number of bytes to wait for is of interest.
"""

import json
import re

HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_LETTER = re.compile(rb"[\x80-\xff]")
_LINE = 256
"""The longest line that may stand before a chunk."""


class Unacceptable(Exception):
    """A request that will not be answered, and the status that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


_TITLES = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
_MACHINES = (b" /api/", b" /fhir/", b" /rivta/")


def refusal(status: int, arrived: bytes | bytearray, fields: str = "") -> bytes:
    """The whole answer to a request that is not let in; for machine interfaces a problem (RFC 9457).

    `fields`: further lines of the head.
    """
    title = _TITLES[status]
    kind, text = "text/plain", title + "\n"
    if any(prefix in arrived[:32] for prefix in _MACHINES):
        code = "temporarily-unavailable" if status == 503 else title.lower().replace(" ", "-")
        problem = {"type": f"urn:problem-type:hittavard:{code}", "title": title, "status": status}
        kind, text = "application/problem+json", json.dumps({**problem, "detail": title, "code": code})
    return (
        f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nCache-Control: no-store\r\n{fields}"
        f"Content-Type: {kind}\r\nContent-Length: {len(text)}\r\n\r\n{text}"
    ).encode()


def encode_target(arrived: bytearray) -> int:
    """Write letters beyond ASCII in the request's first line as URLs have them; by how many bytes it grew.

    People paste `?q=vårdcentral` into curl. RFC 3986 wants that encoded, and browsers do it for them.
    """
    end = arrived.find(b"\r\n")
    line = bytes(arrived[:end])
    if line.isascii():
        return 0
    encoded = _LETTER.sub(lambda found: b"%%%02X" % found[0][0], line)
    arrived[:end] = encoded
    return len(encoded) - len(line)


class Body:
    """What is still to come of one request whose head ends at `start`, with a body of at most `most` bytes.

    Looks at each byte once, however many pieces they come in.
    """

    def __init__(self, head: bytes, start: int, most: int) -> None:
        plain = head[:start].lower()
        self._chunked = b"\ntransfer-encoding:" in plain
        self._start = self._at = start
        self._most = most
        self.expects = b"\nexpect:" in plain and b"100-continue" in plain
        length = _LENGTH.search(plain)
        self._length = int(length[1]) if length else 0
        if self._length > most:
            raise Unacceptable(413)

    def whole(self, arrived: bytearray) -> bool:
        """Whether all of it is there. Raises `Unacceptable`."""
        if not self._chunked:
            return len(arrived) >= self._start + self._length
        found = self._chunks(arrived)
        if not found and len(arrived) > self._start + self._most:
            raise Unacceptable(413)
        return found

    def _chunks(self, arrived: bytearray) -> bool:
        while (line := _CHUNK.match(arrived, self._at)) is not None:
            size = int(line[1], 16)
            if size == 0:
                # No trailer, or the end of the trailers.
                return arrived.find(HEAD_END, line.end() - 2) >= 0
            end = line.end() + size
            if end - self._start > self._most:
                raise Unacceptable(413)
            if len(arrived) < end + 2:
                return False
            if arrived[end : end + 2] != b"\r\n":
                raise Unacceptable(400)
            self._at = end + 2
        if b"\n" in arrived[self._at : self._at + _LINE] or len(arrived) > self._at + _LINE:
            raise Unacceptable(400)
        return False
