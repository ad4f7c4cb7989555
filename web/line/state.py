"""The line that all processes of one server share: numbers given out, and the number that is let in now.

Nothing is kept per person but one byte: when the holder of a number was last seen. Who has not been seen for
a minute is neither counted nor waited for. However many numbers are asked for, the memory is the same.

Times are seconds of the machine's monotonic clock, which all processes read alike.
"""

import fcntl
import mmap
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

EPOCH = 5
"""Seconds: how finely it is known when somebody was last seen."""
EPOCHS_PRESENT = 12
EPOCHS_NEW = 4
"""Who has a number for the first time counts only so long, until they come back with it: robots never do."""
_EPOCHS = 250
_PASSED_EVERY = 30
_PASSED = 256
MOST_PASS_SECONDS = _PASSED_EVERY * (_PASSED - 2)
RATE_SECONDS = 30
RATE_LEAST = 5
COMING_SECONDS = 8
_SECONDS = 64
_SWEEP = 20
_CHUNK = 4096

_ISSUED, _LET_IN_TO, _BEGAN, _SWEPT, JOINED, LET_IN, CAME, WAITED_MS, PAGES = range(9)
_LET_IN_EACH = 16
_CAME_EACH = _LET_IN_EACH + 2 * _SECONDS
_PASSED_EACH = _CAME_EACH + 2 * _SECONDS
_FIELDS = _PASSED_EACH + 2 * _PASSED


class Turn(Enum):
    """What a number is worth."""

    WAITS = auto()
    COME = auto()
    OVER = auto()
    """Let in so long ago that it counts no more."""


