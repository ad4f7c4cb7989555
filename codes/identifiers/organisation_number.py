"""Organisation number: the key of a care provider."""

import re
from dataclasses import dataclass

from codes.identifiers.checksum import luhn_holds
from codes.identifiers.errors import InvalidIdentifier

_TEN_DIGITS = re.compile(r"[0-9]{10}")
_WRITTEN = re.compile(r"(?:16)?([0-9]{6})[-\u2010\u2011\u2013\u2212 ]?([0-9]{4})")


@dataclass(frozen=True, order=True, slots=True)
class OrganisationNumber:
    """Ten digits, the third at least 2, the last a Luhn check digit (lag 1974:174, Skatteverket SKV 709).

    The third digit is what tells it from a personal identity number, where it begins the month.
    `value` has no hyphen, `str()` and `display` have it: `232100-0131`.
    """

    value: str

    def __post_init__(self) -> None:
        if not _TEN_DIGITS.fullmatch(self.value):
            raise InvalidIdentifier("An organisation number has ten digits")
        if self.value[2] < "2":
            raise InvalidIdentifier("The third digit of an organisation number is at least 2")
        if not luhn_holds(self.value):
            raise InvalidIdentifier("The check digit of the organisation number is wrong")

    @classmethod
    def parse(cls, text: str) -> "OrganisationNumber":
        """Read ten digits with or without the hyphen, or twelve that begin with 16."""
        match = _WRITTEN.fullmatch(text.strip())
        if not match:
            raise InvalidIdentifier("An organisation number has ten digits, written NNNNNN-NNNN")
        return cls(match[1] + match[2])

    @property
    def display(self) -> str:
        """As written in Sweden: `NNNNNN-NNNN`."""
        return f"{self.value[:6]}-{self.value[6:]}"

    def __str__(self) -> str:
        return self.display
