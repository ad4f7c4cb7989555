"""Who may act for whom.

Sources: föräldrabalken 6 kap. 11 and 13 §§ (guardians decide, together when there are two), 11 kap. 4 and
7 §§ (trustees and administrators); the ages of the national e-services for guardians online (through the day
before the 13th birthday, and none between 13 and 15); practice for forms. When guardian or child has
protected details the link between them is broken online, so that neither can be found through the other.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from listing.policy.codes import Path
from listing.policy.model import Children, Policy
from listing.rules.days import age_on, birthday
from listing.rules.decision import Allowed, Decision, Refused
from listing.rules.entitlement import STAFF_CHANNELS, Channel, Protection

Relation = Literal["self", "guardian", "ombud", "god-man", "forvaltare", "none"]


@dataclass(frozen=True, slots=True)
class Acting:
    """Who asks to act for a person born on a day, by which channel, and who agrees.

    `guardians` and `agreeing` count the child's guardians and those who have signed or asked, the acting one
    included; `protected` is the stronger protection of the two people.
    """

    relation: Relation
    channel: Channel
    born: date
    guardians: int = 1
    agreeing: int = 1
    protected: Protection = "none"


def may_act(policy: Policy, acting: Acting, day: date) -> Decision:
    """Whether this person may act for that one on this day."""
    if acting.relation == "none":
        return Refused("not-authorised", "no-relation")
    if acting.relation != "self" and acting.protected != "none" and acting.channel not in STAFF_CHANNELS:
        return Refused("person-protected", "link-broken")
    if acting.relation == "self":
        return _self(policy.children, acting, day)
    if acting.relation == "guardian":
        return _guardian(policy.children, acting, day)
    return _representative(_PATHS[acting.relation](policy), acting)


def check_desk(acting: Acting, identity_check: str | None) -> Decision:
    """Whether staff know who asks for a child without a form: a guardian signs nothing, and so is identified.

    Source: HSL (2017:30) 7 kap. 3 a § with the regulation on choice by other means than the e-service; that
    staff make sure who it is, is practice at every desk.
    """
    if acting.relation == "guardian" and acting.channel in ("staff", "phone") and not identity_check:
        return Refused("not-authorised", "identity-not-checked")
    return Allowed("desk")


def guardian_loses_access_on(rule: Children, born: date) -> date:
    """The first day without access online: the birthday itself."""
    return birthday(born, rule.guardian_until_age)


def of_age_on(born: date) -> date:
    """The day on which a person decides alone: the 18th birthday (föräldrabalken 9 kap. 1 §)."""
    return birthday(born, 18)


def _self(rule: Children, acting: Acting, day: date) -> Decision:
    age = age_on(acting.born, day)
    needed = rule.self_from_age
    if acting.channel in STAFF_CHANNELS:
        needed = rule.self_paper_from_age
    if age < needed:
        return Refused("guardian-required", "too-young", {"age": needed})
    return Allowed("self")


def _guardian(rule: Children, acting: Acting, day: date) -> Decision:
    age = age_on(acting.born, day)
    in_person = acting.channel in STAFF_CHANNELS
    until = rule.guardian_paper_until if in_person else rule.guardian_until_age
    if age >= until:
        because = "no-longer-guardian" if age >= rule.guardian_paper_until else "guardian-on-paper"
        return Refused("not-authorised", because, {"age": until})
    if rule.guardians_required == "all" and acting.agreeing < acting.guardians:
        missing = acting.guardians - acting.agreeing
        return Refused("guardian-required", "all-guardians", {"missing": missing})
    return Allowed("guardian")


def _representative(path: Path, acting: Acting) -> Decision:
    if path == "no":
        return Refused("not-authorised", f"{acting.relation}-not-accepted")
    if path == "manual" and acting.channel not in STAFF_CHANNELS:
        return Refused("not-authorised", f"{acting.relation}-through-staff")
    return Allowed(acting.relation)


_PATHS = {
    "ombud": lambda policy: policy.representation.proxy,
    "god-man": lambda policy: policy.representation.trustee,
    "forvaltare": lambda policy: policy.representation.administrator,
}
