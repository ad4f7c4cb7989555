"""Freed memory leaves the process."""

import ctypes
import gc
from pathlib import Path

import pytest

from core import memory


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library")
def test_what_was_freed_goes_back_though_some_of_it_is_still_in_use() -> None:
    blocks: list[bytes] = [bytes(2000) for _ in range(60_000)]
    kept = blocks[::500]
    full = resident_mb()
    blocks.clear()
    memory.give_back()
    assert full - resident_mb() > 80
    assert len(kept) == 120
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
