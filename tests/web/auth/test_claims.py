"""From claims to who acts: what each role needs, what brokers call things, and what no token may claim."""

from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from core.token_settings import ClaimNames, TokenSettings
from listing.actor import Actor, Purpose, Role
from tests.support.tokens import ISSUER, REGION, STAFF, TOLVAN, UNIT, claims, development_settings
from web.auth.claims import actor_of
from web.auth.errors import PurposeInvalid, PurposeMissing, RoleNotAllowed, TokenInvalid
from web.auth.issuers import Issuer
from web.auth.keys import PublishedKeys
from web.auth.purposes import with_purpose
from web.auth.tokens import Checked

PNR, COORDINATION = (
    f"https://id.oidc.se/claim/{name}" for name in ("personalIdentityNumber", "coordinationNumber")
)
SOMEWHERE = Path("nowhere")


def actor(
    settings: Settings | None = None,
    roles: frozenset[Role] = frozenset(Role),
    regions: frozenset[str] | None = None,
    **changed: Any,
) -> Actor:
    issuer = Issuer(ISSUER, PublishedKeys("https://x"), roles, regions)
    return actor_of(Checked(issuer, claims(**changed)), settings or development_settings(SOMEWHERE))


def _of(claim: str, value: str) -> dict[str, Any]:
    """A claim whose name is no name in Python."""
    return {claim: value}


def refused(**changed: Any) -> str:
    with pytest.raises(TokenInvalid) as error:
        actor(**changed)
    return error.value.detail


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, Actor(Role.REGION, f"staff:{STAFF}", REGION, purpose=Purpose.ADMINISTRATION)),
        (
            {"role": "unit", "unit": UNIT.lower(), "maySeeProtected": True},
            Actor(
                Role.UNIT,
                f"staff:{STAFF}",
                REGION,
                UNIT,
                may_see_protected=True,
                purpose=Purpose.ADMINISTRATION,
            ),
        ),
        (
            {"role": "nurse", "purpose": None, "maySeeProtected": True},
            Actor(Role.NURSE, f"staff:{STAFF}", REGION),
        ),
        (
            {"role": "statistician", "purpose": "statistics"},
            Actor(Role.STATISTICIAN, f"staff:{STAFF}", REGION, purpose=Purpose.STATISTICS),
        ),
        (
            {"role": "system", "sub": "booking.region", "employeeHsaId": None},
            Actor(Role.SYSTEM, "system:03:booking.region", REGION, purpose=Purpose.ADMINISTRATION),
        ),
        (
            {"role": ["other", "region"]},
            Actor(Role.REGION, f"staff:{STAFF}", REGION, purpose=Purpose.ADMINISTRATION),
        ),
        (
            {"purpose": None, "commissionPurpose": "Vård och behandling"},
            Actor(Role.REGION, f"staff:{STAFF}", REGION, purpose=Purpose.CARE),
        ),
    ],
)
def test_staff_and_systems(changed: dict[str, Any], wanted: Actor) -> None:
    assert actor(**changed) == wanted


def test_a_resident_is_known_by_one_identity_number_that_is_never_printed() -> None:
    twice: dict[str, Any] = {PNR: TOLVAN, "personalIdentityNumber": "19121212-1212"}
    claims_of: list[dict[str, Any]] = [{PNR: TOLVAN}, {PNR: "19121212-1212"}, twice]
    for claim in claims_of:
        found = actor(role="resident", **claim)
        assert found.person is not None
        assert found.person.value == TOLVAN
        assert TOLVAN not in repr(found)
        assert (found.region, found.purpose, found.key) == (None, Purpose.OWN_MATTER, "person:unresolved")
    assert actor(role="resident", **_of(COORDINATION, "197010632391")).person is not None


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {PNR: ""},
        {PNR: "191212121213"},
        {PNR: ["191212121212", "x"]},
        {PNR: TOLVAN, COORDINATION: "197010632391"},
        {PNR: TOLVAN, "personalIdentityNumber": "199001012385"},
        {"sealedPerson": "a.b.c.d.e"},
    ],
)
def test_a_resident_without_one_good_identity_number_is_refused(changed: dict[str, Any]) -> None:
    told = refused(role="resident", **changed)
    assert "1912" not in told
    assert "1970" not in told


