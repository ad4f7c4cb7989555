"""What a search gave up to find something: a code with arguments, for whoever answers to put into words."""

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "most-words",
    "words-unknown",
    "wider-area",
    "whole-country",
    "related-services",
    "closed-too",
    "wishes-dropped",
]


@dataclass(frozen=True)
class Relaxed:
    """One of these codes, which are never reworded; arguments that a code does not name are empty.

    - `most-words`: no unit matches all words, these match most of them
    - `words-unknown`: no unit has `words`, and they were set aside
    - `wider-area`: nothing is in `place`; these lie within `metres` of it
    - `whole-country`: nothing is in or near `place`
    - `related-services`: no unit states what `words` ask for; these do something else of the group `service`
    - `closed-too`: nothing is open then; these may be closed
    - `wishes-dropped`: no unit has all that was asked of time, language, listing and ownership
    """

    code: Code
    words: tuple[str, ...] = ()
    place: str | None = None
    metres: int | None = None
    service: str | None = None
    """A code of the system `care-service`."""
    display: str | None = None
    """The label of `service`."""


MOST_WORDS = Relaxed("most-words")
CLOSED_TOO = Relaxed("closed-too")
WISHES_DROPPED = Relaxed("wishes-dropped")
