"""Parts of a policy that cannot both hold, and parts that lie outside the law as it is read here."""

from itertools import pairwise

from listing.policy.model import HEALTH_CENTRE, Children, ListingType, Policy, Queue, Texts
from listing.policy.problems import PolicyProblem, Problems

_MAY_FIND_NOTHING = frozenset({"polygon", "last-visited", "nearest-in-district"})
LAWFUL_CHANGES = 2
LAWFUL_MONTHS = 12


def contradictions(policy: Policy) -> list[PolicyProblem]:
    """Everything that makes the policy impossible to follow; empty for a sound one."""
    problems = Problems()
    _queue(policy.queue, problems)
    _non_choice(policy, problems)
    _children(policy.children, problems)
    _texts(policy.texts, problems)
    return problems


def departures(policy: Policy, listing_type: ListingType) -> list[PolicyProblem]:
    """What a region decides otherwise than the law as it is read here: told to who imports, not refused.

    The law may change before this program does, and some regions have openly not applied the limit.
    """
    problems = Problems()
    limit = policy.change_limit
    if listing_type == HEALTH_CENTRE:
        if limit.max_changes != LAWFUL_CHANGES or limit.months != LAWFUL_MONTHS:
            value = f"{limit.max_changes} in {limit.months} months"
            message = "HSL (2017:30) 7 kap. 3 a § says two changes in a year"
            problems.add("change_limit.max_changes", "outside-the-law", value, message)
        if policy.entitlement.registered != "yes":
            message = "whoever is registered in Sweden has the choice by HSL (2017:30) 7 kap. 3 §"
            problems.add("entitlement.registered", "outside-the-law", policy.entitlement.registered, message)
    if policy.entitlement.other_region == "no":
        message = "people of other regions may choose by patientlagen (2014:821) 9 kap. 1 §"
        problems.add("entitlement.other_region", "outside-the-law", "no", message)
    return problems


def _queue(queue: Queue, problems: Problems) -> None:
    if queue.serving == "offer":
        if queue.offer_days is None:
            message = "say how many days an offer stands, or set queue.serving to automatic"
            problems.add("queue.offer_days", "offer-without-days", None, message)
        if queue.kind == "none":
            message = "there is no queue to offer places to; set queue.kind, or queue.serving to automatic"
            problems.add("queue.serving", "offer-without-queue", "offer", message)
    elif queue.offer_days is not None:
        message = "places are given automatically; set queue.serving to offer, or leave the days out"
        problems.add("queue.offer_days", "days-without-offer", queue.offer_days, message)
    if queue.reminder_days is not None and queue.reminder_days >= (queue.offer_days or 0):
        message = "a reminder comes so many days before the last; set it below queue.offer_days"
        problems.add("queue.reminder_days", "reminder-too-early", queue.reminder_days, message)


def _non_choice(policy: Policy, problems: Problems) -> None:
    rule = policy.non_choice
    if rule.method == "none":
        _without_method(policy, problems)
        return
    if rule.method in _MAY_FIND_NOTHING and not rule.fallbacks:
        message = "the method may find no unit; name what is tried then, for example nearest"
        problems.add("non_choice.fallbacks", "method-without-fallback", rule.method, message)
    chain = (rule.method, *rule.fallbacks)
    for before, method in pairwise(chain):
        if before == "nearest":
            message = "nothing comes after nearest, which finds whatever there is; put nearest last"
            problems.add("non_choice.fallbacks", "never-reached", method, message)
            break
    for number, method in enumerate(chain):
        if method == "none" or method in chain[:number]:
            message = "a fallback is another method than none and those before it"
            problems.add("non_choice.fallbacks", "fallback-not-possible", method, message)


def _without_method(policy: Policy, problems: Problems) -> None:
    if policy.non_choice.fallbacks:
        message = "there is no method to fall back from; take the fallbacks away or name a method"
        problems.add("non_choice.fallbacks", "fallback-without-method", "none", message)
    for path, value, otherwise in (
        ("closure.afterwards", policy.closure.afterwards, "unlisted"),
        ("moved_in.within_region", policy.moved_in.within_region, "keep"),
        ("moved_in.into_region", policy.moved_in.into_region, "keep"),
    ):
        if value == "allocate":
            message = f"nobody is allocated when non_choice.method is none; set {path} to {otherwise}"
            problems.add(path, "allocation-without-method", value, message)


def _children(rule: Children, problems: Problems) -> None:
    if rule.guardian_until_age > rule.guardian_paper_until:
        message = "guardians cannot act longer online than on paper; lower it or raise guardian_paper_until"
        problems.add("children.guardian_until_age", "ages-crossed", rule.guardian_until_age, message)
    if rule.self_paper_from_age > rule.guardian_paper_until:
        message = "nobody could sign in between; lower it to guardian_paper_until at most"
        problems.add("children.self_paper_from_age", "ages-apart", rule.self_paper_from_age, message)


def _texts(texts: Texts, problems: Problems) -> None:
    for name in ("about", "non_choice", "contact"):
        if getattr(texts, f"{name}_en") and not getattr(texts, f"{name}_sv"):
            message = "a text in English needs the Swedish one, which is shown first"
            problems.add(f"texts.{name}_sv", "swedish-missing", "", message)
    if texts.link and not texts.link.startswith(("https://", "http://")):
        problems.add("texts.link", "not-a-link", texts.link, "write an address that begins with https://")
