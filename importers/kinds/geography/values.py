"""Cells of geography files: codes that lost their leading zero, coordinates, names of municipalities."""

import math
import re
from collections.abc import Iterable

from directory.geography.queries import MunicipalityInfo

# Sweden with its territorial sea, degrees.
LATITUDES = (54.9, 69.2)
LONGITUDES = (10.3, 24.4)

# Codes that stand in older files for municipalities that have another one today.
REPLACED_CODES = {"1917": "0331"}

_POSTAL = re.compile(r"(?:SE?-)?([0-9]{3})\s?([0-9]{2})", re.IGNORECASE)


class Fault(Exception):
    """What is wrong with one cell; becomes an issue of the row."""

    def __init__(self, code: str, field: str, value: str, message: str) -> None:
        super().__init__(message)
        self.code, self.field, self.value, self.message = code, field, value, message


def area_code(value: str, digits: int, field: str) -> str:
    """A county's or municipality's code; a spreadsheet may have eaten the zero in front."""
    code = value.strip().removesuffix(".0").zfill(digits)
    if not re.fullmatch(f"[0-9]{{{digits}}}", code):
        raise Fault("invalid-code", field, value, f"not a code of {digits} digits")
    return REPLACED_CODES.get(code, code)


def postal_code(value: str) -> str:
    """Five digits, from "413 45", "41345" or "SE-413 45"."""
    match = _POSTAL.fullmatch(value.strip())
    if match is None:
        raise Fault("invalid-postal-code", "postal_code", value, "a postal code has five digits")
    return match[1] + match[2]


def position(lat: str, lon: str) -> tuple[float, float]:
    """Latitude and longitude in degrees, with a decimal point or comma, inside Sweden."""
    north, east = _number(lat, "lat"), _number(lon, "lon")
    if _inside(north, east):
        return north, east
    both = f"{lat}, {lon}"
    if _inside(east, north):
        raise Fault("swapped-coordinates", "lat", both, "latitude and longitude have changed places")
    raise Fault("outside-sweden", "lat", both, "the position is not in Sweden (degrees, WGS 84)")


def _number(value: str, field: str) -> float:
    try:
        number = float(value.strip().replace(",", "."))
    except ValueError:
        raise Fault("invalid-number", field, value, "not a number of degrees") from None
    if not math.isfinite(number):
        raise Fault("invalid-number", field, value, "not a number of degrees")
    return number


def _inside(lat: float, lon: float) -> bool:
    return LATITUDES[0] <= lat <= LATITUDES[1] and LONGITUDES[0] <= lon <= LONGITUDES[1]


class MunicipalityNames:
    """From a municipality's name, as files write it, to its code.

    Some files cut the ending off the full name and with it a letter of the name: "Torsås kommun" becomes
    "Torså", "Skinnskattebergs kommun" becomes "Skinnskattebergs k.". Such a name, or one without its last
    letter, is known by what is left.
    """

    def __init__(self, municipalities: Iterable[MunicipalityInfo]) -> None:
        self._codes: dict[str, str] = {}
        self._cut: dict[str, str] = {}
        for known in municipalities:
            for name in (known.name, known.full_name):
                self._codes[name.casefold()] = known.code
            whole = known.full_name.casefold().removesuffix(" kommun").removesuffix(" stad")
            for cut in (whole, whole.removesuffix("s"), whole + " k.", known.name.casefold()[:-1]):
                self._cut.setdefault(cut, known.code)

    def code(self, name: str) -> tuple[str, bool]:
        """The code, and whether the name had to be repaired; raises `Fault` for an unknown name."""
        wanted = " ".join(name.casefold().split())
        code = self._codes.get(wanted)
        if code is not None:
            return code, False
        code = self._cut.get(wanted)
        if code is None:
            raise Fault("unknown-municipality", "municipality", name, "no municipality has this name")
        return code, True
