"""What a person's own pages are made of."""

from marshmallow import fields

from web.api.schemas.base import Shape, maybe, maybe_moment, maybe_number, moment, number, part, parts, string
from web.api.schemas.listings.given import HSA_EXAMPLE, LISTING_TYPES
from web.api.schemas.listings.outcomes import DoctorContactSchema, maybe_on, on, uuid, yes


class PersonListingSchema(Shape):
    """One listing."""

    id = uuid()
    hsaId = string(example=HSA_EXAMPLE)
    unitName = string(example="Vårdcentralen Ekbacken")
    status = string(
        "`withdrawn` never came to hold: taken back, replaced or corrected.",
        enum=["listed", "scheduled", "ended", "withdrawn"],
    )
    validFrom = maybe_on("The first day; null when it never came to hold.")
    validTo = maybe_on("The first day without; null while open.")
    basis = string("How it came about.", example="choice")
    channel = string(example="web")
    chosenAt = moment("When the person chose: on paper, the day on the form.")
    registeredAt = moment()
    counted = yes("Whether it used up a change.")
    countedBecause = string("Why it did or did not.", example="first-listing")
    reason = maybe("The special reason given.", example=None)
    endReason = maybe("Why it ended.", example=None)
    unitClosesOn = maybe_on("The unit has told that its register closes: the first day without.")


class OfferSchema(Shape):
    """A place that is held until it is answered."""

    offeredAt = moment()
    expiresAt = moment("The first moment at which the offer no longer stands.")
    lastDay = on("The last day on which it can be taken.")


class PersonQueueEntrySchema(Shape):
    """One place in a queue."""

    id = uuid()
    hsaId = string(example=HSA_EXAMPLE)
    unitName = string(example="Vårdcentralen Ekbacken")
    status = string(enum=["waiting", "offered"])
    queuedAt = moment()
    queuePosition = maybe_number("From 1; null while an offer is out.")
    priority = yes("Before others by a documented decision.")
    offer = part(OfferSchema, null=True)


class StandInSchema(Shape):
    """Who stands in, and when."""

    professionalHsaId = string(example="SE2321000131-P000000000018")
    name = maybe("Null when it is protected.", example="Bo Prov")
    validFrom = on()
    validTo = maybe_on()


class PersonDoctorSchema(Shape):
    """The regular doctor (fast läkarkontakt)."""

    id = number("Of this choice: end it by this.")
    professionalHsaId = string(example="SE2321000131-P000000000017")
    name = maybe("Null when it is protected.", example="Åsa Prov")
    hsaId = string("The unit.", example=HSA_EXAMPLE)
    contact = part(DoctorContactSchema)
    validFrom = on()
    substitutes = parts(StandInSchema)


class PersonListingsSchema(Shape):
    """Where a person is listed, is to be, waits and was."""

    listingType = string(enum=list(LISTING_TYPES))
    current = part(PersonListingSchema, "Null when the person is listed nowhere.", null=True)
    scheduled = parts(PersonListingSchema)
    queued = parts(PersonQueueEntrySchema)
    earlier = parts(PersonListingSchema, "Newest first, at most 200.")
    changesLeft = maybe_number("Null where the region has no limit.")
    nextChangeOn = maybe_on("The day on which a change comes back, when none is left.")
    regularDoctor = part(PersonDoctorSchema, null=True)
    unreadNotices = maybe_number("Messages not read; null for staff.")


class PersonNoticeSchema(Shape):
    """Something that the person has been told."""

    id = number()
    kind = string(example="offer")
    listingType = string(enum=list(LISTING_TYPES))
    hsaId = maybe(example=HSA_EXAMPLE)
    unitName = maybe(example="Vårdcentralen Ekbacken")
    detail = fields.Dict(
        required=True,
        metadata={"description": "Codes, numbers and days.", "example": {"last_day": "2026-11-28"}},
    )
    createdAt = moment()
    readAt = maybe_moment()


class NoticesSchema(Shape):
    """One page of messages, newest first."""

    total = number()
    limit = number()
    page = number()
    items = parts(PersonNoticeSchema)
