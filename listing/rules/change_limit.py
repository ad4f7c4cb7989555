"""How many changes of unit a person has left, and whether one more counts.

Source: HSL (2017:30) 7 kap. 3 a § (two changes in a year, more for special reasons). Reading of the rule
here: a counted change on day D takes up a place of the limit through the day before D + `months` months, so
no period of that length ever holds more counted changes than the limit. A change on 31 March comes back on
31 March; one on 29 February comes back on 28 February of a year without that day (`listing.rules.days`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from listing.policy.codes import Cause, Decider, ReasonCode
from listing.policy.model import ChangeLimit, SpecialReason
from listing.rules.days import months_later
from listing.rules.decision import Refused

Basis = Literal["choice", "allocation", "newborn", "successor", "takeover", "closure-allocation"]

_CAUSE_OF_BASIS: dict[str, Cause] = {
    "allocation": "allocation",
    "closure-allocation": "closure",
    "newborn": "newborn",
    "takeover": "takeover",
    "successor": "successor",
}
OWN_ENDS = frozenset({"left", "changed"})
"""Reasons for the end of a listing that were the person's own wish."""
_RANK: dict[Decider, int] = {"person": 0, "register": 1, "unit": 2, "region": 3}
DecidedBy = Literal["person", "unit", "region"]


@dataclass(frozen=True, slots=True)
class Change:
    """An earlier listing event: the civil day on which it was registered, and whether it was counted."""

    on: date
    counted: bool


@dataclass(frozen=True, slots=True)
class Before:
    """The listing that a person has, or had last, of this type.

    `end_reason` is None while it holds. `unit_closing`: the unit has told that it closes, or its contract
    ends, and the person is asked to choose.
    """

    basis: Basis
    end_reason: str | None = None
    unit_closing: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """How things stand on a day: `left` is None without a limit; `next_back` is when the next one returns."""

    left: int | None
    used: int
    next_back: date | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The change may be made. `counts` and `because` belong in the history of the event.

    `because` is `change`, `no-limit`, a cause such as `first-listing`, or the special reason. `left` is what
    remains after it. `evidence_required`: the reason is accepted only with its proof recorded.
    """

    counts: bool
    because: str
    left: int | None
    evidence_required: bool = False


def allowance(limit: ChangeLimit, earlier: Sequence[Change], on: date) -> Allowance:
    """What is left on a day. Events of days after `on` are counted too: a scheduled change is a change."""
    days = sorted(change.on for change in earlier if change.counted)
    active = [day for day in days if on < months_later(day, limit.months)]
    if limit.max_changes is None:
        return Allowance(None, len(active))
    left = max(0, limit.max_changes - len(active))
    if left:
        return Allowance(left, len(active))
    # Of more than the limit (taken over from elsewhere) so many must first return that one is free.
    freeing = active[len(active) - limit.max_changes]
    return Allowance(0, len(active), months_later(freeing, limit.months))


def returns(limit: ChangeLimit, earlier: Sequence[Change], on: date) -> list[date]:
    """The days on which used changes come back, the next first; none without a limit."""
    if limit.max_changes is None:
        return []
    back = sorted(months_later(change.on, limit.months) for change in earlier if change.counted)
    back = [day for day in back if day > on]
    # Of more than the limit (taken over from elsewhere) the first ones to return free nothing.
    return back[max(0, len(back) - limit.max_changes) :]


def cause_of_choice(before: Before | None) -> Cause | None:
    """Why a person's own choice is no change in the law's sense, or None when it is one.

    Who left a unit and now chooses another changes unit, only slower; who lost the listing otherwise
    (deregistered, the contract ended) starts anew.
    """
    if before is None:
        return "first-listing"
    if before.unit_closing:
        return "closure"
    if before.end_reason is not None and before.end_reason not in OWN_ENDS:
        return "closure" if before.end_reason in ("closed", "contract-ended") else "first-listing"
    return None if before.basis == "choice" or before.basis == "takeover" else "choice-after-allocation"


def cause_of_basis(basis: Basis, before: Before | None = None) -> Cause | None:
    """The cause of a new listing by its basis; of a choice by what was before it."""
    return cause_of_choice(before) if basis == "choice" else _CAUSE_OF_BASIS[basis]


def consider(
    limit: ChangeLimit,
    earlier: Sequence[Change],
    on: date,
    *,
    cause: Cause | None = None,
    reason: ReasonCode | None = None,
    decided_by: DecidedBy = "person",
    shown: Collection[ReasonCode] = (),
) -> Counted | Refused:
    """Whether a new listing is allowed by the limit, whether it counts, and why.

    `cause` from `cause_of_basis`; `reason` the special reason that is given, by one of the rank `decided_by`;
    `shown` the reasons that the population register itself shows. A reason that holds makes the change
    uncounted also while changes are left; one that is not accepted is no hindrance while changes are left.
    """
    now = allowance(limit, earlier, on)
    if limit.max_changes is None:
        return Counted(False, "no-limit", None)
    if cause is not None and cause in limit.not_counted:
        return Counted(False, cause, now.left)
    accepted = special_reason(limit, reason, decided_by, shown) if reason else None
    if accepted:
        return Counted(False, accepted.code, now.left, accepted.needs_evidence)
    if now.left:
        return Counted(True, "change", now.left - 1)
    told = {"max": limit.max_changes, "months": limit.months, "next": now.next_back}
    if reason:
        return Refused("reason-not-accepted", _why_not(limit, reason), {**told, "reason": reason})
    return Refused("change-limit-reached", "limit", told)


def special_reason(
    limit: ChangeLimit, code: ReasonCode, decided_by: DecidedBy, shown: Collection[ReasonCode] = ()
) -> SpecialReason | None:
    """The reason as the region has it, if whoever acts may decide that it holds."""
    for reason in limit.special_reasons:
        if reason.code == code and _suffices(reason.decided_by, decided_by, code in shown):
            return reason
    return None


def _suffices(needed: Decider, given: Decider, shown: bool) -> bool:
    return _RANK[given] >= _RANK[needed] or (shown and needed == "register")


def _why_not(limit: ChangeLimit, code: ReasonCode) -> str:
    for reason in limit.special_reasons:
        if reason.code == code:
            return f"decided-by-{reason.decided_by}"
    return "not-a-reason-here"
