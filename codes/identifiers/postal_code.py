"""Postal code (postnummer)."""

import re
from dataclasses import dataclass

from codes.identifiers.errors import InvalidIdentifier

_WRITTEN = re.compile(r"(?:SE?[- ]?)?([1-9][0-9]{2})\s?([0-9]{2})", re.ASCII | re.IGNORECASE)
_CANONICAL = re.compile(r"[1-9][0-9]{4}")


@dataclass(frozen=True, order=True, slots=True)
class PostalCode:
    """Five digits, the first not 0. Kept and compared without the space, shown with it: `123 45`."""

    value: str

    def __post_init__(self) -> None:
        if not _CANONICAL.fullmatch(self.value):
            raise InvalidIdentifier("A postal code has five digits and does not begin with 0")

    @classmethod
    def parse(cls, text: str) -> "PostalCode":
        """Read `12345`, `123 45`, `S-123 45` or `SE-123 45`."""
        match = _WRITTEN.fullmatch(text.replace("\u00a0", " ").strip())
        if not match:
            raise InvalidIdentifier("A postal code has five digits and does not begin with 0")
        return cls(match[1] + match[2])

    @property
    def display(self) -> str:
        """As written on a letter: `123 45`."""
        return f"{self.value[:3]} {self.value[3:]}"

    def __str__(self) -> str:
        return self.value
