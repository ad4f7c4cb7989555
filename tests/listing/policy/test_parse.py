"""Records of policies: both ways without loss, and every fault told with place, value and mend."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listing.policy import LISTING_TYPES, ListingType, Policy, default_policy
from listing.policy.checks import contradictions, departures
from listing.policy.model import SpecialReason
from listing.policy.parse import from_record, get, parameters, to_record
from tests.listing.policy.strategies import policies


@given(policies(), st.sampled_from(LISTING_TYPES))
@settings(max_examples=150, deadline=None)
def test_whole_record_gives_the_policy_back(policy: Policy, listing_type: ListingType) -> None:
    record = json.loads(json.dumps(to_record(policy)))
    assert from_record(record, listing_type).policy == policy


@given(policies(), st.sampled_from(LISTING_TYPES))
@settings(max_examples=150, deadline=None)
def test_differences_from_the_defaults_give_the_policy_back(
    policy: Policy, listing_type: ListingType
) -> None:
    record = json.loads(json.dumps(to_record(policy, default_policy(listing_type))))
    assert from_record(record, listing_type).policy == policy


@given(policies())
@settings(max_examples=50, deadline=None)
def test_dots_mean_nesting(policy: Policy) -> None:
    nested = to_record(policy)
    flat = {f"{part}.{name}": value for part, inner in nested.items() for name, value in inner.items()}
    assert from_record(flat, "health-centre") == from_record(nested, "health-centre")


@pytest.mark.parametrize("listing_type", LISTING_TYPES)
def test_defaults_are_sound_lawful_and_what_an_empty_record_means(listing_type: ListingType) -> None:
    policy = default_policy(listing_type)
    assert contradictions(policy) == []
    assert departures(policy, listing_type) == []
    assert from_record({}, listing_type).policy == policy
    assert to_record(policy, policy) == {}


def test_the_law_is_the_default() -> None:
    health, child = default_policy("health-centre"), default_policy("child-health-centre")
    assert (health.change_limit.max_changes, health.change_limit.months) == (2, 12)
    assert child.change_limit.max_changes is None
    assert child.effective.when == "immediately"
    assert (health.children.guardian_until_age, health.children.guardian_paper_until) == (13, 18)
    assert (health.regular_doctor.guide, health.regular_doctor.trainee_guide) == (1100, 550)


FAULTS: list[tuple[Any, str, str, str]] = [
    ({"queue": {"offer_dayz": 7}}, "queue.offer_dayz", "unknown-parameter", "offer_days"),
    ({"quue": {"kind": "unit"}}, "quue", "unknown-parameter", "queue"),
    ({"queue": "unit"}, "queue", "not-an-object", "group"),
    ({"queue": {"kind": "centrl"}}, "queue.kind", "unknown-word", "central"),
    ({"queue": {"kind": 3}}, "queue.kind", "unknown-word", "write one of"),
    ({"queue": {"max_queues": "2"}}, "queue.max_queues", "wrong-type", "whole number from 1 to 10"),
    ({"queue": {"max_queues": True}}, "queue.max_queues", "wrong-type", "whole number"),
    ({"queue": {"max_queues": 2.0}}, "queue.max_queues", "wrong-type", "whole number"),
    ({"queue": {"max_queues": 0}}, "queue.max_queues", "out-of-bounds", "from 1 to 10"),
    ({"queue": {"max_queues": None}}, "queue.max_queues", "value-missing", "a value is needed"),
    ({"queue": {"listing_elsewhere_drops": "yes"}}, "queue.listing_elsewhere_drops", "wrong-type", "true"),
    ({"queue": {"priority_reasons": "home-care"}}, "queue.priority_reasons", "wrong-type", "a list"),
    (
        {"queue": {"priority_reasons": ["home-care", "home-care"]}},
        "queue.priority_reasons[1]",
        "repeated",
        "twice",
    ),
    (
        {"queue": {"max_queues": 1}, "queue.max_queues": 2},
        "queue.max_queues",
        "given-twice",
        "keep one",
    ),
    (
        {"change_limit": {"special_reasons": ["moved", {"code": "fun"}]}},
        "change_limit.special_reasons[1].code",
        "unknown-word",
        "moved",
    ),
    (
        {"change_limit": {"special_reasons": [{"code": "moved", "proof": True}]}},
        "change_limit.special_reasons[0].proof",
        "unknown-parameter",
        "needs_evidence",
    ),
    ({"change_limit": {"special_reasons": [7]}}, "change_limit.special_reasons[0]", "wrong-type", "code"),
    ({"texts": {"about_sv": 4}}, "texts.about_sv", "wrong-type", "text"),
    ({"texts": {"about_sv": "a" * 2001}}, "texts.about_sv", "text-not-possible", "2000"),
    ({"queue": {"serving": "offer"}}, "queue.offer_days", "offer-without-days", "how many days"),
    (
        {"queue": {"serving": "offer", "offer_days": 7, "kind": "none"}},
        "queue.serving",
        "offer-without-queue",
        "queue.kind",
    ),
    ({"queue": {"offer_days": 7}}, "queue.offer_days", "days-without-offer", "offer"),
    (
        {"queue": {"serving": "offer", "offer_days": 7, "reminder_days": 7}},
        "queue.reminder_days",
        "reminder-too-early",
        "below",
    ),
    (
        {"non_choice": {"method": "polygon"}},
        "non_choice.fallbacks",
        "method-without-fallback",
        "nearest",
    ),
    (
        {"non_choice": {"method": "nearest", "fallbacks": ["polygon"]}},
        "non_choice.fallbacks",
        "never-reached",
        "last",
    ),
    (
        {"non_choice": {"method": "polygon", "fallbacks": ["polygon", "nearest"]}},
        "non_choice.fallbacks",
        "fallback-not-possible",
        "another",
    ),
    ({"non_choice": {"method": "none"}}, "closure.afterwards", "allocation-without-method", "unlisted"),
    (
        {
            "non_choice": {"method": "none", "fallbacks": ["nearest"]},
            "closure": {"afterwards": "unlisted"},
        },
        "non_choice.fallbacks",
        "fallback-without-method",
        "take the fallbacks away",
    ),
    (
        {"children": {"guardian_paper_until": 13, "guardian_until_age": 15}},
        "children.guardian_until_age",
        "ages-crossed",
        "lower",
    ),
    (
        {"children": {"guardian_paper_until": 14, "self_paper_from_age": 16}},
        "children.self_paper_from_age",
        "ages-apart",
        "nobody could sign",
    ),
    ({"texts": {"about_en": "x"}}, "texts.about_sv", "swedish-missing", "Swedish"),
    ({"texts": {"link": "example.se"}}, "texts.link", "not-a-link", "https://"),
]


@pytest.mark.parametrize(("record", "path", "code", "mend"), FAULTS)
def test_a_fault_is_told_with_its_place_and_mend(record: Any, path: str, code: str, mend: str) -> None:
    parsed = from_record(record, "health-centre")
    assert parsed.policy is None
    found = [problem for problem in parsed.problems if (problem.path, problem.code) == (path, code)]
    assert len(found) == 1
    assert mend in found[0].message


def test_all_faults_of_a_record_are_told_at_once() -> None:
    record = {"queue": {"max_queues": 0, "kindd": 1}, "newborn": {"method": "stork"}}
    paths = {problem.path for problem in from_record(record, "health-centre").problems}
    assert paths == {"queue.max_queues", "queue.kindd", "newborn.method"}


def test_a_reason_may_be_written_as_its_code_alone() -> None:
    parsed = from_record({"change_limit": {"special_reasons": ["medical", "moved"]}}, "health-centre")
    assert parsed.policy is not None
    assert parsed.policy.change_limit.special_reasons == (
        SpecialReason("medical", "unit", needs_evidence=True),
        SpecialReason("moved", "register"),
    )


def test_what_departs_from_the_law_is_told_and_not_refused() -> None:
    parsed = from_record(
        {"change_limit.max_changes": None, "entitlement.other_region": "no"}, "health-centre"
    )
    assert parsed.policy is not None
    told = departures(parsed.policy, "health-centre")
    assert {one.path for one in told} == {"change_limit.max_changes", "entitlement.other_region"}
    own = replace(parsed.policy.entitlement, other_region="yes", registered="manual")
    assert departures(replace(parsed.policy, entitlement=own), "midwifery") == []


def test_parameters_are_paths_of_the_model() -> None:
    paths = parameters()
    assert len(paths) == len(set(paths)) > 40
    assert get(Policy(), "change_limit.max_changes") == 2
