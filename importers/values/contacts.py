"""Telephone numbers, e-mail and web addresses, several in a cell."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from codes.identifiers import InvalidIdentifier, PhoneNumber
from importers.issues import Trouble
from importers.values.text import one_line

Troubles = tuple[Trouble, ...]

MAX_URL = 2_000
_BETWEEN = re.compile(r"\s*(?:[,;|]|\beller\b|\bsamt\b|\boch\b|\s/\s)\s*", re.IGNORECASE)
_NOTE = re.compile(r"\([^()\d]*[^\W\d_][^()\d]*\)|^(?:tel(?:efon)?|tfn|växel|vxl)\s*[.:]*\s*", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>\"'(),:;\\]{1,64}@[^\s@<>\"'(),:;\\]+\.[^\s@<>\"'(),:;\\.]{2,}")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}|localhost", re.IGNORECASE)


def phones(values: Iterable[str]) -> tuple[list[str], Troubles]:
    """Numbers in E.164 (or Swedish short numbers), each once; what is no number leaves a warning."""
    found: list[str] = []
    troubles: list[Trouble] = []
    for value in values:
        for part in _BETWEEN.split(value):
            written = _NOTE.sub("", part.strip()).strip()
            if not written.strip("0"):
                continue
            number, trouble = _phone(written)
            if number and number not in found:
                found.append(number)
            troubles.extend(trouble)
    return found, tuple(troubles)


def emails(values: Iterable[str]) -> tuple[list[str], Troubles]:
    """E-mail addresses, each once, as written."""
    found: list[str] = []
    troubles: list[Trouble] = []
    for part in (part for value in values for part in re.split(r"[,;|\s]+", value) if part):
        address = re.sub(r"^mailto:", "", part, flags=re.IGNORECASE)
        if not _EMAIL.fullmatch(address) or len(address) > 255:
            troubles.append(Trouble("email", "the e-mail address is not of the form name@example.se"))
        elif address not in found:
            found.append(address)
    return found, tuple(troubles)


def website(text: str) -> tuple[str | None, Troubles]:
    """A web address with its scheme. Without one, `https://` is put before it; other schemes are refused."""
    written = text.strip()
    if not written:
        return None, ()
    if not re.match(r"[a-z][a-z0-9+.-]*:", written, re.IGNORECASE) or re.match(r"[\w.-]+:\d", written):
        written = f"https://{written.removeprefix('//')}"
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    else:
        if parts.scheme.lower() not in ("http", "https"):
            return None, (Trouble("url", "only http and https addresses are shown; it was left out"),)
    if not _HOST.fullmatch(host) or re.search(r"[\s<>\"\x00-\x1f]", written) or len(written) > MAX_URL:
        return None, (Trouble("url", "the web address cannot be read and was left out"),)
    return written, ()


def named_url(text: str) -> tuple[tuple[str, str] | None, Troubles]:
    """`Boka tid=https://…`: a name and a web address. An address alone is its own name."""
    name, _, url = text.partition("=")
    if "://" in name or not url:
        name, url = "", text
    address, troubles = website(url)
    return ((one_line(name) or address, address) if address else None), troubles


def _phone(written: str) -> tuple[str | None, Troubles]:
    try:
        return PhoneNumber.parse(written).value, ()
    except InvalidIdentifier as error:
        return None, (Trouble("phone", f"{error.detail}; it was left out"),)
