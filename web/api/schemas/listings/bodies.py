"""What the register is asked to do."""

from typing import get_args

from marshmallow import fields, validate

from listing.policy.codes import PriorityReason, ReasonCode
from listing.services.correcting import ERRORS
from listing.services.requests import Channel, IdentityCheck
from web.api.schemas.base import Shape
from web.api.schemas.listings import given


class ListingWishSchema(Shape):
    """A wish that a person be listed at a unit.

    Residents ask for themselves, their children and those they represent; staff for whoever stands before
    them or has signed a form.
    """

    person_id = given.person("Who is to be listed.", required=True, data_key="personId")
    hsa_id = given.words("Where.", given.HSA_EXAMPLE, 31, required=True, data_key="hsaId")
    listing_type = given.listing_type()
    professional_hsa_id = given.words(
        "A doctor of the unit as regular doctor too.",
        "SE2321000131-P000000000017",
        31,
        data_key="professionalHsaId",
        load_default=None,
        allow_none=True,
    )
    join_queue = given.yes("Stand in the queue where the unit is full.", data_key="joinQueue")
    reason = given.choice(
        "A special reason for a change beyond the limit.",
        get_args(ReasonCode),
        load_default=None,
        allow_none=True,
    )
    evidence = given.words(
        "Where the proof of the reason is kept.", "VC 2026-117", load_default=None, allow_none=True
    )
    channel = given.choice(
        "How the wish came. Residents: `web`. Staff: `staff` unless said otherwise. Systems: `system`.",
        get_args(Channel),
        load_default=None,
        allow_none=True,
    )
    valid_from = given.day(
        "A later first day than the region's rules give.",
        data_key="validFrom",
        load_default=None,
        allow_none=True,
    )
    signed_on = given.day(
        "The day on the paper form; staff only.",
        "2026-11-18",
        data_key="signedOn",
        load_default=None,
        allow_none=True,
    )
    form_reference = given.words(
        "The number printed on the form, which counts once, or else where the form is kept; staff only.",
        "K7XM-4QTR",
        data_key="formReference",
        load_default=None,
        allow_none=True,
    )
    guardians = fields.List(
        given.PersonNumber(metadata={"type": "string"}),
        load_default=[],
        validate=validate.Length(max=10),
        metadata={
            "description": "The guardians who have signed the form of a child, or who stand before staff or"
            " call; staff only.",
            "example": ["198001012384"],
        },
    )
    identity_check = given.choice(
        "How staff made sure who stands before them or calls; needed when a guardian asks without a form."
        " `vouched`: by somebody who has identified themselves.",
        get_args(IdentityCheck),
        data_key="identityCheck",
        load_default=None,
        allow_none=True,
    )


class PersonSchema(Shape):
    """Whose. The number stands in the body, because addresses are logged along the way."""

    person_id = given.person("Whose.", required=True, data_key="personId")
    listing_type = given.listing_type()


class PersonPageSchema(Shape):
    """Whose, and which page."""

    person_id = given.person("Whose.", required=True, data_key="personId")
    limit = given.count("How many, at most.", 1, 200, 20, load_default=20)
    page = given.count("Which page, from 1.", 1, 5000, 1, load_default=1)


class PrioritySchema(Shape):
    """A documented decision that somebody goes before others in the queue (förtur)."""

    reason = given.choice("Why.", get_args(PriorityReason), required=True)
    decision_reference = given.words(
        "The decision.", "HSN 2026-31", required=True, data_key="decisionReference"
    )


class CorrectionSchema(Shape):
    """What was wrong with a listing, and where the proof is kept."""

    error = given.choice("What was wrong.", ERRORS, required=True)
    evidence = given.words("Where the proof is kept.", "VC 2026-118", required=True)


class LimitSchema(Shape):
    """A decision on how many may be listed (listningstak)."""

    places = given.count(
        "How many may be listed; null for no limit on these days.",
        0,
        1_000_000,
        8500,
        required=True,
        allow_none=True,
    )
    valid_from = given.day("The first day.", required=True, data_key="validFrom")
    valid_to = given.day(
        "The first day on which it no longer holds; null until further notice.",
        "2028-01-01",
        data_key="validTo",
        load_default=None,
        allow_none=True,
    )
    decision_reference = given.words(
        "The decision.", "HSN 2026-30", required=True, data_key="decisionReference"
    )
    decided_by = given.words(
        "Who decided, such as a board.",
        "Hälso- och sjukvårdsnämnden",
        data_key="decidedBy",
        load_default=None,
        allow_none=True,
    )
    listing_type = given.listing_type()


class ClosureSchema(Shape):
    """A register that closes."""

    closes_on = given.day("The first day without it.", "2027-03-01", required=True, data_key="closesOn")
    decision_reference = given.words(
        "The decision.", "HSN 2026-32", required=True, data_key="decisionReference"
    )
    successor_hsa_id = given.words(
        "The unit that takes over.",
        "SE2321000131-E000000000902",
        31,
        data_key="successorHsaId",
        load_default=None,
        allow_none=True,
    )
    listing_type = given.listing_type()


class DoctorChoiceSchema(Shape):
    """A regular doctor (fast läkarkontakt) at the unit where the person is listed."""

    person_id = given.person("Whose.", required=True, data_key="personId")
    professional_hsa_id = given.words(
        "The doctor.", "SE2321000131-P000000000017", 31, required=True, data_key="professionalHsaId"
    )


class ContactSchema(Shape):
    """How patients reach the doctor."""

    phone = given.words("Telephone number.", "+4631100200", 40)
    text = given.words("When, or how else.", "Telefontid 8-9", 300)


class DoctorSchema(Shape):
    """A doctor of the unit whom one can have as regular doctor."""

    name = given.words("As patients know the doctor.", "Åsa Prov", required=True)
    in_training = given.yes("In training to be a specialist.", data_key="inTraining")
    protected = given.yes("The name is shown to nobody outside the unit.")
    full_time_percent = given.count(
        "Working time in per cent of full time.", 1, 100, 100, data_key="fullTimePercent", load_default=100
    )
    ceiling = given.count(
        "People at most; null for the region's guide value scaled by working time.",
        0,
        100_000,
        1100,
        load_default=None,
        allow_none=True,
    )
    contact = fields.Nested(
        ContactSchema, load_default=dict, metadata={"description": "How to reach the doctor."}
    )
    valid_from = given.day("The first day.", required=True, data_key="validFrom")
    valid_to = given.day(
        "The first day without the doctor; those who have the doctor are told.",
        "2028-01-01",
        data_key="validTo",
        load_default=None,
        allow_none=True,
    )


class SubstituteSchema(Shape):
    """When one doctor stands in for another."""

    valid_from = given.day("The first day.", required=True, data_key="validFrom")
    valid_to = given.day(
        "The first day without; null until further notice.",
        "2027-08-01",
        data_key="validTo",
        load_default=None,
        allow_none=True,
    )
