"""A policy in words: statements in the order in which a person would ask, each a code with arguments.

The web gives them Swedish and English sentences (`web/site/policy_words.py`). Every parameter stands in at
least one statement, so nothing that a region decides is silent; a test changes each and looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from listing.policy.model import Policy

Topic = Literal[
    "who", "choose", "change", "room", "queue", "children", "doctor", "moves", "non-choice", "more"
]
TOPICS: tuple[Topic, ...] = (
    "who",
    "choose",
    "change",
    "room",
    "queue",
    "children",
    "doctor",
    "moves",
    "non-choice",
    "more",
)
Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that holds. `code` is stable; `arguments` are numbers, codes, or the region's own texts."""

    topic: Topic
    code: str
    arguments: dict[str, Value] = field(default_factory=dict)


def statements(policy: Policy) -> tuple[Statement, ...]:
    """All that the policy says, in order of topics. Conditions that do not apply are left out."""
    return tuple(
        statement
        for part in (_who, _choose, _change, _room, _queue, _children, _doctor, _moves, _non_choice, _more)
        for statement in part(policy)
    )


def _who(policy: Policy) -> Iterator[Statement]:
    rule = policy.entitlement
    yield Statement("who", f"registered-{rule.registered}")
    yield Statement("who", f"other-region-{rule.other_region}")
    yield Statement("who", f"coordination-number-{rule.coordination_number}")
    yield Statement("who", f"reserve-number-{rule.reserve_number}")
    yield Statement("who", f"protected-{policy.protected.path}")


def _choose(policy: Policy) -> Iterator[Statement]:
    rule, paper = policy.effective, policy.paper
    yield Statement("choose", f"effective-{rule.when}", {"days": rule.plus_days})
    yield Statement("choose", f"counted-from-{rule.counted_from}")
    code = "schedule-ahead" if rule.days_ahead else "schedule-never"
    yield Statement("choose", code, {"days": rule.days_ahead} if rule.days_ahead else {})
    yield Statement("choose", f"paper-by-{paper.registered_by}")
    if paper.form_valid_days is not None:
        yield Statement("choose", "paper-valid-days", {"days": paper.form_valid_days})
    yield Statement("choose", "paper-kept" if paper.reference_required else "paper-kept-optional")


def _change(policy: Policy) -> Iterator[Statement]:
    rule = policy.change_limit
    if rule.max_changes is None:
        yield Statement("change", "changes-unlimited")
        return
    yield Statement("change", "changes-at-most", {"count": rule.max_changes, "months": rule.months})
    for reason in rule.special_reasons:
        proof = "-with-proof" if reason.needs_evidence else ""
        yield Statement(
            "change", f"special-reason{proof}", {"reason": reason.code, "decider": reason.decided_by}
        )
    if not rule.special_reasons:
        yield Statement("change", "special-reason-none")
    for cause in rule.not_counted:
        yield Statement("change", "not-counted", {"cause": cause})


def _room(policy: Policy) -> Iterator[Statement]:
    rule, cap = policy.cap_exemptions, policy.cap
    yield Statement("room", "limit-by-decision")
    if cap.max_months is not None:
        yield Statement("room", "limit-months", {"months": cap.max_months})
    if cap.per_full_time_doctor is not None:
        yield Statement("room", "limit-per-doctor", {"count": cap.per_full_time_doctor})
    arguments: dict[str, dict[str, Value]] = {
        "newborn-of-listed-guardian": {"days": rule.newborn_days},
        "moved-in": {"days": rule.moved_in_days},
        "child-health-family": {"age": rule.child_health_below_age},
    }
    for code in rule.codes:
        yield Statement("room", f"exempt-{code}", arguments.get(code, {}))
    if not rule.codes:
        yield Statement("room", "exempt-nobody")


def _queue(policy: Policy) -> Iterator[Statement]:
    rule = policy.queue
    yield Statement("queue", f"queue-{rule.kind}")
    if rule.kind == "none":
        return
    yield Statement("queue", "queues-at-most", {"count": rule.max_queues})
    yield Statement("queue", "place-drops" if rule.listing_elsewhere_drops else "place-stays")
    if rule.serving == "offer":
        yield Statement("queue", "place-offered", {"days": rule.offer_days or 0})
        if rule.reminder_days is not None:
            yield Statement("queue", "offer-reminder", {"days": rule.reminder_days})
    else:
        yield Statement("queue", "place-automatic")
    for reason in rule.priority_reasons:
        yield Statement("queue", "priority", {"reason": reason})
    if not rule.priority_reasons:
        yield Statement("queue", "priority-none")


def _children(policy: Policy) -> Iterator[Statement]:
    rule, representation = policy.children, policy.representation
    yield Statement("children", "guardian-online", {"age": rule.guardian_until_age})
    yield Statement("children", "self-online", {"age": rule.self_from_age})
    yield Statement("children", "guardian-paper", {"age": rule.guardian_paper_until})
    yield Statement("children", "self-paper", {"age": rule.self_paper_from_age})
    yield Statement("children", f"guardians-{rule.guardians_required}")
    yield Statement("children", f"proxy-{representation.proxy}")
    yield Statement("children", f"trustee-{representation.trustee}")
    yield Statement("children", f"administrator-{representation.administrator}")


def _doctor(policy: Policy) -> Iterator[Statement]:
    rule = policy.regular_doctor
    yield Statement("doctor", "doctor-guide", {"count": rule.guide, "trainee": rule.trainee_guide})
    yield Statement("doctor", f"doctor-limit-{rule.limit}")


def _moves(policy: Policy) -> Iterator[Statement]:
    rule, closure = policy.moved_in, policy.closure
    yield Statement("moves", f"moved-within-{rule.within_region}")
    yield Statement("moves", f"moved-into-{rule.into_region}")
    yield Statement("moves", f"moved-out-{rule.out_of_region}")
    yield Statement("moves", "closure-choice", {"days": closure.choice_days})
    yield Statement("moves", f"closure-{closure.afterwards}")
    yield Statement("moves", f"successor-{closure.successor}")


def _non_choice(policy: Policy) -> Iterator[Statement]:
    rule = policy.non_choice
    yield Statement("non-choice", f"method-{rule.method}", _years(policy, rule.method))
    for method in rule.fallbacks:
        yield Statement("non-choice", f"otherwise-{method}", _years(policy, method))
    if rule.method != "none":
        yield Statement("non-choice", f"capped-{rule.capped_units}")
    yield Statement("non-choice", f"newborn-{policy.newborn.method}")


def _years(policy: Policy, method: str) -> dict[str, Value]:
    return {"years": policy.non_choice.last_visited_years} if method == "last-visited" else {}


def _more(policy: Policy) -> Iterator[Statement]:
    texts = policy.texts
    for name in ("about", "non_choice", "contact"):
        swedish, english = getattr(texts, f"{name}_sv"), getattr(texts, f"{name}_en")
        if swedish:
            code = f"text-{name.replace('_', '-')}"
            yield Statement("more", code, {"sv": swedish, "en": english or swedish})
    if texts.link:
        yield Statement("more", "link", {"url": texts.link})
    if texts.regulation_reference:
        yield Statement("more", "regulation", {"reference": texts.regulation_reference})
