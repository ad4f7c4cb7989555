"""Claims of different brokers, read by their settings."""

from dataclasses import replace
from typing import Any

import pytest

from listing.actor import Role
from web.auth.signin import claims
from web.auth.signin.configuration import Provider, ResidentClaims
from web.auth.signin.errors import AnswerRefused, NoIdentity
from web.auth.signin.levels import KNOWN, level_of, names_from

BROKER = Provider("b", False, "B", "B", "https://b.example.se", "id")
STAFF = replace(BROKER, staff=True)
NUMBER = "199208239989"
COORDINATION = "199808839980"


@pytest.mark.parametrize(
    "given",
    [
        {"https://id.oidc.se/claim/personalIdentityNumber": NUMBER},
        {"personalNumber": "19920823-9989"},
        {"socialno": NUMBER},
        {"nin": {"value": NUMBER, "type": "PERSON"}},
        {"urn:oid:1.2.752.29.4.13": NUMBER},
        {"personalNumber": NUMBER, "socialno": "19920823-9989"},
    ],
)
def test_a_number_under_any_of_the_usual_names(given: dict[str, Any]) -> None:
    number, name = claims.resident({**given, "given_name": "Anna", "family_name": "Ekdal"}, BROKER)
    assert (number.value, name) == (NUMBER, "Anna Ekdal")


def test_a_name_of_ones_own_in_the_settings_replaces_the_usual_ones() -> None:
    own = replace(BROKER, resident_claims=ResidentClaims(identity=("urn:example:nr",)))
    assert claims.resident({"urn:example:nr": COORDINATION}, own)[0].value == COORDINATION
    with pytest.raises(NoIdentity):
        claims.resident({"personalNumber": NUMBER}, own)


@pytest.mark.parametrize("given", ["199208239980", "19921323-9989", "abc", "", 7, ["x"], "T200001011234"])
def test_a_number_that_is_nobodys_is_refused_without_being_repeated(given: Any) -> None:
    with pytest.raises(NoIdentity) as refusal:
        claims.resident({"personalNumber": given}, BROKER)
    assert str(given) == "" or str(given) not in str(refusal.value)


def test_two_people_in_one_answer_are_refused() -> None:
    with pytest.raises(AnswerRefused):
        claims.resident({"personalNumber": NUMBER, "socialno": COORDINATION}, BROKER)


@pytest.mark.parametrize("as_json", [True, False])
def test_commissions_as_a_list_or_as_json(as_json: bool) -> None:
    listed = (
        '[{"commissionHsaId": "se2321000024-a1", "commissionName": "Vård"}, {"commissionHsaId": "wrong"}, 7]'
    )
    given: Any = listed if as_json else [{"commissionHsaId": "SE2321000024-A1", "commissionName": "Vård"}]
    _employee, _name, found = claims.staff(
        {"employeeHsaId": "SE2321000024-P1", "allCommissions": given}, STAFF
    )
    assert [(one.hsa_id, one.name) for one in found] == [("SE2321000024-A1", "Vård")]


def test_a_commission_chosen_at_the_provider_is_the_one() -> None:
    rows = [{"commissionHsaId": f"SE2321000024-A{n}"} for n in range(3)]
    given = {"employeeHsaId": "SE2321000024-P1", "allCommissions": rows, "commissionHsaId": "SE2321000024-A2"}
    assert [one.hsa_id for one in claims.staff(given, STAFF)[2]] == ["SE2321000024-A2"]


def test_one_commission_without_a_list() -> None:
    given = {
        "employeeHsaId": "SE2321000024-P1",
        "commissionHsaId": "SE2321000024-A2",
        "healthCareUnitHsaId": "SE2321000024-E1",
    }
    assert [one.unit for one in claims.staff(given, STAFF)[2]] == ["SE2321000024-E1"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("hittavard;unit", ([Role.UNIT], False)),
        (["HITTAVARD;region", "hittavard;protected"], ([Role.REGION], True)),
        (["other;region", "hittavard;unknown"], ([], False)),
        ("other;protected", ([], False)),
        (None, ([], False)),
    ],
)
def test_system_roles_of_ours_alone(given: Any, expected: tuple[list[Role], bool]) -> None:
    assert claims.roles({"systemRole": given}, STAFF) == expected


def test_levels() -> None:
    assert level_of("http://id.elegnamnden.se/loa/1.0/loa3", KNOWN, 0) == 3
    assert level_of("http://eidas.europa.eu/LoA/substantial", KNOWN, 0) == 3
    assert level_of("anything", KNOWN, 3) == 0
    assert level_of(["http://id.elegnamnden.se/loa/1.0/loa3"], KNOWN, 3) == 0
    assert level_of(None, KNOWN, 2) == 2
    assert names_from(3, {"a": 2, "b": 4, "c": 3}, ["b", "c", "d", "a"]) == ["c", "b"]
