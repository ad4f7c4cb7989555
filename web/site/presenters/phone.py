"""Telephone numbers as Swedes read them."""

import re

import phonenumbers


def readable(number: str) -> str:
    """`+46317601234` becomes `031-760 12 34`; foreign numbers stay international, short ones as they are."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    if parsed.country_code != 46:
        return phonenumbers.format_number(parsed, form.INTERNATIONAL)
    return re.sub(r"^(0\d+)-?\s?", r"\1-", phonenumbers.format_number(parsed, form.NATIONAL), count=1)
