"""Numbers and addresses that cannot belong to anyone: HSA-ids, organisation numbers, telephones, people.

- HSA-ids have the region's number, then `DEMO` and a running number.
- Organisation numbers of invented providers begin with 55999, a series far from being handed out.
- Telephone numbers are from the series that PTS keeps for use in fiction.
- Personal identity numbers have the birth numbers 980-999, which Skatteverket keeps for tests.
- Web and e-mail addresses are under example.se.
"""

import unicodedata
from datetime import date, timedelta
from random import Random

from codes.identifiers import OrganisationNumber, PersonalIdentityNumber
from codes.identifiers.checksum import luhn_digit
from core.problems import Invalid

PROVIDERS = 10_000
FIRST_BIRTH_NUMBER = 980
MOST_PEOPLE = 500_000

_PHONES = {
    "01": "08-465004{:02d}",
    "12": "040-62804{:02d}",
    "14": "031-390{:04d}",
    "24": "0980-3192{:02d}",
    "25": "0980-3192{:02d}",
}
_PHONE_STARTS = {"14": 600}
_MOBILE = "070-1740{:03d}"
_MOBILE_START = 605
_MOBILES = 95


def hsa_id(region_number: str, running: int) -> str:
    """The HSA-id of an invented unit."""
    return f"SE{region_number}-DEMO{running:06d}"


def provider_number(index: int) -> OrganisationNumber:
    """The organisation number of the invented provider with this index, from 0 to `PROVIDERS` - 1."""
    digits = f"55999{index % PROVIDERS:04d}"
    return OrganisationNumber(digits + luhn_digit(digits))


def phone(region: str, rng: Random) -> str:
    """A fictitious number of the region's area code, or a fictitious mobile number where none is kept."""
    form = _PHONES.get(region)
    if form is None:
        return _MOBILE.format(_MOBILE_START + rng.randrange(_MOBILES))
    return form.format(_PHONE_STARTS.get(region, 0) + rng.randrange(100))


def slug(name: str) -> str:
    """A name as part of a web address: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


class NumberSeries:
    """Hands out each test number once: ten per day of birth and sex, except those that are `taken`."""

    def __init__(self, on: date, taken: frozenset[str] = frozenset()) -> None:
        self._on = on
        self._taken = taken
        self._used = bytearray(2 * 110 * 366)
        self._first = date(on.year - 109, 1, 1)

    def next(self, born: date, sex: str) -> PersonalIdentityNumber:
        """A number for someone born on that day or, failing that, the nearest day before with one left."""
        odd = 1 if sex == "male" else 0
        day = (born - self._first).days
        for step in range(day + 1):
            place = 2 * (day - step) + odd
            while self._used[place] < 10:
                number = FIRST_BIRTH_NUMBER + 2 * self._used[place] + odd
                self._used[place] += 1
                digits = f"{self._first + timedelta(days=day - step):%Y%m%d}{number}"
                whole = digits + luhn_digit(digits[2:])
                if whole not in self._taken:
                    return PersonalIdentityNumber(whole)
        raise Invalid(f"there are not enough test numbers for so many people; at most {MOST_PEOPLE}")
