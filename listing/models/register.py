"""The register itself: listings, queue entries, and one row per unit that counts and locks."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from listing.models.words import CHANNELS, EXEMPTIONS, LISTING_TYPES, REASONS, one_of

_HEALTH_CENTRE = "listing_type = 'health-centre'"
_WAITS = "status in ('waiting', 'offered')"
BASES = ("choice", "allocation", "newborn", "successor", "takeover", "closure-allocation")
QUEUE_STATUSES = ("waiting", "offered", "taken", "served", "declined", "lapsed", "left", "dropped")
LIMIT_CONSTRAINT = "listing_within_limit"
"""The name under which the triggers refuse a listing or an offer beyond the unit's limit."""


class UnitRegister(Base):
    """One unit's register of one type: its counters, and the row that whoever changes them holds locked.

    The counters are kept by triggers on `listing` and `queue_entry`, which also refuse what the limit in
    force has no room for: `listed` counts listings that have not ended, `held` offers that nobody has
    answered yet, `waiting` the queue.

    `unsettled` says that what is published, or who is served next, may have changed; `status`,
    `status_since` and `queue_length` are what was published last, on `settled_on`
    (`listing.services.settling`).
    """

    __tablename__ = "unit_register"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint("listed >= 0 and held >= 0 and waiting >= 0", name="counts"),
        CheckConstraint(one_of("status", ("open", "queue", "closed")), name="status"),
        CheckConstraint("(status is null) = (status_since is null)", name="status_since"),
        Index("ix_unit_register_unsettled", "care_unit_id", postgresql_where=text("unsettled")),
    )

    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"), primary_key=True)
    listing_type: Mapped[str] = mapped_column(String(24), primary_key=True)
    listed: Mapped[int] = mapped_column(Integer, server_default="0")
    held: Mapped[int] = mapped_column(Integer, server_default="0")
    waiting: Mapped[int] = mapped_column(Integer, server_default="0")
    unsettled: Mapped[bool] = mapped_column(server_default=text("true"))
    status: Mapped[str | None] = mapped_column(String(8))
    status_since: Mapped[date | None] = mapped_column(Date)
    queue_length: Mapped[int | None] = mapped_column(Integer)
    settled_on: Mapped[date | None] = mapped_column(Date)


class Listing(Base):
    """One person's place in one unit's register during a time.

    `chosen_at` is when the person chose (the date on a paper form), `registered_at` when the choice reached
    us, `valid` when it counts. A listing taken back as an error has an empty `valid`. `occupies` is true
    until the end has been carried out: a place is free when the timed work or an operation at the unit has
    seen that the last day has passed. `begun` says that the first day has been announced. `counted` says
    whether it used up a change and `counted_because` why.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint(one_of("basis", BASES), name="basis"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("reason", REASONS), name="reason"),
        CheckConstraint(one_of("exemption", EXEMPTIONS), name="exemption"),
        CheckConstraint("not counted or basis = 'choice'", name="only_choices_count"),
        CheckConstraint("channel <> 'paper' or signed_on is not null", name="paper_signed"),
        CheckConstraint("isempty(valid) or not lower_inf(valid)", name="valid_from_present"),
        CheckConstraint("occupies or not upper_inf(valid)", name="ended_when_not_occupying"),
        CheckConstraint("not (occupies and isempty(valid))", name="never_held_occupies_nothing"),
        CheckConstraint(
            "(end_reason is null) = (not isempty(valid) and upper_inf(valid))", name="end_reason_present"
        ),
        ExcludeConstraint(
            ("person_id", "="),
            ("valid", "&&"),
            using="gist",
            where=text(_HEALTH_CENTRE),
            name="ex_listing_one_health_centre",
        ),
        ExcludeConstraint(
            ("person_id", "="),
            ("listing_type", "="),
            ("valid", "&&"),
            using="gist",
            where=text("listing_type <> 'health-centre'"),
            name="ex_listing_one_of_type",
        ),
        Index("ix_listing_person_id", "person_id"),
        Index("ix_listing_unit", "care_unit_id", "listing_type", postgresql_where=text("occupies")),
        Index(
            "ix_listing_ending",
            text("upper(valid)"),
            postgresql_where=text("occupies and not upper_inf(valid)"),
        ),
        Index("ix_listing_beginning", text("lower(valid)"), postgresql_where=text("not begun")),
        Index(
            "ix_listing_allocation_run_id",
            "allocation_run_id",
            postgresql_where=text("allocation_run_id is not null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    listing_type: Mapped[str] = mapped_column(String(24))
    valid: Mapped[Range[date]] = mapped_column(DATERANGE)
    chosen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    registered_by: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(24))
    channel: Mapped[str] = mapped_column(String(8))
    signed_on: Mapped[date | None] = mapped_column(Date)
    paper_reference: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(24))
    counted: Mapped[bool] = mapped_column()
    counted_because: Mapped[str] = mapped_column(String(32))
    exemption: Mapped[str | None] = mapped_column(String(32))
    occupies: Mapped[bool] = mapped_column(server_default=text("true"))
    begun: Mapped[bool] = mapped_column(server_default=text("false"))
    end_reason: Mapped[str | None] = mapped_column(String(32))
    # One run for a million rows: looked up once per statement by a trigger, not by a foreign key per row.
    allocation_run_id: Mapped[int | None] = mapped_column(BigInteger)


class QueueEntry(Base):
    """A place in one unit's queue. The order is priority, then when the person applied, then `number`.

    A priority above 0 needs its ground and a documented decision (förtur: medical need or home care). `slot`
    numbers the places that a person holds at the same time, so that the database keeps the region's
    highest number of them.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        CheckConstraint(one_of("listing_type", LISTING_TYPES), name="listing_type"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("status", QUEUE_STATUSES), name="status"),
        CheckConstraint("priority >= 0", name="priority"),
        CheckConstraint(
            "(priority = 0) = (priority_reason is null) and (priority = 0) = (decision_reference is null)",
            name="priority_decided",
        ),
        CheckConstraint(one_of("priority_reason", ("medical-need", "home-care")), name="priority_reason"),
        CheckConstraint("(status = 'offered') <= (offered_at is not null)", name="offered_when"),
        CheckConstraint("offer_expires_at > offered_at", name="offer_expires"),
        CheckConstraint(f"({_WAITS}) = (ended_at is null)", name="ended_when"),
        CheckConstraint("slot >= 0", name="slot"),
        Index(
            "uq_queue_entry_once_at_unit",
            "person_id",
            "care_unit_id",
            "listing_type",
            unique=True,
            postgresql_where=text(_WAITS),
        ),
        Index(
            "uq_queue_entry_slot",
            "person_id",
            "listing_type",
            "slot",
            unique=True,
            postgresql_where=text(_WAITS),
        ),
        Index(
            "ix_queue_entry_order",
            "care_unit_id",
            "listing_type",
            text("priority desc"),
            "queued_at",
            "number",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_queue_entry_offers", "offer_expires_at", postgresql_where=text("status = 'offered'")),
        Index("ix_queue_entry_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    number: Mapped[int] = mapped_column(BigInteger, Identity())
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    care_unit_id: Mapped[int] = mapped_column(ForeignKey("care_unit.id"))
    listing_type: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(8), server_default="waiting")
    slot: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    queued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    registered_by: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(8))
    signed_on: Mapped[date | None] = mapped_column(Date)
    paper_reference: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(String(24))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    priority_reason: Mapped[str | None] = mapped_column(String(16))
    decision_reference: Mapped[str | None] = mapped_column(Text)
    offered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    offer_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_reason: Mapped[str | None] = mapped_column(String(32))
