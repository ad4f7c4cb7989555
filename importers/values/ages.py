"""Ages that a unit receives: HSA's `02-08#comment`, where 00 is a newborn and 99 no upper limit."""

import re
from dataclasses import dataclass

from importers.issues import Trouble
from importers.values.text import one_line

_RULE = re.compile(r"\s*(\d{1,2})\s*[-\u2013]\s*(\d{1,2})\s*(?:år)?\s*(?:#(.*))?", re.DOTALL | re.ASCII)
_FROM = re.compile(r"\s*(?:från\s+)?(\d{1,2})\s*(?:år)?\s*(?:\+|-|och uppåt)\s*(?:#(.*))?", re.DOTALL)
NO_LIMIT = 99


@dataclass(frozen=True, slots=True)
class AgeRule:
    """Whole years, both inclusive; `max_age` None means no upper limit."""

    min_age: int
    max_age: int | None = None
    note: str = ""


def parse_age_rule(text: str) -> tuple[AgeRule | None, tuple[Trouble, ...]]:
    """One rule; a range that goes backwards is left out."""
    if not text.strip():
        return None, ()
    if matched := _RULE.fullmatch(text):
        low, high = int(matched[1]), int(matched[2])
        if low > high:
            return None, (Trouble("age-rule", "the age rule ends before it starts and was left out"),)
        return AgeRule(low, None if high == NO_LIMIT else high, one_line(matched[3] or "")), ()
    if matched := _FROM.fullmatch(text):
        return AgeRule(int(matched[1]), None, one_line(matched[2] or "")), ()
    return None, (Trouble("age-rule", "the age rule cannot be read; write it as 02-08#comment"),)
