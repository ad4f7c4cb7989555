"""Reserve numbers: for a patient whose number is unknown or who has none.

National ones follow one specification (Inera, Nationellt ReservID 1.0). Regional ones are made each in
its own way; a series is listed here only when its form is published (Inera, Personuppgiftstjänsten, list
of local reserve identities; RIV-TA crm:scheduling 1.1 for the last).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from codes.identifiers.checksum import luhn_digit
from codes.identifiers.masked import MaskedId

# Without I, O, Q, V and W, which are mistaken for other signs.
_NATIONAL = re.compile(r"[0-9]{8}(?:[A-HJ-NPR-UX-Z]{2}[0-9]{2}|[A-HJ-NPR-UX-Z]{3}[0-9])")
_VGR_LETTERS = {"K": "5", "M": "7", "X": "8"}


def _dated(value: str) -> bool:
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return False
    return True


def _stockholm(value: str) -> bool:
    return bool(re.fullmatch(r"99(?:1[89]|2[012])[0-9]{8}", value)) and luhn_digit(value[4:11]) == value[11]


def _vastra_gotaland(value: str) -> bool:
    if not re.fullmatch(r"[0-9]{8}(?:[KM](?:0[6-9]|[1-7][0-9])|X8[0-9])[0-9]", value) or not _dated(value):
        return False
    return luhn_digit(value[2:8] + _VGR_LETTERS[value[8]] + value[9:11]) == value[11]


def _varmland(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{8}S[FUXPL][0-9][A-UW-Z1-9]", value)) and _dated(value)


def _inera(value: str) -> bool:
    form = re.fullmatch(r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:3[2-9]|[45][0-9])[0-9]{4}", value)
    return bool(form) and luhn_digit(value[2:11]) == value[11]


def _letter_in_ninth_place(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{8}[PTF][0-9]{3}", value))


_SERIES: dict[str, Callable[[str], bool]] = {
    "region-stockholm": _stockholm,
    "vastra-gotaland": _vastra_gotaland,
    "varmland": _varmland,
    "inera": _inera,
    "unspecified": _letter_in_ninth_place,
}


def _canonical(text: str) -> str:
    return text.strip().upper().replace("-", "").replace(" ", "")


@dataclass(frozen=True, order=True, repr=False, slots=True)
class NationalReserveNumber(MaskedId):
    """`XXYYMMDDNNGC`: century plus a multiple of 3 (19 becomes 22), date, two letters, sex, check digit.

    Sex is a digit as in a personal identity number, or a letter when unknown. Century `00` means that the
    date of birth is unknown: then a serial number follows, with a month of 20-99 and a day of 40-59. The
    check digit is not verified, for want of a published rule for the letters.
    """

    @classmethod
    def problem_with(cls, value: str) -> str | None:
        if not _NATIONAL.fullmatch(value):
            return (
                "A national reserve number has eight digits, two or three letters, then digits to make twelve"
            )
        century = int(value[:2])
        if century == 0:
            unknown = value[4:6] >= "20" and "40" <= value[6:8] <= "59"
            return (
                None
                if unknown
                else "A national reserve number without date of birth has another serial number"
            )
        if century < 22:
            return "A national reserve number begins with 00 or with 22 or more"
        if not _dated(f"{18 + century % 3}{value[2:]}"):
            return "The national reserve number does not hold a date"
        return None

    @classmethod
    def parse(cls, text: str) -> "NationalReserveNumber":
        """Read it in any case, with or without the hyphen."""
        return cls(_canonical(text))


@dataclass(frozen=True, order=True, repr=False, slots=True)
class RegionalReserveNumber(MaskedId):
    """A reserve number of one of the published regional series; `series` says which."""

    @classmethod
    def problem_with(cls, value: str) -> str | None:
        return None if cls._series_of(value) else "Not a reserve number of a known regional series"

    @classmethod
    def parse(cls, text: str) -> "RegionalReserveNumber":
        """Read it in any case, with or without the hyphen."""
        return cls(_canonical(text))

    @property
    def series(self) -> str:
        """The key of the series: the region's, `inera`, or `unspecified` for the RIV-TA letter form."""
        return self._series_of(self.value) or ""

    @staticmethod
    def _series_of(value: str) -> str | None:
        if not value.isascii():
            return None
        return next((key for key, fits in _SERIES.items() if fits(value)), None)
