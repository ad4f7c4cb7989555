"""How long a new request would wait for a thread of this process, as measured on those before it."""

import time
from collections import deque

_NEWEST = 0.1
"""The weight of the newest answer in the mean: the last twenty or so count."""
_UNKNOWN = 0.05
"""What an answer is taken to cost until one has been made."""
_STANDSTILL = 1.0
"""What takes longer has waited for something else, and tells nothing of what the next one costs."""


class Load:
    """Told by the loop of every request that goes to the threads and comes back."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._since: deque[float] = deque()
        self.answer_seconds = 0.0
        self._page_seconds = 0.0

    def began(self) -> None:
        """A request is handed to the threads, which take them in order."""
        self._since.append(time.monotonic())

    def ended(self, seconds: float, page: bool) -> None:
        """A thread has been taken for so long."""
        self._since.popleft()
        seconds = min(seconds, _STANDSTILL)
        self.answer_seconds += _NEWEST * (seconds - self.answer_seconds) if self.answer_seconds else seconds
        if page:
            self._page_seconds += _NEWEST * (seconds - self._page_seconds) if self._page_seconds else seconds

    @property
    def page_seconds(self) -> float:
        """What one page takes of one thread."""
        return max(0.001, self._page_seconds or self.answer_seconds or _UNKNOWN)

    @property
    def full(self) -> bool:
        """Whether a new request would wait at all."""
        return len(self._since) >= self.threads

    def wait(self, now: float) -> float:
        """Seconds. By the number who wait and what each takes; but who waits now has waited so long already:
        when nothing is answered at all, that is what one can know."""
        ahead = len(self._since) - self.threads
        if ahead < 0:
            return 0.0
        longest = now - self._since[self.threads] if ahead else 0.0
        return max((ahead + 1) * (self.answer_seconds or _UNKNOWN) / self.threads, longest)