@pytest.mark.parametrize(
    "changed",
    [
        {"role": None},
        {"role": "admin"},
        {"role": 5},
        {"role": []},
        {"role": {"region": 1}},
        {"role": ["region", "unit"]},
        {"role": "region ", "region": "03"},
        {"region": None},
        {"region": "3"},
        {"region": "٠٣"},
        {"region": "03\n"},
        {"region": 3},
        {"region": ["03", "12"]},
        {"role": "unit"},
        {"role": "unit", "unit": "Ekbacken"},
        {"role": "unit", "unit": ["SE1"]},
        {"employeeHsaId": None},
        {"employeeHsaId": "anna"},
        {"employeeHsaId": TOLVAN},
        {"role": "system", "sub": TOLVAN},
        {"role": "system", "sub": "19121212-1212"},
        {"role": "system", "sub": "a b"},
        {"role": "system", "sub": "x" * 81},
        {"purpose": "research"},
        {"purpose": "own-matter"},
        {"purpose": ["administration"]},
    ],
)
def test_what_a_token_lacks_or_says_twice_is_refused(changed: dict[str, Any]) -> None:
    assert TOLVAN not in refused(**changed)


@pytest.mark.parametrize("value", ["true", 1, "yes", [True]])
def test_only_true_is_the_right_to_see_protected_persons(value: Any) -> None:
    assert not actor(maySeeProtected=value).may_see_protected


def test_an_issuer_speaks_only_for_the_roles_and_regions_that_it_is_trusted_for() -> None:
    with pytest.raises(RoleNotAllowed):
        actor(roles=frozenset({Role.RESIDENT}))
    with pytest.raises(RoleNotAllowed):
        actor(regions=frozenset({"12"}))
    assert actor(regions=frozenset({"12", REGION})).region == REGION
    only = actor(roles=frozenset({Role.RESIDENT}), role=None, **_of(PNR, TOLVAN))
    assert only.role is Role.RESIDENT


def test_brokers_call_things_by_other_names() -> None:
    names = ClaimNames(
        role=("systemRole",),
        region=("county",),
        staff=("sub",),
        person=("socialno",),
        unit=("commissionHsaId",),
    )
    settings = development_settings(
        SOMEWHERE, tokens=TokenSettings(claims=names, role_prefix="SE2321000016-39YJ;")
    )
    found = actor(
        settings,
        systemRole=["SE2321000016-39YJ;unit", "OTHER;region", "region"],
        county="12",
        sub=STAFF,
        commissionHsaId=UNIT,
    )
    assert (found.role, found.region, found.unit, found.key) == (Role.UNIT, "12", UNIT, f"staff:{STAFF}")
    resident = actor(settings, systemRole="SE2321000016-39YJ;resident", socialno="191212121212")
    assert resident.person is not None


def test_a_test_catalogue_is_believed_in_development_only() -> None:
    test_id = "TSTNMT2321000156-1001"
    assert actor(employeeHsaId=test_id).key == f"staff:{test_id}"
    with pytest.raises(TokenInvalid):
        actor(development_settings(SOMEWHERE, environment="production"), employeeHsaId=test_id)


def test_the_purpose_is_the_tokens_or_else_the_requests() -> None:
    silent, stated = actor(purpose=None), actor()
    assert with_purpose(silent, "care").purpose is Purpose.CARE
    assert with_purpose(stated, None) == with_purpose(stated, "Administration") == stated
    with pytest.raises(PurposeMissing):
        with_purpose(silent, None)
    for actor_, header in [(silent, ""), (silent, "own-matter"), (silent, "curiosity"), (stated, "care")]:
        with pytest.raises(PurposeInvalid):
            with_purpose(actor_, header)
