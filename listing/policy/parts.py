"""The parts of a policy, one per idea. A default is the law where the law says, else the commonest practice.

Each docstring names the source. "Practice" is what regions have published; "uncertain" means that no source
settles it and that a region should look before it relies on it (`docs/listing-rules.md` lists them all).
"""

from dataclasses import dataclass, field
from typing import Any

from listing.policy.codes import (
    CappedUnits,
    Cause,
    ClosureMethod,
    CountedFrom,
    Decider,
    DoctorLimit,
    EffectiveWhen,
    Exemption,
    Guardians,
    LeftMethod,
    Method,
    MovedMethod,
    NewbornMethod,
    Path,
    PriorityReason,
    ProtectedPath,
    QueueKind,
    ReasonCode,
    Registrar,
    Serving,
    SuccessorMethod,
)


def number(default: int | None, low: int, high: int) -> Any:
    """A whole number with its bounds, both allowed; the reader of records checks them."""
    return field(default=default, metadata={"low": low, "high": high})


def text(longest: int = 2000) -> Any:
    """A text of the region's own; empty where it has none."""
    return field(default="", metadata={"longest": longest})


@dataclass(frozen=True, slots=True)
class Effective:
    """From when a listing counts.

    Practice: when it is registered (Stockholm, Dalarna) or the day after (Västra Götaland). `counted_from`
    chosen means the day on the form, never before the day of registration. `days_ahead` is how far ahead a
    person may schedule a listing (uncertain; 0 means not at all).
    """

    when: EffectiveWhen = "immediately"
    plus_days: int = number(0, 0, 31)
    counted_from: CountedFrom = "registered"
    days_ahead: int = number(90, 0, 366)


@dataclass(frozen=True, slots=True)
class SpecialReason:
    """A reason for a change beyond the limit, who decides that it holds, and whether proof must be kept.

    HSL (2017:30) 7 kap. 3 a §, with the examples of prop. 2021/22:72: new home, medical reasons, the doctor
    has moved. Protection and a registration in error are practice. Who decides is uncertain: the default lets
    the population register show a move, and nobody exempt themselves by saying so.
    """

    code: ReasonCode
    decided_by: Decider = "region"
    needs_evidence: bool = False