class Line:
    """Make it before the fork. Only the loops write; every change is short and under a lock.

    The lock is one of the kernel's on a file, which ends with the process that holds it: a worker that is
    killed in the middle stops nobody.
    """

    def __init__(self, places: int = 1 << 18) -> None:
        self._places = places
        self._seen = mmap.mmap(-1, places)
        self._held = memoryview(mmap.mmap(-1, 8 * _FIELDS)).cast("q")
        with tempfile.TemporaryFile() as file:
            self._lock = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._lock)
        self._known_epoch = -1
        self._dead = b""
        self._present = b""

    @property
    def stands(self) -> bool:
        """Whether anybody may be waiting. The hot path: two reads of memory."""
        return self._held[_ISSUED] > self._held[_LET_IN_TO]

    def join(self, now: float) -> int | None:
        """A new number, at the end; None when all that there is memory for are taken."""
        with self._locked():
            if self._held[_ISSUED] - self._held[_LET_IN_TO] >= self._places - 1:
                return None
            if not self.stands:
                self._held[_BEGAN] = int(now)
            number = self._held[_ISSUED] + 1
            self._mark(number, int(now // EPOCH) - EPOCHS_PRESENT + EPOCHS_NEW)
            self._held[_ISSUED] = number
            self._held[JOINED] += 1
        return number

    def ask(self, number: int, joined: float, now: float, pass_seconds: float) -> Turn:
        """The holder of a number is here. `joined` is when they got it."""
        with self._locked():
            if self._held[_LET_IN_TO] < number <= self._held[_ISSUED]:
                self._mark(number, int(now // EPOCH))
                return Turn.WAITS
            if number > self._held[_ISSUED] or number <= self._let_in_to_at(now, pass_seconds):
                return Turn.OVER
            slot = number % self._places
            if self._held[_ISSUED] < number + self._places and self._seen[slot]:
                self._seen[slot] = 0
                self._held[CAME] += 1
                self._held[WAITED_MS] += int(1000 * max(0.0, now - joined))
                self._count(_CAME_EACH, int(now), 1)
        return Turn.COME

    def place(self, number: int, now: float) -> int:
        """How many are still there from the front up to this number, it counted in: 1 is next."""
        self._look(now)
        return max(1, self._there(self._held[_LET_IN_TO], number))

    def waiting(self, now: float) -> int:
        """How many are in line."""
        self._look(now)
        return self._there(self._held[_LET_IN_TO], self._held[_ISSUED])

    def let_in(self, most: int, now: float) -> int:
        """Let the first `most` of those who are still there come in; how many that is."""
        with self._locked():
            self._look(now)
            self._sweep(now)
            before = at = self._held[_LET_IN_TO]
            found = 0
            while found < most and at < self._held[_ISSUED]:
                at, some = self._skip(at, most - found)
                found += some
            if at > before:
                self._remember(before, now)
                self._held[_LET_IN_TO] = at
                self._held[LET_IN] += found
                self._count(_LET_IN_EACH, int(now), found)
        return found

    def coming(self, now: float) -> int:
        """How many have just been let in and have not come yet: they look again every few seconds."""
        first, end = int(now) - COMING_SECONDS, int(now) + 1
        return max(0, self._sum(_LET_IN_EACH, first, end) - self._sum(_CAME_EACH, first, end))

    def rate(self, now: float) -> float | None:
        """How many are let in per second, as measured of late; None as long as nobody can know."""
        since = max(self._held[_BEGAN], int(now) - RATE_SECONDS)
        let_in = self._sum(_LET_IN_EACH, since, int(now))
        return let_in / (int(now) - since) if let_in and int(now) - since >= RATE_LEAST else None

    def total(self, field: int) -> int:
        """One of `JOINED`, `LET_IN`, `CAME`, `WAITED_MS` and `PAGES`, since the server started."""
        return self._held[field]

    def told(self) -> None:
        """A waiting page was sent."""
        with self._locked():
            self._held[PAGES] += 1

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)

    def _mark(self, number: int, epoch: int) -> None:
        self._seen[number % self._places] = 1 + epoch % _EPOCHS

    def _look(self, now: float) -> None:
        """Know which bytes stand for somebody who is still there."""
        epoch = int(now // EPOCH)
        if epoch != self._known_epoch:
            alive = {1 + (epoch - back) % _EPOCHS for back in range(EPOCHS_PRESENT)}
            self._dead = bytes(value for value in range(256) if value not in alive)
            self._present = bytes(value if value in alive else 0 for value in range(256))
            self._known_epoch = epoch

    def _slots(self, after: int, last: int) -> bytes:
        """The bytes of the numbers beyond `after` up to `last`."""
        first, end = (after + 1) % self._places, (last + 1) % self._places
        if last <= after:
            return b""
        return self._seen[first:end] if first < end else self._seen[first:] + self._seen[:end]

    def _there(self, after: int, last: int) -> int:
        return len(self._slots(after, last).translate(None, self._dead))

    def _skip(self, after: int, most: int) -> tuple[int, int]:
        """Beyond `after`: the number of the last of `most` who are there, or of the last looked at."""
        last = min(after + _CHUNK, self._held[_ISSUED])
        present = self._slots(after, last).translate(self._present)
        at = found = 0
        while found < most:
            rest = present[at:].lstrip(b"\0")
            if not rest:
                return last, found
            at, found = len(present) - len(rest) + 1, found + 1
        return after + at, found

    def _sweep(self, now: float) -> None:
        """Forget who has gone before their byte could be taken for a new one."""
        epoch = int(now // EPOCH)
        if epoch - self._held[_SWEPT] < _SWEEP:
            return
        self._held[_SWEPT] = epoch
        for number in range(self._held[_LET_IN_TO], self._held[_ISSUED], _CHUNK):
            last = min(number + _CHUNK, self._held[_ISSUED])
            kept = self._slots(number, last).translate(self._present)
            first = (number + 1) % self._places
            straight = min(len(kept), self._places - first)
            self._seen[first : first + straight] = kept[:straight]
            self._seen[: len(kept) - straight] = kept[straight:]

    def _count(self, table: int, second: int, count: int) -> None:
        """Add to what is counted of a second; each has its own field for as long as it is asked for."""
        at = table + 2 * (second % _SECONDS)
        if self._held[at] != second:
            self._held[at], self._held[at + 1] = second, 0
        self._held[at + 1] += count

    def _sum(self, table: int, first: int, end: int) -> int:
        held = self._held
        fields = ((table + 2 * (second % _SECONDS), second) for second in range(first, end))
        return sum(held[at + 1] for at, second in fields if held[at] == second)

    def _remember(self, let_in_to: int, now: float) -> None:
        """How far the line had come when this half minute began."""
        period = int(now // _PASSED_EVERY)
        at = _PASSED_EACH + 2 * (period % _PASSED)
        if self._held[at] != period:
            self._held[at], self._held[at + 1] = period, let_in_to

    def _let_in_to_at(self, now: float, ago: float) -> int:
        """How far the line had come so long ago, or up to half a minute before."""
        ago = min(ago, MOST_PASS_SECONDS)
        for period in range(int((now - ago) // _PASSED_EVERY), int(now // _PASSED_EVERY) + 1):
            at = _PASSED_EACH + 2 * (period % _PASSED)
            if self._held[at] == period:
                return self._held[at + 1]
        return self._held[_LET_IN_TO]
