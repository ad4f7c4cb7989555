"""Who may list, and by which path."""

from dataclasses import replace

import pytest

from listing.policy import Policy
from listing.policy.codes import Path
from listing.policy.model import Entitlement, Protected
from listing.rules.decision import Refused
from listing.rules.entitlement import Channel, Deregistration, IdentityKind, Standing, may_list

POLICY = Policy()
HERE = Standing("personal", True, "03")


def _why(policy: Policy, person: Standing, channel: Channel = "web", sees: bool = False) -> tuple[str, str]:
    decision = may_list(policy, person, unit_region="03", channel=channel, sees_protected=sees)
    return (decision.code if isinstance(decision, Refused) else "allowed", decision.because)


def test_registered_people_list_themselves() -> None:
    assert _why(POLICY, HERE) == ("allowed", "own-region")


def test_people_of_other_regions_too() -> None:
    assert _why(POLICY, replace(HERE, region="01")) == ("allowed", "other-region")
    assert _why(POLICY, replace(HERE, region=None)) == ("allowed", "own-region")


@pytest.mark.parametrize(
    ("path", "channel", "expected"),
    [
        ("manual", "web", ("not-entitled", "other-region-through-staff")),
        ("manual", "paper", ("allowed", "other-region")),
        ("no", "staff", ("not-entitled", "other-region-not-accepted")),
    ],
)
def test_a_region_may_decide_otherwise(path: Path, channel: Channel, expected: tuple[str, str]) -> None:
    policy = replace(POLICY, entitlement=replace(Entitlement(), other_region=path))
    assert _why(policy, replace(HERE, region="01"), channel) == expected
    assert _why(policy, HERE) == ("allowed", "own-region")


@pytest.mark.parametrize(
    ("code", "because"),
    [("AV", "deceased"), ("UV", "emigrated"), ("OB", "not-found"), ("GN", "number-replaced")],
)
@pytest.mark.parametrize("channel", ["web", "staff", "system"])
def test_who_has_left_the_register_cannot(code: Deregistration, because: str, channel: Channel) -> None:
    person = replace(HERE, registered=False, deregistration=code)
    assert _why(POLICY, person, channel, True) == ("not-entitled", because)


def test_who_is_not_registered_cannot() -> None:
    assert _why(POLICY, replace(HERE, registered=False), "staff") == ("not-entitled", "not-registered")
    gone = replace(HERE, registered=False, deregistration="TA")
    assert _why(POLICY, gone, "staff") == ("not-entitled", "not-registered")


@pytest.mark.parametrize("kind", ["coordination", "reserve"])
@pytest.mark.parametrize(
    ("path", "channel", "outcome"),
    [
        ("yes", "web", "allowed"),
        ("manual", "web", "not-entitled"),
        ("manual", "system", "not-entitled"),
        ("manual", "phone", "allowed"),
        ("no", "staff", "not-entitled"),
    ],
)
def test_other_numbers_follow_the_policy(
    kind: IdentityKind, path: Path, channel: Channel, outcome: str
) -> None:
    policy = replace(POLICY, entitlement=Entitlement(coordination_number=path, reserve_number=path))
    person = Standing(kind, False, None)
    code, because = _why(policy, person, channel)
    assert code == outcome
    assert code == "allowed" or because.startswith(f"{kind}-number-")


@pytest.mark.parametrize("protection", ["confidentiality-mark", "protected-registration"])
@pytest.mark.parametrize(
    ("channel", "sees", "expected"),
    [
        ("web", False, ("person-protected", "own-path")),
        ("web", True, ("person-protected", "own-path")),
        ("system", True, ("person-protected", "own-path")),
        ("staff", False, ("person-protected", "own-path")),
        ("staff", True, ("allowed", "own-region")),
    ],
)
def test_protected_people_have_their_own_path(
    protection: str, channel: Channel, sees: bool, expected: tuple[str, str]
) -> None:
    person = Standing("personal", True, "03", protection)  # type: ignore[arg-type]
    assert _why(POLICY, person, channel, sees) == expected


def test_a_register_that_cannot_hold_them_refuses_everybody() -> None:
    policy = replace(POLICY, protected=Protected("refuse"))
    person = replace(HERE, protection="confidentiality-mark")
    assert _why(policy, person, "staff", True) == ("person-protected", "register-cannot-hold")
    assert _why(policy, HERE) == ("allowed", "own-region")


def test_who_has_died_is_told_so_before_anything_about_protection() -> None:
    person = replace(HERE, protection="confidentiality-mark", deregistration="AV", registered=False)
    assert _why(POLICY, person, "staff", False) == ("not-entitled", "deceased")
