"""Coordination number (samordningsnummer): for a person who is not in the population register."""

from dataclasses import dataclass
from typing import ClassVar

from codes.identifiers.registered_number import RegisteredNumber


@dataclass(frozen=True, order=True, repr=False, slots=True)
class CoordinationNumber(RegisteredNumber):
    """As a personal identity number with 60 added to the day, 61-91 (lag 2022:1697; Skatteverket SKV 707).

    The same person may later get a personal identity number.
    """

    day_offset: ClassVar[int] = 60
    kind: ClassVar[str] = "coordination number"
