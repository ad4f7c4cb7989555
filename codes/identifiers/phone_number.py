"""Telephone number, Swedish unless it says otherwise."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from codes.identifiers.errors import InvalidIdentifier

# Reached only without prefix: emergency, healthcare advice, crisis information, police (PTS numbering plan).
SHORT_NUMBERS = {"112": "112", "1177": "1177", "11313": "113 13", "11414": "114 14"}

_DIALLABLE = re.compile(r"\+?[0-9()\s./\-\u2010\u2011\u2013\u2212]+")
_LETTERS = "Write only the telephone number, without words"


@dataclass(frozen=True, order=True, slots=True)
class PhoneNumber:
    """`value` is E.164 (`+4631862750`) or a Swedish short number (`1177`); `display` is for people."""

    value: str

    def __post_init__(self) -> None:
        if self.value not in SHORT_NUMBERS and not re.fullmatch(r"\+[1-9][0-9]{5,14}", self.value):
            raise InvalidIdentifier("Not a telephone number in canonical form: use PhoneNumber.parse")

    @classmethod
    def parse(cls, text: str) -> "PhoneNumber":
        """Read a Swedish number with or without `+46`, a foreign one with `+` or `00`, or a short number.

        Words, two numbers in one, and numbers outside the country's numbering plan are refused.
        """
        written = text.replace("\u00a0", " ").strip()
        if not written:
            raise InvalidIdentifier("The telephone number is empty")
        if not _DIALLABLE.fullmatch(written):
            raise InvalidIdentifier(_LETTERS)
        digits = re.sub(r"[^0-9]", "", written)
        short = digits.removeprefix("46") if written.startswith("+") else digits
        if short in SHORT_NUMBERS:
            return cls(short)
        try:
            number = phonenumbers.parse(written, "SE")
        except NumberParseException as error:
            raise InvalidIdentifier("Not a telephone number") from error
        if not phonenumbers.is_valid_number(number):
            raise InvalidIdentifier("The telephone number is not in the country's numbering plan")
        return cls(phonenumbers.format_number(number, PhoneNumberFormat.E164))

    @property
    def display(self) -> str:
        """Swedish numbers as Swedes write them (`031-86 27 50`), foreign ones with the country code."""
        if self.value in SHORT_NUMBERS:
            return SHORT_NUMBERS[self.value]
        number = phonenumbers.parse(self.value)
        style = PhoneNumberFormat.NATIONAL if number.country_code == 46 else PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, style)

    def __str__(self) -> str:
        return self.value
