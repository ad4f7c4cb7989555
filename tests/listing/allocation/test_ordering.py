"""The keyed hash: the published vectors, another order with another key, and evenly spread."""

import numpy as np

from listing.allocation.ordering import siphash

KEY = bytes(range(16))


def test_it_is_siphash_2_4() -> None:
    """The vector for eight bytes 00..07 of the reference implementation (vectors.h, SipHash-2-4)."""
    message = np.frombuffer(bytes(range(8)), "<u8")
    assert int(siphash(KEY, message)[0]).to_bytes(8, "little").hex() == "6224939a79f5f593"


def test_another_key_gives_another_order() -> None:
    people = np.arange(1000, dtype=np.uint64)
    one, other = np.argsort(siphash(KEY, people)), np.argsort(siphash(KEY[::-1], people))
    assert (one == other).mean() < 0.05
    assert abs(np.corrcoef(one, people)[0, 1]) < 0.1
