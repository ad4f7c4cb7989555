"""Policies that a region could decide: every parameter varies, and the parts fit together."""

from dataclasses import fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from listing.policy.checks import contradictions
from listing.policy.codes import ReasonCode
from listing.policy.model import Policy, SpecialReason

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def _reasons() -> st.SearchStrategy[tuple[SpecialReason, ...]]:
    hints = get_type_hints(SpecialReason)
    one = st.builds(
        SpecialReason,
        st.sampled_from(get_args(ReasonCode)),
        st.sampled_from(get_args(hints["decided_by"])),
        st.booleans(),
    )
    return st.lists(one, unique_by=lambda reason: reason.code).map(tuple)


def values(kind: Any, metadata: Any) -> st.SearchStrategy[Any]:
    """Values of one parameter within its bounds."""
    if type(None) in get_args(kind):
        return st.none() | values(get_args(kind)[0], metadata)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        if inner is SpecialReason:
            return _reasons()
        return st.lists(st.sampled_from(get_args(inner)), unique=True).map(tuple)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(metadata["low"], metadata["high"])
    return TEXT


def _part(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.name: values(hints[one.name], one.metadata) for one in fields(kind)})


def _fitting(policy: Policy) -> Policy:
    """The same policy with the parts changed that would contradict others."""
    queue, rule, children, texts = policy.queue, policy.non_choice, policy.children, policy.texts
    offers = queue.serving == "offer" and queue.kind != "none"
    days = (queue.offer_days or 7) if offers else None
    reminder = queue.reminder_days if days and queue.reminder_days and queue.reminder_days < days else None
    queue = replace(
        queue, serving="offer" if offers else "automatic", offer_days=days, reminder_days=reminder
    )
    chain = [one for one in rule.fallbacks if one not in ("none", "nearest", rule.method)]
    fallbacks = () if rule.method in ("none", "nearest") else (*chain, "nearest")
    moved, closure = policy.moved_in, policy.closure
    if rule.method == "none":
        moved = replace(moved, within_region="keep", into_region="keep")
        closure = replace(closure, afterwards="unlisted")
    until = children.guardian_paper_until
    children = replace(
        children,
        guardian_until_age=min(children.guardian_until_age, until),
        self_paper_from_age=min(children.self_paper_from_age, until),
    )
    swedish = {
        f"{name}_sv": getattr(texts, f"{name}_sv") or getattr(texts, f"{name}_en")
        for name in ("about", "non_choice", "contact")
    }
    texts = replace(texts, **swedish, link=f"https://example.se/{texts.link}" if texts.link else "")
    return replace(
        policy,
        queue=queue,
        non_choice=replace(rule, fallbacks=fallbacks),
        moved_in=moved,
        closure=closure,
        children=children,
        texts=texts,
    )


def policies() -> st.SearchStrategy[Policy]:
    """Any sound policy."""
    hints = get_type_hints(Policy)
    drawn = st.builds(Policy, **{one.name: _part(hints[one.name]) for one in fields(Policy)})
    return drawn.map(_fitting).filter(lambda policy: not contradictions(policy))
