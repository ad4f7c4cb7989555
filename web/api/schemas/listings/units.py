"""The register of a unit, for everyone and for its staff, and the rules of a region in words."""

from marshmallow import fields

from web.api.schemas.base import Shape, maybe, maybe_moment, maybe_number, number, part, parts, string
from web.api.schemas.listings.given import HSA_EXAMPLE, LISTING_TYPES, TEST_NUMBER
from web.api.schemas.listings.outcomes import DoctorContactSchema, maybe_on, on, yes
from web.api.schemas.listings.persons import StandInSchema


class UnitListingSchema(Shape):
    """Whether one can list at a unit. How many are listed is not public."""

    hsaId = string(example=HSA_EXAMPLE)
    listingType = string(enum=list(LISTING_TYPES))
    status = string(enum=["open", "queue", "closed"])
    reason = string("Why, as a code.", example="room")
    limitReached = yes("A limit is in force and every place is taken or offered.")
    queueLength = number("How many wait.")
    since = on("The day on which the status became what it is.")
    closesOn = maybe_on("The register closes: the first day without it.")


class ShownPersonSchema(Shape):
    """A person on a list. Hidden: protected, and the reader has not the right to see such persons."""

    hidden = yes()
    protected = yes()
    personId = maybe(example=TEST_NUMBER)
    givenName = maybe(example="Tolvan")
    familyName = maybe(example="Tolvansson")


class QueueEntrySchema(Shape):
    """One place in the queue of a unit. Of a hidden person only the place is told."""

    id = maybe(format="uuid", example="0197a0c2-7e1b-7c1e-9a52-3f0f5d6b8a11")
    status = string(enum=["offered", "waiting"])
    queuePosition = maybe_number("From 1; null for an offer.")
    queuedAt = maybe_moment()
    channel = maybe(example="web")
    priorityReason = maybe(example=None)
    offeredAt = maybe_moment()
    offerExpiresAt = maybe_moment()
    person = part(ShownPersonSchema)


class QueueEntriesSchema(Shape):
    """One page of a queue: offers, then who waits, first to last. `total` counts hidden persons too."""

    total = number()
    limit = number()
    page = number()
    items = parts(QueueEntrySchema)


class ListedEntrySchema(Shape):
    """One listed, or to be listed, at a unit. Of a hidden person nothing more is told."""

    id = maybe(format="uuid", example="0197a0c2-7e1b-7c1e-9a52-3f0f5d6b8a11")
    status = maybe(example="listed")
    validFrom = maybe_on()
    validTo = maybe_on()
    basis = maybe(example="choice")
    channel = maybe(example="web")
    professionalHsaId = maybe("The regular doctor.", example="SE2321000131-P000000000017")
    person = part(ShownPersonSchema)


class ListedSchema(Shape):
    """One page of those who have a place, the latest first. `total` counts hidden persons too."""

    total = number()
    limit = number()
    page = number()
    items = parts(ListedEntrySchema)


class UnitDoctorSchema(Shape):
    """A doctor whom one can choose."""

    professionalHsaId = string(example="SE2321000131-P000000000017")
    name = maybe("Null when it is protected.", example="Åsa Prov")
    inTraining = yes()
    contact = part(DoctorContactSchema)
    hasRoom = yes("Whether one more person would be given the doctor now.")
    validFrom = on()
    validTo = maybe_on()
    substitutes = parts(StandInSchema)


class DoctorsSchema(Shape):
    """The doctors of a unit."""

    total = number()
    items = parts(UnitDoctorSchema)


class StatementSchema(Shape):
    """One thing that holds."""

    code = string("Stable.", example="changes-at-most")
    arguments = fields.Dict(required=True, metadata={"example": {"count": 2, "months": 12}})
    text = string("In the language of the answer.", example="Du kan byta 2 gånger på 12 månader.")


class TopicSchema(Shape):
    """What holds of one matter."""

    topic = string(example="change")
    heading = string(example="Byte")
    statements = parts(StatementSchema)


class RegionNameSchema(Shape):
    """A region."""

    code = string(example="03")
    name = string(example="Uppsala")


class PolicySchema(Shape):
    """A region's rules in force for one register."""

    region = part(RegionNameSchema)
    listingType = string(enum=list(LISTING_TYPES))
    isDefault = yes("The region has decided nothing: the law and the commonest practice hold.")
    decisionReference = maybe(example="RS 2026-1")
    decidedOn = maybe_on()
    validFrom = maybe_on()
    validTo = maybe_on("The first day on which it no longer holds.")
    topics = parts(TopicSchema)


class PoliciesSchema(Shape):
    """One page of regions' rules."""

    total = number()
    limit = number()
    page = number()
    items = parts(PolicySchema)
