"""The personas as a provider would know them: their claims, by the Swedish profile and by HSA's names."""

from dataclasses import dataclass
from typing import Any

from importers.synthetic import personas as demo
from web.auth.provider.plan import RESIDENTS, STAFF, Plan

OIDC_SE = "https://id.oidc.se/claim/"
ACR = {
    RESIDENTS: {2: "http://id.elegnamnden.se/loa/1.0/loa2", 3: "http://id.elegnamnden.se/loa/1.0/loa3"},
    STAFF: {2: "http://id.sambi.se/loa/loa2", 3: "http://id.sambi.se/loa/loa3"},
}


@dataclass(frozen=True)
class Persona:
    """Somebody to choose. `who` is residents or staff."""

    key: str
    who: str
    title: str
    title_en: str
    claims: dict[str, Any]

    @property
    def name(self) -> str:
        """The persona's name."""
        return str(self.claims["name"])

    def get_user_id(self) -> str:
        """What Authlib knows a user by."""
        return self.key


def personas(plan: Plan) -> dict[str, Persona]:
    """Everyone whom one may be, by key."""
    residents = [_resident(person) for person in demo.people(plan.as_of) if person.signs_in]
    staff = [_employee(one, n, plan) for n, one in enumerate(demo.staff(), 1) if one.units <= len(plan.units)]
    return {one.key: one for one in [*residents, *staff]}


def _resident(person: demo.Person) -> Persona:
    number = "personalIdentityNumber" if person.is_registered else "coordinationNumber"
    claims = {
        "sub": f"persona-{person.key}",
        "name": f"{person.given_name} {person.family_name}",
        "given_name": person.given_name,
        "family_name": person.family_name,
        f"{OIDC_SE}{number}": person.number,
    }
    return Persona(person.key, RESIDENTS, person.title, person.title_en, claims)


def _employee(one: demo.Employee, running: int, plan: Plan) -> Persona:
    employee = f"{plan.owner}-P{running:03d}"
    at_units = [
        _commission(f"{plan.owner}-U{running:03d}{n}", "Vård och behandling", unit.hsa_id, unit.name, plan)
        for n, unit in enumerate(plan.units[: one.units])
    ]
    at_region = [_commission(f"{plan.owner}-A{running:03d}", "Administration", "", "", plan)]
    claims = {
        "sub": f"persona-{one.key}",
        "name": f"{one.given_name} {one.family_name}",
        "given_name": one.given_name,
        "family_name": one.family_name,
        "employeeHsaId": employee,
        "systemRole": [f"hittavard;{role}" for role in one.roles],
        "allCommissions": at_units or at_region,
    }
    return Persona(one.key, STAFF, one.title, one.title_en, claims)


def _commission(hsa_id: str, name: str, unit: str, unit_name: str, plan: Plan) -> dict[str, str]:
    return {
        "commissionHsaId": hsa_id,
        "commissionName": name,
        "commissionPurpose": name,
        "healthCareUnitHsaId": unit,
        "healthCareUnitName": unit_name,
        "healthCareProviderHsaId": f"{plan.owner}-VG",
    }
