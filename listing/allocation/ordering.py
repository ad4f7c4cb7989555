"""The keyed hash that orders people who have waited equally long: it means nothing and cannot be guessed.

SipHash-2-4 (Aumasson and Bernstein, 2012) over the person's row key, for all people at once. Its key is
drawn from the key ring's digest key, so that neither age, name nor number decides, whoever knows the row keys
cannot work out who goes first, and the same input gives the same order every time.
"""

import numpy as np
from numpy.typing import NDArray

from listing.people.keys import KeyRing, Use

Words = NDArray[np.uint64]

_DOMAIN = b"hittavard allocation order\0"


def order_key(ring: KeyRing) -> bytes:
    """The 16 bytes that order people in every run until the digest key is rotated."""
    digests = ring[Use.DIGEST]
    return digests.mac(digests.current, _DOMAIN)[:16]


def siphash(key: bytes, messages: Words) -> Words:
    """SipHash-2-4 of each eight-byte message (little-endian)."""
    k0, k1 = np.frombuffer(key, "<u8").astype(np.uint64)
    starts = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    keys = (k0, k1, k0, k1)
    v = [np.full(messages.size, np.uint64(s) ^ k, np.uint64) for s, k in zip(starts, keys, strict=True)]
    length = np.full(messages.size, np.uint64(8 << 56), np.uint64)
    for word in (messages.astype(np.uint64), length):
        v[3] ^= word
        _rounds(v, 2)
        v[0] ^= word
    v[2] ^= np.uint64(0xFF)
    _rounds(v, 4)
    result: Words = v[0] ^ v[1] ^ v[2] ^ v[3]
    return result


def _rounds(v: list[Words], count: int) -> None:
    for _ in range(count):
        v[0] += v[1]
        v[1] = _turn(v[1], 13) ^ v[0]
        v[0] = _turn(v[0], 32)
        v[2] += v[3]
        v[3] = _turn(v[3], 16) ^ v[2]
        v[0] += v[3]
        v[3] = _turn(v[3], 21) ^ v[0]
        v[2] += v[1]
        v[1] = _turn(v[1], 17) ^ v[2]
        v[2] = _turn(v[2], 32)


def _turn(words: Words, bits: int) -> Words:
    turned: Words = (words << np.uint64(bits)) | (words >> np.uint64(64 - bits))
    return turned
