"""Temporary notices with their dates in front.

HSA writes `;YYYYMMDD;YYYYMMDD;text` (hsaVpwInformation2, either date may be empty), the catalogue of Västra
Götaland `YYYYMMDD-YYYYMMDD text`. Plain text has no dates of its own.
"""

import re
from dataclasses import dataclass
from datetime import date

from importers.issues import Trouble
from importers.values.dates import local_date
from importers.values.text import prose

_HSA = re.compile(r"\s*;(\d{8})?;(\d{8})?;(.*)", re.DOTALL | re.ASCII)
_VGR = re.compile(r"\s*(\d{8})\s*-\s*(\d{8})?(?=\s|$)(.*)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice shown from `starts_on` to `ends_on`, both inclusive; None leaves that end open."""

    text: str
    starts_on: date | None = None
    ends_on: date | None = None


def parse_notice(text: str) -> tuple[Notice | None, tuple[Trouble, ...]]:
    """The notice, or None when it has no text; dates that do not exist or go backwards leave it out."""
    matched = _HSA.fullmatch(text) or _VGR.fullmatch(text)
    if matched is None:
        plain = prose(text)
        return (Notice(plain) if plain else None), ()
    words = prose(matched[3])
    if not words:
        return None, ()
    starts, no_start = local_date(matched[1] or "")
    ends, no_end = local_date(matched[2] or "")
    if no_start or no_end:
        return None, (Trouble("notice-dates", "the notice has a date that does not exist and was left out"),)
    if starts and ends and ends < starts:
        return None, (Trouble("notice-dates", "the notice ends before it starts and was left out"),)
    return Notice(words, starts, ends), ()
