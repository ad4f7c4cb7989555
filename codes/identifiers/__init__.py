"""Identifiers as small immutable values: made by `parse`, so that one which exists is well formed.

No message of a refusal repeats what was given, because it may be somebody's personal identity number.
"""

from codes.identifiers.coordination_number import CoordinationNumber
from codes.identifiers.errors import InvalidIdentifier
from codes.identifiers.hsa_id import HsaId
from codes.identifiers.organisation_number import OrganisationNumber
from codes.identifiers.person_id import PersonId, parse_person_id
from codes.identifiers.personal_identity_number import PersonalIdentityNumber
from codes.identifiers.phone_number import PhoneNumber
from codes.identifiers.postal_code import PostalCode
from codes.identifiers.registered_number import LegalSex
from codes.identifiers.reserve_number import NationalReserveNumber, RegionalReserveNumber

__all__ = [
    "CoordinationNumber",
    "HsaId",
    "InvalidIdentifier",
    "LegalSex",
    "NationalReserveNumber",
    "OrganisationNumber",
    "PersonId",
    "PersonalIdentityNumber",
    "PhoneNumber",
    "PostalCode",
    "RegionalReserveNumber",
    "parse_person_id",
]
