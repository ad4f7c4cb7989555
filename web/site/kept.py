"""Answers kept for a short while in each process: what stands on every page and hardly changes."""

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import current_app

T = TypeVar("T")


def kept(key: Hashable, seconds: float, ask: Callable[[], T]) -> T:
    """The answer to `ask`, asked at most once per `seconds` by this application. It is never invalidated."""
    answers = current_app.extensions.setdefault("site-kept", {})
    now = time.monotonic()
    found = answers.get(key)
    if found is None or now - found[0] > seconds:
        found = answers[key] = (now, ask())
    answer: T = found[1]
    return answer
