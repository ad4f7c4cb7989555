"""What the register answers when something has been done."""

from typing import Any

from marshmallow import fields

from web.api.schemas.base import Shape, maybe, maybe_number, number, part, string, strings
from web.api.schemas.listings.given import HSA_EXAMPLE

UUID_EXAMPLE = "0197a0c2-7e1b-7c1e-9a52-3f0f5d6b8a11"


def uuid(description: str = "") -> fields.String:
    """A key."""
    return string(description, format="uuid", example=UUID_EXAMPLE)


def on(description: str = "") -> fields.String:
    """A civil day."""
    return string(description, format="date", example="2026-11-21")


def maybe_on(description: str = "") -> fields.String:
    """A civil day, or null."""
    return maybe(description, format="date", example="2026-11-21")


def yes(description: str = "") -> fields.Boolean:
    """True or false."""
    about: dict[str, Any] = {"description": description} if description else {}
    return fields.Boolean(required=True, metadata=about)


class ListingOutcomeSchema(Shape):
    """What became of a wish."""

    id = uuid("The listing, or the place in the queue when `status` is `queued`.")
    status = string(enum=["listed", "scheduled", "queued"])
    hsaId = string(example=HSA_EXAMPLE)
    validFrom = maybe_on("The first day of the listing; null when queued.")
    queuePosition = maybe_number("The place in the queue from 1; null when listed.")
    changesLeft = maybe_number("Changes left; null where the region has no limit.")
    warnings = strings("What whoever did it should see: `doctor-not-chosen`, `over-guide`.")
    formReference = maybe("What the paper form is found by; null without one.", example=None)


class LeftSchema(Shape):
    """What has been left."""

    id = uuid()
    status = string(
        "`ended` from `until`; `withdrawn` before it began; `left` the queue; `declined` an offer.",
        enum=["ended", "withdrawn", "left", "declined"],
    )
    until = maybe_on("The first day without the listing; null for a place in a queue.")


class CorrectedSchema(Shape):
    """A listing taken back as an error."""

    id = uuid()
    status = string(enum=["corrected"])
    restored = maybe("The listing that holds again; null when there was none.", format="uuid", example=None)


class PriorityOutcomeSchema(Shape):
    """A place in a queue after a decision on priority."""

    id = uuid()
    priority = number("0 without priority; higher goes first.")
    queuePosition = number("The place in the queue from 1.")


class LimitOutcomeSchema(Shape):
    """The limit as decided."""

    hsaId = string(example=HSA_EXAMPLE)
    listingType = string(example="health-centre")
    places = maybe_number("How many may be listed; null for no limit.")
    validFrom = on("The first day.")
    validTo = maybe_on("The first day on which it no longer holds.")
    decisionReference = string(example="HSN 2026-30")
    listed = number("How many are listed now.")


class ClosureOutcomeSchema(Shape):
    """The days of a closure, and who was told."""

    hsaId = string(example=HSA_EXAMPLE)
    closesOn = on("The first day without the register.")
    chooseUntil = on("The last day on which a choice counts as forced by the closure.")
    afterwards = string(
        "What becomes of those who have not chosen.", enum=["successor", "allocate", "unlisted"]
    )
    shortNotice = yes("The unit is gone before the region's period to choose is over.")
    told = number("How many of the listed were told.")
    queueEnded = number("How many lost their place in the queue.")


class WithdrawnSchema(Shape):
    """A closure taken back."""

    hsaId = string(example=HSA_EXAMPLE)
    status = string(enum=["withdrawn"])


class ChosenDoctorSchema(Shape):
    """A regular doctor chosen."""

    professionalHsaId = string(example="SE2321000131-P000000000017")
    validFrom = on()
    warnings = strings("`over-guide`: the doctor has more people than the guide value.")


class EndedSchema(Shape):
    """Something that ends."""

    status = string(enum=["ended"])
    until = on("The first day without.")


class DoctorContactSchema(Shape):
    """How to reach the doctor; what is not known is left out."""

    phone = fields.String(metadata={"example": "+4631100200"})
    text = fields.String(metadata={"example": "Telefontid 8-9"})


class DoctorOutcomeSchema(Shape):
    """A doctor as registered, for the unit's own staff."""

    hsaId = string(example=HSA_EXAMPLE)
    professionalHsaId = string(example="SE2321000131-P000000000017")
    name = string(example="Åsa Prov")
    inTraining = yes()
    protected = yes()
    fullTimePercent = number(example=100)
    ceiling = maybe_number(example=1100)
    contact = part(DoctorContactSchema)
    validFrom = on()
    validTo = maybe_on()
    patients = number("How many people have the doctor.")
    ended = number("For how many people an end was set by `validTo`.")


class SubstituteOutcomeSchema(Shape):
    """Who stands in for whom."""

    professionalHsaId = string(example="SE2321000131-P000000000017")
    substituteHsaId = string(example="SE2321000131-P000000000018")
    validFrom = on()
    validTo = maybe_on()
