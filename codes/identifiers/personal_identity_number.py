"""Personal identity number (personnummer): whoever is in the Swedish population register has one."""

from dataclasses import dataclass
from typing import ClassVar

from codes.identifiers.registered_number import RegisteredNumber


@dataclass(frozen=True, order=True, repr=False, slots=True)
class PersonalIdentityNumber(RegisteredNumber):
    """`YYYYMMDDNNNC` (folkbokföringslagen 1991:481, 18 §; Skatteverket SKV 704)."""

    kind: ClassVar[str] = "personal identity number"
