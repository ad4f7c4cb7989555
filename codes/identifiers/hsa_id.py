"""HSA-id: the key of every unit, person and function in the national catalogue HSA."""

import re
from dataclasses import dataclass

from codes.identifiers.errors import InvalidIdentifier
from codes.identifiers.organisation_number import OrganisationNumber

MAX_LENGTH = 31

_GENUINE = re.compile(r"SE(?:16|19|20)?(?P<organisation>[0-9]{10})-[A-Z0-9]+")
_TEST = re.compile(r"(?:TSTNMT|IFV)(?P<organisation>[0-9]{10})-[A-Z0-9]+")


@dataclass(frozen=True, order=True, slots=True)
class HsaId:
    """`SE`, the catalogue owner's number, a hyphen, then letters A-Z and digits; at most 31 characters.

    Source: HSA attribute table (Inera). Compared without regard to case and kept in upper case. The
    owner's number has ten digits, or twelve with Skatteverket's leading `16` (a legal person) or a
    century (a sole trader): catalogues hold both forms. `TSTNMT...` and `IFV...` come from test catalogues.
    """

    value: str

    def __post_init__(self) -> None:
        if len(self.value) > MAX_LENGTH or not (
            _GENUINE.fullmatch(self.value) or _TEST.fullmatch(self.value)
        ):
            raise InvalidIdentifier("Not an HSA-id in canonical form: use HsaId.parse")

    @classmethod
    def parse(cls, text: str, *, allow_test: bool = False) -> "HsaId":
        """Read an HSA-id in any case, with or without space around it."""
        value = text.strip()
        if not value:
            raise InvalidIdentifier("The HSA-id is empty")
        if not value.isascii():
            raise InvalidIdentifier("An HSA-id has only the letters A-Z, digits and one hyphen")
        value = value.upper()
        if len(value) > MAX_LENGTH:
            raise InvalidIdentifier(f"An HSA-id has at most {MAX_LENGTH} characters, this has {len(value)}")
        if _TEST.fullmatch(value):
            if allow_test:
                return cls(value)
            raise InvalidIdentifier("This HSA-id belongs to a test catalogue")
        if not _GENUINE.fullmatch(value):
            raise InvalidIdentifier(
                "An HSA-id is SE, a ten-digit organisation number, a hyphen, then letters A-Z and digits"
            )
        return cls(value)

    @property
    def is_test(self) -> bool:
        """Whether it comes from a test catalogue."""
        return not self.value.startswith("SE")

    @property
    def organisation_number(self) -> OrganisationNumber | None:
        """The catalogue owner, or None where the digits are no organisation number."""
        match = _GENUINE.fullmatch(self.value) or _TEST.fullmatch(self.value)
        try:
            return OrganisationNumber(match["organisation"]) if match else None
        except InvalidIdentifier:
            return None

    def __str__(self) -> str:
        return self.value
