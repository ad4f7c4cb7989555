"""From which day a listing holds.

Source: regional practice (at once: Stockholm, Dalarna; the day after: Västra Götaland; the first of a month
elsewhere). When something was chosen, signed, registered and when it holds are four different things, and
all are kept. Days are civil days in Sweden: what is registered at 00:30 on a summer night belongs to the day
that has begun here, whatever UTC says.
"""

from datetime import date, datetime

from listing.policy.model import Effective, Paper
from listing.rules.days import civil_day, days_later, first_of_next_month
from listing.rules.decision import Allowed, Decision, Refused


def earliest(rule: Effective, *, registered_at: datetime, chosen_on: date | None = None) -> date:
    """The first day on which the listing can hold. `chosen_on` is the day on a form, else of registration.

    A choice never holds backwards: the unit's responsibility begins when it can know of it.
    """
    registered = civil_day(registered_at)
    base = registered
    if rule.counted_from == "chosen" and chosen_on is not None:
        base = min(chosen_on, registered)
    return max(_shifted(rule, base), registered)


def valid_from(
    rule: Effective, *, registered_at: datetime, chosen_on: date | None = None, wished: date | None = None
) -> Decision:
    """The day, as the argument `valid_from`, for a listing that may be wished for a later day."""
    first = earliest(rule, registered_at=registered_at, chosen_on=chosen_on)
    if wished is None or wished == first:
        return Allowed("earliest", {"valid_from": first})
    last = max(first, days_later(civil_day(registered_at), rule.days_ahead))
    if wished < first:
        return Refused("date-not-possible", "too-early", {"first": first, "last": last})
    if wished > last:
        return Refused("date-not-possible", "too-late", {"first": first, "last": last})
    return Allowed("scheduled", {"valid_from": wished})


def check_form(rule: Paper, *, signed_on: date, registered_on: date, reference: str | None) -> Decision:
    """Whether a paper form may be registered: signed, not in the future, not too old, and findable again.

    Practice: Stockholm demands that the form can be shown; an incomplete form is no valid choice.
    """
    if signed_on > registered_on:
        return Refused("form-not-valid", "signed-in-future", {"signed": signed_on})
    if rule.form_valid_days is not None:
        last = days_later(signed_on, rule.form_valid_days)
        if registered_on > last:
            return Refused("form-not-valid", "form-too-old", {"signed": signed_on, "last": last})
    if rule.reference_required and not (reference or "").strip():
        return Refused("form-not-valid", "reference-missing")
    return Allowed("form-valid")


def _shifted(rule: Effective, base: date) -> date:
    if rule.when == "next-day":
        base = days_later(base, 1)
    elif rule.when == "first-of-next-month":
        base = first_of_next_month(base)
    return days_later(base, rule.plus_days)
