"""Every parameter is said: changing any of them changes what is said."""

from dataclasses import fields, replace
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings

from listing.policy import Policy
from listing.policy.model import CapExemptions, NonChoice, Queue, SpecialReason
from listing.policy.parse import get, parameters
from listing.policy.words import TOPICS, statements
from tests.listing.policy.strategies import policies, values

SPEAKING = Policy(
    queue=Queue(serving="offer", offer_days=7, reminder_days=2),
    cap_exemptions=CapExemptions(codes=("newborn-of-listed-guardian", "moved-in", "child-health-family")),
    non_choice=NonChoice(method="last-visited", fallbacks=("nearest",)),
    texts=replace(Policy().texts, about_sv="A", non_choice_sv="B", contact_sv="C"),
)
"""A policy under which every parameter has something to say."""


def _with(policy: Policy, path: str, value: Any) -> Policy:
    part, name = path.split(".")
    return replace(policy, **{part: replace(getattr(policy, part), **{name: value})})


def _others(path: str) -> list[Any]:
    part, name = path.split(".")
    kind: Any = get_type_hints(Policy)[part]
    field = next(one for one in fields(kind) if one.name == name)
    found = values(get_type_hints(kind)[name], field.metadata)
    drawn: list[Any] = []

    @given(found)
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    def draw(value: Any) -> None:
        if value != get(SPEAKING, path) and value not in drawn:
            drawn.append(value)

    draw()
    return drawn


@pytest.mark.parametrize("path", parameters())
def test_no_parameter_is_silent(path: str) -> None:
    others = _others(path)
    assert others
    before = statements(SPEAKING)
    for value in others:
        assert statements(_with(SPEAKING, path, value)) != before, value


def test_the_parts_of_a_special_reason_are_said() -> None:
    said = [
        statements(_with(SPEAKING, "change_limit.special_reasons", (SpecialReason("moved", decider, proof),)))
        for decider in ("person", "register", "unit", "region")
        for proof in (True, False)
    ]
    assert all(one not in said[:number] for number, one in enumerate(said))


@given(policies())
@settings(max_examples=100, deadline=None)
def test_statements_come_by_topic_in_order(policy: Policy) -> None:
    topics = [statement.topic for statement in statements(policy)]
    assert topics == sorted(topics, key=TOPICS.index)
    assert set(topics) >= set(TOPICS) - {"more"}
