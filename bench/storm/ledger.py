"""What the clients asked and were answered: the other half of the truth, beside the database."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

FINAL = "final"
LOST = "lost"
"""The connection broke or no answer came in time: the operation may be done or not."""
BUSY = "busy"
"""503: nothing was done; come again."""
FAULT = "fault"
"""Another 5xx."""
NOT_SENT = "not sent"
"""No connection could be made, so that nothing was asked."""


@dataclass(frozen=True)
class Asked:
    """One operation as it was asked: by whom (`person` or staff), about whom, how."""

    key: str
    kind: str
    method: str
    path: str
    body: Any
    """One wish, or a list of those that belong together."""
    token: str = field(repr=False)
    subjects: Sequence[int] = ()
    """The register's keys of the people whom it is about."""
    unit: str | None = None
    target: str | None = None
    """The listing or queue entry that it is about."""


@dataclass(frozen=True)
class Answer:
    """What came of one attempt; `status` 0 when nothing came."""

    outcome: str
    status: int = 0
    body: Any = None
    seconds: float = 0.0


@dataclass
class Entry:
    """One operation with all its attempts."""

    asked: Asked
    attempts: list[Answer] = field(default_factory=list)
    repeated: list[Answer] = field(default_factory=list)
    """Answers to the same key asked again after, or together with, the first."""
    seconds: float = 0.0
    """From the first attempt to the answer."""

    @property
    def answer(self) -> Answer | None:
        """The acknowledged answer."""
        return next((one for one in self.attempts if one.outcome == FINAL), None)

    @property
    def acknowledged(self) -> bool:
        """Whether it was told to be done."""
        answer = self.answer
        return answer is not None and 200 <= answer.status < 300

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """What was told to be done, one for each subject."""
        body = self.answer.body if self.acknowledged and self.answer else []
        return body if isinstance(body, list) else [body]

    @property
    def was_unknown(self) -> bool:
        """Whether, at some time, nobody could say whether it was done."""
        return any(one.outcome in (LOST, FAULT) for one in self.attempts)

    @property
    def result(self) -> str:
        """One word: the status of what was done, or the code of the refusal."""
        answer = self.answer
        if answer is None:
            return "unanswered"
        if isinstance(answer.body, list):
            return "+".join(sorted({str(one["status"]) for one in answer.body}))
        body = answer.body if isinstance(answer.body, dict) else {}
        if self.acknowledged:
            return str(body.get("status") or "done")
        return str(body.get("code") or answer.status)


class Ledger:
    """All entries, in the order in which they were opened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.entries: list[Entry] = []
        self._answered = 0

    def open(self, asked: Asked) -> Entry:
        """A new line, before anything is sent."""
        entry = Entry(asked)
        with self._lock:
            self.entries.append(entry)
        return entry

    def close(self) -> None:
        """One more is answered."""
        with self._lock:
            self._answered += 1

    @property
    def opened(self) -> int:
        """How many have been asked."""
        return len(self.entries)

    def answered(self) -> int:
        """How many have had their answer."""
        return self._answered

    def acknowledged(self, *kinds: str) -> Iterator[Entry]:
        """What was told to be done, of these kinds."""
        return (one for one in self.entries if one.acknowledged and one.asked.kind in kinds)

    def counts(self) -> Counter[tuple[str, str]]:
        """(kind, result) -> how many."""
        return Counter((one.asked.kind, one.result) for one in self.entries)


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the longest, in milliseconds."""
    ordered = sorted(seconds)
    if not ordered:
        return {}
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 1)
        for name, part in at.items()
    }
