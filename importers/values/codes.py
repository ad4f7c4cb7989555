"""Codes as catalogues write them: geography, activities, and words for yes and no."""

import re
from collections.abc import Iterable

from importers.issues import Trouble
from importers.values import transforms
from importers.values.text import one_line

Troubles = tuple[Trouble, ...]

YES = frozenset({"j", "ja", "y", "yes", "true", "1", "sant", "x"})
NO = frozenset({"n", "nej", "no", "false", "0", "falskt"})


def boolean(text: str) -> tuple[bool | None, Troubles]:
    """Yes or no in Swedish, English or LDAP."""
    word = text.strip().casefold()
    if not word:
        return None, ()
    if word in YES or word in NO:
        return word in YES, ()
    return None, (Trouble("yes-no", "the value is neither yes (ja, true) nor no (nej, false)"),)


def whole_number(text: str) -> tuple[int | None, Troubles]:
    """A count from 0, with or without spaces between thousands."""
    written = re.sub(r"[ \u00a0\u202f]", "", text)
    if not written:
        return None, ()
    if re.fullmatch(r"\d{1,9}", written, re.ASCII):
        return int(written), ()
    return None, (Trouble("number", "the value is not a whole number from 0"),)


def county_code(text: str) -> tuple[str | None, Troubles]:
    """The two digits of a county (SCB); `14`, `7`, `007` and `SE-14` are met. Zeros only mean unknown."""
    written = re.sub(r"^SE-?", "", one_line(text), flags=re.IGNORECASE)
    if not written.strip("0"):
        return None, ()
    code = transforms.county_code(written)
    if re.fullmatch(r"0[1-9]|1[0-9]|2[0-5]", code, re.ASCII):
        return code, ()
    return None, (Trouble("region", "the county code is not one of SCB's two-digit codes"),)


def municipality_code(text: str, county: str | None = None) -> tuple[str | None, Troubles]:
    """Four digits. HSA stores two, which the county completes (HSA attribute table); catalogues store four.

    A spreadsheet that made `0380` a number has three digits, of which the first is the county's second.
    """
    written = one_line(text)
    if not written.strip("0"):
        return None, ()
    if not re.fullmatch(r"\d{1,4}", written, re.ASCII):
        return None, (Trouble("municipality", "the municipality code is not two or four digits"),)
    if len(written) >= 3:
        return written.zfill(4), ()
    if county is None:
        return None, (Trouble("municipality", "a municipality code of two digits needs the county code"),)
    return county + written.zfill(2), ()


def code_list(values: Iterable[str]) -> list[str]:
    """Codes one by one, in the order given, each once; cells separate them by `,`, `;`, `|` or space."""
    found = [code for value in values for code in re.split(r"[,;|\s]+", value) if code]
    return list(dict.fromkeys(found))


def padded(codes: Iterable[str], width: int) -> list[str]:
    """Codes whose leading zeros a spreadsheet ate, made whole: `1` is care form `01`."""
    return [code.zfill(width) if code.isascii() and code.isdigit() else code for code in codes]


def activity_codes(values: Iterable[str]) -> tuple[list[str], Troubles]:
    """Verksamhetskoder, four digits each."""
    codes = code_list(values)
    good = [code for code in codes if re.fullmatch(r"\d{4}", code, re.ASCII)]
    wrong = [code for code in codes if code not in good]
    troubles = (Trouble("activity", f"not a verksamhetskod of four digits: {', '.join(wrong)[:80]}"),)
    return good, troubles if wrong else ()