@dataclass(frozen=True, slots=True)
class ChangeLimit:
    """How many times one may change unit in a rolling period: two in a year (HSL 7 kap. 3 a §).

    The rolling twelve months are practice (Västra Götaland, Dalarna, Stockholm). What is not a change at
    all (`not_counted`) is an interpretation of "change"; whether a person's first own choice after having
    been allocated counts is uncertain, and the default is in the person's favour. A change that a special
    reason allowed does not count. `max_changes` None: no limit.
    """

    max_changes: int | None = number(2, 1, 12)
    months: int = number(12, 1, 36)
    special_reasons: tuple[SpecialReason, ...] = (
        SpecialReason("moved", "register"),
        SpecialReason("medical", "unit", needs_evidence=True),
        SpecialReason("followed-doctor", "unit"),
        SpecialReason("registered-in-error", "unit", needs_evidence=True),
        SpecialReason("protection", "region"),
    )
    not_counted: tuple[Cause, ...] = (
        "first-listing",
        "choice-after-allocation",
        "allocation",
        "closure",
        "newborn",
        "correction",
        "takeover",
        "successor",
        "identity-change",
    )


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Who may list, and by which path.

    Registered in Sweden: practice everywhere. In another region: patientlagen (2014:821) 9 kap. 1 §, which is
    law; a region cannot say no. Coordination and reserve numbers differ (Uppsala takes only full personal
    identity numbers); the default is that staff may register them, after they have seen that the person
    lives here.
    """

    registered: Path = "yes"
    other_region: Path = "yes"
    coordination_number: Path = "manual"
    reserve_number: Path = "manual"


@dataclass(frozen=True, slots=True)
class Queue:
    """What happens at a unit that is full.

    A queue at the unit is commonest; Västernorrland keeps it centrally; some have none. One queue at a time
    (the national service contract of 2010 and practice). `listing_elsewhere_drops`: in Stockholm listing
    elsewhere gives up the place. With `serving` offer a free place is held for `offer_days` days and must be
    taken; automatic lists the first in the queue at once. The reasons to go before others are Stockholm's.
    """

    kind: QueueKind = "unit"
    max_queues: int = number(1, 1, 10)
    listing_elsewhere_drops: bool = True
    serving: Serving = "automatic"
    offer_days: int | None = number(None, 1, 60)
    reminder_days: int | None = number(None, 1, 30)
    priority_reasons: tuple[PriorityReason, ...] = ("medical-need", "home-care")


@dataclass(frozen=True, slots=True)
class Cap:
    """What a decided limit may be: HSL 7 kap. 3 c §, on a unit's request.

    `max_months`: how long a decision may last (Halland: limited in time; the length is each decision's).
    `per_full_time_doctor`: the region's own measure of how many a unit should have, shown to who decides.
    """

    max_months: int | None = number(None, 1, 120)
    per_full_time_doctor: int | None = number(None, 100, 10_000)


@dataclass(frozen=True, slots=True)
class CapExemptions:
    """Who is listed although the unit is full. Each decision on a limit in practice names some.

    A newborn of a listed guardian and a resident of special housing that the unit answers for stand in all
    decisions that were found (Halland, Gävleborg, Västernorrland): they are the default. Same household,
    home care and families of the unit's child health centre are Gävleborg's, moved in Västernorrland's.
    The lengths are uncertain.
    """

    codes: tuple[Exemption, ...] = ("newborn-of-listed-guardian", "special-housing")
    newborn_days: int = number(365, 1, 730)
    moved_in_days: int = number(365, 1, 1096)
    child_health_below_age: int = number(7, 1, 18)


@dataclass(frozen=True, slots=True)
class Children:
    """Who acts for a child: föräldrabalken 6 kap. 11–13 §§ with the ages of the national e-services.

    Online the guardian acts before `guardian_until_age` and the child from `self_from_age`; between 13 and 15
    guardians have no online path. On paper and in person guardians act until `guardian_paper_until`. From
    which age a young person signs a form alone is uncertain (16 or 18 in practice). `guardians_required` all:
    every guardian must sign (Skåne's forms).
    """

    guardian_until_age: int = number(13, 0, 18)
    self_from_age: int = number(13, 0, 18)
    guardian_paper_until: int = number(18, 13, 18)
    self_paper_from_age: int = number(16, 13, 18)
    guardians_required: Guardians = "one"


@dataclass(frozen=True, slots=True)
class Representation:
    """Who may act for a grown-up: a proxy (ombud), a trustee (god man), an administrator (förvaltare).

    Föräldrabalken 11 kap. 4 and 7 §§ for the last two; regions handle them by hand, against an extract of
    the guardian authority's register. Proxies of grown-ups have no national e-service yet.
    """

    proxy: Path = "manual"
    trustee: Path = "manual"
    administrator: Path = "manual"


@dataclass(frozen=True, slots=True)
class Protected:
    """People with protected details: OSL (2009:400) 21 kap. 3 § and 22 kap. 1 §, folkbokföringslagen 16 §.

    `manual`: a path of their own through the region's staff with that right. `refuse`: the register cannot
    hold them (Västmanland, 2017). They are never allocated by distance, whatever the region does otherwise.
    """

    path: ProtectedPath = "manual"


@dataclass(frozen=True, slots=True)
class NonChoice:
    """Where people are listed who do not choose (icke-val). The regulation asks that regions say it.

    Nearest by distance is commonest (Uppsala, Skåne); Västra Götaland stays within the municipality;
    Stockholm has none. `fallbacks` are tried in order when a method finds nothing. `capped_units`: one with
    a limit receives people while it has room, or is left out altogether (Halland). Never over a limit.
    """

    method: Method = "nearest"
    fallbacks: tuple[Method, ...] = ()
    last_visited_years: int = number(3, 1, 10)
    capped_units: CappedUnits = "while-room"


@dataclass(frozen=True, slots=True)
class Newborn:
    """Where a newborn is listed: a guardian's unit (Halland) or as others who do not choose (Uppsala)."""

    method: NewbornMethod = "guardian-unit"


@dataclass(frozen=True, slots=True)
class MovedIn:
    """What becomes of a listing when its person moves.

    A choice stands until the next one (Västra Götaland), and patientlagen 9 kap. 1 § lets it stand across
    regions too; regions differ for moves between them (uncertain). `allocate` asks the non-choice method.
    """

    within_region: MovedMethod = "keep"
    into_region: MovedMethod = "keep"
    out_of_region: LeftMethod = "keep"


@dataclass(frozen=True, slots=True)
class Closure:
    """What happens when a unit closes: all are told and may choose, the rest follow the non-choice method.

    Practice (Sundsvall); the number of days is uncertain. `successor`: the listing follows to the unit that
    takes over, with the right to choose another, or everybody chooses.
    """

    choice_days: int = number(60, 0, 366)
    afterwards: ClosureMethod = "allocate"
    successor: SuccessorMethod = "move"


@dataclass(frozen=True, slots=True)
class RegularDoctor:
    """How many people one regular doctor should have: Socialstyrelsen's guide values of April 2022.

    1,100 for a full-time specialist, 550 for a doctor half-way through specialist training, scaled by working
    time. They are a guide, neither floor nor cap: a warning unless the region decides otherwise.
    """

    guide: int = number(1100, 1, 10_000)
    trainee_guide: int = number(550, 1, 10_000)
    limit: DoctorLimit = "warn"


@dataclass(frozen=True, slots=True)
class Paper:
    """Choice by form, which must always be possible (the regulation's "choice by other means").

    Registered by the unit (Stockholm, Västra Götaland) or by the region's office; `form_valid_days` after it
    was signed a form is too old (uncertain; None: never). `reference_required`: where the form is kept.
    """

    registered_by: Registrar = "either"
    form_valid_days: int | None = number(None, 1, 366)
    reference_required: bool = True


@dataclass(frozen=True, slots=True)
class Texts:
    """The region's own words beside the rules, Swedish and English, and where it explains itself.

    `regulation_reference` names the regulation that the region refers to; its number is not settled here.
    """

    about_sv: str = text()
    about_en: str = text()
    non_choice_sv: str = text()
    non_choice_en: str = text()
    contact_sv: str = text(500)
    contact_en: str = text(500)
    link: str = text(500)
    regulation_reference: str = text(200)
