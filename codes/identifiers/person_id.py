"""Any identifier of a person, told apart by its form."""

from datetime import date

from codes.identifiers.coordination_number import CoordinationNumber
from codes.identifiers.errors import InvalidIdentifier
from codes.identifiers.personal_identity_number import PersonalIdentityNumber
from codes.identifiers.reserve_number import NationalReserveNumber, RegionalReserveNumber

PersonId = PersonalIdentityNumber | CoordinationNumber | NationalReserveNumber | RegionalReserveNumber


def parse_person_id(text: str, *, on: date | None = None) -> PersonId:
    """Read a personal identity, coordination or reserve number and return it as its own type.

    The forms do not overlap: the day tells the first two apart, letters or an impossible date the reserve
    numbers. `on` resolves the century of ten digits, see `RegisteredNumber.parse`. The refusal is that of
    the kind that the text looks most like.
    """
    digits = "".join(character for character in text if character.isalnum())
    reserve = _reserve_number(text)
    if reserve:
        return reserve
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (10, 12):
        raise InvalidIdentifier("A personal identity number has ten or twelve digits, written YYYYMMDD-NNNN")
    if digits[-6:-4] > "31":
        return CoordinationNumber.parse(text, on=on)
    return PersonalIdentityNumber.parse(text, on=on)


def _reserve_number(text: str) -> NationalReserveNumber | RegionalReserveNumber | None:
    for kind in (NationalReserveNumber, RegionalReserveNumber):
        try:
            return kind.parse(text)
        except InvalidIdentifier:
            continue
    return None
