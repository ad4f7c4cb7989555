"""Tickets: a place in line that the visitor keeps, so that the server need not.

A ticket is sealed (HMAC-SHA256, RFC 2104) with a key that all processes of one server share and that ends
with it, as the line does. It holds a number and times, and nothing of anybody. Whatever was not sealed here
counts as no ticket at all.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass

NAME = "hittavard-line"
SECONDS = 6 * 3600
"""So long a browser keeps it."""
_CONTENT = struct.Struct(">QdII")
_SEAL = 16
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Ticket:
    """`joined`: when, on the monotonic clock. `first` and `shown`: the places told first and last."""

    number: int
    joined: float
    first: int
    shown: int


def sealed(ticket: Ticket, key: bytes) -> str:
    """The value of the cookie."""
    content = _CONTENT.pack(ticket.number, ticket.joined, ticket.first, ticket.shown)
    return base64.urlsafe_b64encode(content + _seal(content, key)).decode().rstrip("=")


def opened(value: str, key: bytes) -> Ticket | None:
    """The ticket of a cookie's value; None when it is not ours, or is changed in whatever way."""
    if not value or len(value) > _LONGEST:
        return None
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, seal = raw[: _CONTENT.size], raw[_CONTENT.size :]
    if not hmac.compare_digest(seal, _seal(content, key)):
        return None
    return Ticket(*_CONTENT.unpack(content))


def _seal(content: bytes, key: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)[:_SEAL]
