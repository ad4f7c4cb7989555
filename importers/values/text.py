"""Free text and line breaks, as catalogues and spreadsheets write them."""

import re
import unicodedata

_BREAK = re.compile(r"\r?\n?\$|\r\n|\r|\n")
_PLAIN_BREAK = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u2028\u2029]")


def one_line(text: str) -> str:
    """Composed letters, single spaces, no control characters: a name, a street, a code."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text)).split())


def segments(text: str) -> list[str]:
    """The non-empty lines of a multi-line LDAP value, whose breaks are `$`, `\\r$` or plain ones."""
    return [line for part in _BREAK.split(text) if (line := one_line(part))]


def prose(text: str, dollar: bool | None = None) -> str:
    """A longer text with its paragraphs: at most one empty line in a row, none at the ends.

    `$` counts as a line break where the text uses `\\r$` (or `dollar` says so); else it is a dollar sign.
    """
    broken = dollar if dollar is not None else ("\r$" in text or "\n$" in text)
    lines = [one_line(line) for line in (_BREAK if broken else _PLAIN_BREAK).split(text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
