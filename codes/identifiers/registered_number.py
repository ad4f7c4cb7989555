"""What personal identity numbers and coordination numbers have in common: `YYYYMMDDNNNC`."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from codes.identifiers.checksum import luhn_holds
from codes.identifiers.errors import InvalidIdentifier
from codes.identifiers.masked import MaskedId

_TWELVE_DIGITS = re.compile(r"[0-9]{12}")
_WRITTEN = re.compile(r"(?P<century>[0-9]{2})?(?P<date>[0-9]{6})(?P<separator>[-+ ]?)(?P<end>[0-9]{4})")
_HYPHENS = str.maketrans("\u2010\u2011\u2012\u2013\u2212", "-----")
_TOLVAN = "191212121212"


class LegalSex(StrEnum):
    """What the last digit but one says (folkbokföringslagen 18 §)."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, order=True, repr=False, slots=True)
class RegisteredNumber(MaskedId):
    """Twelve digits: date of birth, birth number, Luhn check digit over the last ten."""

    day_offset: ClassVar[int] = 0
    kind: ClassVar[str] = "number"

    @classmethod
    def problem_with(cls, value: str) -> str | None:
        if not _TWELVE_DIGITS.fullmatch(value):
            return f"A {cls.kind} has twelve digits"
        if not "18" <= value[:2] <= "20":
            return f"The year of the {cls.kind} is not in the 19th, 20th or 21st century"
        if _date_of(value, cls.day_offset) is None:
            return f"The {cls.kind} does not begin with a date"
        if not luhn_holds(value[2:]):
            return f"The check digit of the {cls.kind} is wrong"
        return None

    @classmethod
    def parse(cls, text: str, *, on: date | None = None) -> Self:
        """Read ten or twelve digits, with or without `-` or `+`.

        `on` is the day for which ten digits are read: their century is the latest in which the person is
        born by then, and one century earlier after `+`, which is written from the year a person turns 100.
        Without `on` only twelve digits will do. With it, a birth after that day is refused.
        """
        match = _WRITTEN.fullmatch(text.strip().translate(_HYPHENS))
        if not match:
            raise InvalidIdentifier(f"A {cls.kind} is written YYYYMMDD-NNNN or YYMMDD-NNNN, in digits")
        if match["century"]:
            number = cls(match["century"] + match["date"] + match["end"])
        elif on is None:
            raise InvalidIdentifier(f"Write the {cls.kind} with all twelve digits")
        else:
            number = cls(cls._with_century(match["date"], match["separator"], on) + match["end"])
        if on is not None and number.birth_date > on:
            raise InvalidIdentifier(f"The {cls.kind} has a date of birth in the future")
        return number

    @classmethod
    def _with_century(cls, six: str, separator: str, on: date) -> str:
        year = on.year - (on.year - int(six[:2])) % 100
        if separator == "+":
            year -= 100
        else:
            born = _date_of(f"{year}{six[2:]}", cls.day_offset)
            if born is None or born > on:
                year -= 100
        return f"{year}{six[2:]}"

    @property
    def birth_date(self) -> date:
        """The date of birth that the number states."""
        born = _date_of(self.value, self.day_offset)
        assert born is not None  # checked when the value was made
        return born

    @property
    def legal_sex(self) -> LegalSex:
        """Odd is male, even is female."""
        return LegalSex.MALE if int(self.value[10]) % 2 else LegalSex.FEMALE

    @property
    def may_be_test_number(self) -> bool:
        """Whether it lies in a series that Skatteverket uses for test numbers: 980-999, 238x and 239x.

        People born before 1990 can have real numbers there, so this keeps invented data apart from real
        data and proves nothing about a person.
        """
        birth_number = self.value[8:11]
        return self.value == _TOLVAN or birth_number >= "980" or birth_number in ("238", "239")

    def display(self, on: date) -> str:
        """As the person writes it on that day: ten digits, with `+` from the year of turning 100."""
        separator = "+" if on.year - self.birth_date.year >= 100 else "-"
        return f"{self.value[2:8]}{separator}{self.value[8:]}"


def _date_of(digits: str, day_offset: int) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]) - day_offset)
    except ValueError:
        return None
