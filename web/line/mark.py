"""The mark of a session: a cookie that lets whoever has signed in go first, told without the database.

Whether a session goes on is known only by the database, which is what is short when there is a line. So the
browser gets, beside the session's cookie, a time until which it counts, sealed together with the session's
secret by a key of the key file. It opens nothing: pages ask for the session as ever.
"""

import hmac

from listing.people.keys import KeyRing, Use

NAME = "hittavard-first"
_PURPOSE = b"goes first in line\0"
_SEAL = 32
_LONGEST = 80


def made(ring: KeyRing, secret: str, until: float) -> str:
    """The mark of the session with this secret; `until` in seconds of the epoch."""
    keys = ring[Use.DIGEST]
    return f"{int(until)}.{_seal(ring, keys.current, secret, int(until))}"


def until(ring: KeyRing, mark: str, secret: str) -> int:
    """Until when this mark counts for this session; 0 when it is none of ours."""
    time, _, seal = mark.partition(".")
    if not secret or len(mark) > _LONGEST or not (mark.isascii() and time.isdigit()):
        return 0
    wanted = (_seal(ring, number, secret, int(time)) for number in ring[Use.DIGEST].numbers)
    return int(time) if any(hmac.compare_digest(seal, one) for one in wanted) else 0


def _seal(ring: KeyRing, number: int, secret: str, time: int) -> str:
    return ring[Use.DIGEST].mac(number, _PURPOSE + f"{time}\0{secret}".encode()).hex()[:_SEAL]
