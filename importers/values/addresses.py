"""Swedish addresses in the styles that catalogues write them.

`Västgötavägen 30, 451 34, Uddevalla`, `Ikeagatan 8, 343 36 Älmhult`, `Storgatan 29, Aneby`, a bare street,
and the lines of an LDAP value: `Vårdcentralen Åby$ $Katrinebergsgatan 1$ $431 61$Mölndal`.
"""

import re
from dataclasses import dataclass, replace

from importers.issues import Trouble
from importers.values.text import one_line, segments

Troubles = tuple[Trouble, ...]

_POSTAL = r"(?:SE?[- ]?)?(?P<code>\d{3}[ \u00a0]{0,2}\d{2})(?!\d)"
_CODE_AND_CITY = re.compile(rf"{_POSTAL}(?:[ ,]+(?P<city>\D.*))?", re.IGNORECASE)
_CODE_ANYWHERE = re.compile(rf"(?P<before>.*?)[ ,]+{_POSTAL}[ ,]+(?P<city>\D.*)", re.IGNORECASE)
_STREET_NUMBER = re.compile(r".*[^\W\d_].*\s\d+(?:\s*-\s*\d+)?\s*[A-Za-z]?|(?:box|fack)\s+\d+", re.IGNORECASE)


_STREET_WORD = re.compile(
    r".*(?:gatan?|gata|väg(?:en)?|torg(?:et)?|plats(?:en)?|gränd(?:en)?|stig(?:en)?|allén?|gången|backen?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; empty when not given. `extra` tells where in the building or area."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    addressee: str = ""
    extra: str = ""


def postal_code(text: str) -> tuple[str | None, Troubles]:
    """Five digits without a space. Zeros only mean unknown, which is no trouble."""
    written = re.sub(r"^SE?[- ]?", "", one_line(text), flags=re.IGNORECASE)
    found = re.sub(r"[ -]", "", written)
    if not found.strip("0"):
        return None, ()
    if re.fullmatch(r"[1-9]\d{4}", found, re.ASCII):
        return found, ()
    return None, (Trouble("postal-code", "the postal code does not have five digits and was left out"),)


def visiting_address(
    text: str, *, street: str = "", postal: str = "", city: str = ""
) -> tuple[Address, Troubles]:
    """The visiting address of one cell, with separate columns filling what the cell does not say.

    The cell wins over a separate town, because catalogues put a municipality or a district there.
    """
    parsed = parse_address(text, city)
    code, troubles = postal_code(postal) if not parsed.postal_code else (parsed.postal_code, ())
    separate = one_line(street)
    return replace(
        parsed,
        street=separate or parsed.street,
        postal_code=code or "",
        city=parsed.city or one_line(city),
    ), troubles


def parse_address(text: str, city: str = "") -> Address:
    """The parts of an address written in one cell, on one line or several.

    `city` is a town known from elsewhere: where no postal code points out the town, it tells
    `Götgatan 12, Göteborg, inne på Apotek Hjärtat` from `Nolia, Signalvägen 3, Umeå`.
    """
    if "$" in text or "\n" in text or "\r" in text:
        return _from_parts(segments(text), city)
    return _from_parts([part for raw in text.split(",") if (part := one_line(raw))], city)


def postal_address(text: str) -> Address:
    """A postal address: the first line that is not a street or a box is the addressee."""
    parsed = parse_address(text)
    if parsed.addressee or not parsed.extra or not parsed.street:
        return parsed
    first, _, rest = parsed.extra.partition(", ")
    return replace(parsed, addressee=first, extra=rest)


def _from_parts(parts: list[str], city: str) -> Address:
    for index, part in enumerate(parts):
        matched = _CODE_AND_CITY.fullmatch(part)
        if matched:
            return _around_code(parts[:index], matched, parts[index + 1 :])
    for index, part in enumerate(parts):
        matched = _CODE_ANYWHERE.fullmatch(part)
        if matched:
            return _around_code([*parts[:index], matched["before"]], matched, parts[index + 1 :])
    return _without_code(parts, one_line(city).casefold())


def _around_code(before: list[str], matched: re.Match[str], after: list[str]) -> Address:
    code, _ = postal_code(matched["code"])
    city = matched["city"] or ""
    if not city and after:
        city, after = after[0], after[1:]
    street, rest = _street(before)
    return Address(
        street=street,
        postal_code=code or "",
        city=one_line(city).rstrip(" ."),
        extra=", ".join([*rest, *after]),
    )


def _without_code(parts: list[str], city: str) -> Address:
    for index in range(len(parts) - 1, 0, -1):
        if city and parts[index].casefold() == city:
            street, rest = _street(parts[:index])
            return Address(street=street, city=parts[index], extra=", ".join([*rest, *parts[index + 1 :]]))
    if len(parts) < 2 or re.search(r"\d", parts[-1]):
        street, rest = _street(parts)
        return Address(street=street, extra=", ".join(rest))
    street, rest = _street(parts[:-1])
    return Address(street=street, city=parts[-1], extra=", ".join(rest))


def _street(parts: list[str]) -> tuple[str, list[str]]:
    """The part that reads as a street with a number, else as a street, else the last; and the others."""
    for pattern in (_STREET_NUMBER, _STREET_WORD):
        for index in range(len(parts) - 1, -1, -1):
            if pattern.fullmatch(parts[index]):
                return parts[index], parts[:index] + parts[index + 1 :]
    return (parts[-1], parts[:-1]) if parts else ("", [])
