"""The shapes of a unit: what hits and cards share, and the whole card."""

from typing import get_args

from marshmallow import fields

from directory.hours import State
from web.api.schemas.base import (
    CodedSchema,
    Shape,
    SourceSchema,
    by_key,
    maybe,
    maybe_moment,
    maybe_number,
    moment,
    part,
    parts,
    string,
    strings,
)


class AddressSchema(Shape):
    """A visiting or postal address."""

    addressee = maybe()
    street = maybe(example="Ekgatan 1")
    postalCode = maybe("Five digits.", example="43167")
    city = maybe(example="Mölndal")


class PlaceSchema(Shape):
    """A municipality or a region."""

    code = string(example="1481")
    name = string(example="Mölndal")


class PositionSchema(Shape):
    """WGS 84, decimal degrees."""

    lat = fields.Float(required=True, metadata={"minimum": -90, "maximum": 90})
    lon = fields.Float(required=True, metadata={"minimum": -180, "maximum": 180})


class ListingStatusSchema(Shape):
    """Whether one can list at the unit, as its region publishes it."""

    status = string(enum=["open", "queue", "closed"])
    queueLength = maybe_number()
    since = maybe("A date.")


class QualitySchema(Shape):
    """One indicator of quality."""

    indicator = string()
    value = fields.Float(required=True)


class UnitSummarySchema(Shape):
    """What a hit, a feature and a card have in common."""

    hsaId = string(example="SE2321000131-E000000000901")
    name = string(example="Vårdcentralen Ekbacken")
    unitType = maybe("Code (system `unit-type`).", example="02")
    unitTypeName = maybe()
    address = part(AddressSchema, "Where to go.", null=True)
    municipality = part(PlaceSchema, null=True)
    region = part(PlaceSchema, null=True)
    phone = maybe("E.164.", example="+46317000000")
    listing = part(ListingStatusSchema, "Null where one does not list.", null=True)
    services = parts(CodedSchema, "Stated, and implied by activities and unit type (`care-service`).")
    quality = parts(QualitySchema)
    updatedAt = moment("When the facts of the unit last changed.")
    openNow = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "Null when the hours are not known."}
    )
    openStatus = string(
        "`closed-for-period`: shut by exceptions or between seasons for several days, or for two weeks and"
        " more. `unknown`: the hours are not known.",
        enum=list(get_args(State)),
    )
    opensAt = maybe_moment("When it opens next; null while it is open or when that is not known.")
    closesAt = maybe_moment("When it closes; null while it is closed or when that is not known.")


class ProviderSchema(Shape):
    """The care provider that runs the unit."""

    organisationNumber = maybe("Ten digits.")
    name = maybe()


class IntervalSchema(Shape):
    """From and to on one day; past midnight the hours go on from 24."""

    opens = string(pattern="^[0-4][0-9]:[0-5][0-9]$", example="08:00")
    closes = string(pattern="^[0-4][0-9]:[0-5][0-9]$", example="17:00")


class WeeklySchema(IntervalSchema):
    """An interval that comes back every week, perhaps in a season only."""

    weekday = fields.Integer(required=True, metadata={"minimum": 1, "maximum": 7})
    comment = fields.String()
    season_from = fields.Date(data_key="from")
    season_to = fields.Date(data_key="to")
    yearly = fields.Boolean()


class DatedSchema(Shape):
    """Other hours on certain dates; no intervals mean closed."""

    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    intervals = parts(IntervalSchema)
    reason = fields.String()


class HolidaySchema(Shape):
    """Other hours on public holidays or their eves."""

    on = string()
    intervals = parts(IntervalSchema)


class HoursSchema(Shape):
    """Hours of one kind; what there is nothing to say about is left out."""

    weekly = fields.List(fields.Nested(WeeklySchema))
    exceptions = fields.List(fields.Nested(DatedSchema))
    holidays = fields.List(fields.Nested(HolidaySchema))
    note = fields.String()


class OfferingSchema(CodedSchema):
    """A care service, for whom and how."""

    minAge = maybe_number()
    maxAge = maybe_number()
    sex = maybe()
    referral = fields.Boolean(required=True, allow_none=True)
    delivery = fields.List(fields.String(), required=True, allow_none=True)
    note = maybe()
    validFrom = maybe()
    validTo = maybe()


class ProfessionSchema(CodedSchema):
    """A profession at the unit."""

    origin = maybe("`catalogue`, or `manual` when somebody entered it by hand.")
    recordedAt = maybe()
    validUntil = maybe()


class AccessibilitySchema(CodedSchema):
    """A fact about accessibility."""

    value = maybe("yes, no or partly.")
    note = maybe()


class EServiceSchema(Shape):
    """An e-service of the unit."""

    name = maybe()
    url = maybe()


class AgeRuleSchema(Shape):
    """Ages that the unit receives, whole years."""

    minAge = maybe_number()
    maxAge = maybe_number()
    note = maybe()


class NoticeSchema(Shape):
    """A temporary notice."""

    text = maybe()
    startsOn = maybe()
    endsOn = maybe()


class IdentifierSchema(Shape):
    """Another register's identifier for the unit."""

    system = maybe()
    value = maybe()


class RelatedSchema(Shape):
    """Another unit. `successor` leads on from a closed one."""

    hsaId = string()
    name = maybe("Null when nothing public is known of it.")
    relation = string(enum=["parent", "related", "successor", "child", "predecessor"])


class CareUnitSchema(UnitSummarySchema):
    """The whole unit."""

    position = part(PositionSchema, null=True)
    kind = string(enum=["care_unit", "unit", "provider"])
    status = string(enum=["active", "closed"])
    published = fields.Boolean(required=True)
    alternativeNames = strings()
    formerNames = strings()
    provider = part(ProviderSchema, null=True)
    codes = by_key(
        fields.List(fields.Nested(CodedSchema)),
        "unitTypes, activities, careForms, ownership, visibleFor, languages",
    )
    postalAddress = part(AddressSchema, null=True)
    contacts = by_key(
        fields.List(fields.String()),
        "phone, switchboard, textPhone, videoPhone, sms, fax, email, website; numbers in E.164",
    )
    hours = by_key(fields.Nested(HoursSchema), "opening, telephone, dropIn, visiting; local time in Sweden")
    offerings = parts(OfferingSchema)
    professions = parts(ProfessionSchema)
    accessibility = parts(AccessibilitySchema)
    eServices = parts(EServiceSchema)
    ageRules = parts(AgeRuleSchema)
    texts = by_key(
        fields.String(),
        "description, about, beforeVisit, price, directions, indoorDirections, referralRules,"
        " visitingRules, regional, national; in the language of the source",
    )
    notices = parts(NoticeSchema)
    identifiers = parts(IdentifierSchema)
    related = parts(RelatedSchema)
    publishFrom = maybe()
    publishTo = maybe()
    source = part(SourceSchema)
    responsibleContact = maybe("Who answers for the facts.")
