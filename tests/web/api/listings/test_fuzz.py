"""Calls made from the document and against it, in every role: no fault of ours, answers as documented."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from core.settings import Settings
from listing.actor import SEES_PERSONS, Role
from tests.web.api.listings.conftest import Register, Somebody
from web.api import openapi
from web.app import create_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
DOCUMENT = openapi(create_app(Settings()))
CASES = [
    (path, method)
    for path, item in sorted(DOCUMENT["paths"].items())
    for method, operation in item.items()
    if method != "parameters" and operation["x-audience"] != "public"
]


class World:
    """What exists: half of all calls are about it."""

    def __init__(self, register: Register) -> None:
        self.unit, self.other = register.unit(1), register.unit()
        self.people = [register.person(), register.person(), register.person(7)]
        register.custody(self.people[2], self.people[0])
        self.doctor, self.substitute = register.doctor(self.unit), register.doctor(self.unit)
        self.ids = [
            register.list(one, one, self.unit, joinQueue=True).get_json()["id"] for one in self.people[:2]
        ]

    def callers(self, register: Register) -> list[dict[str, str]]:
        """One of each kind, with the rights that reach furthest."""
        staff = [
            register.token(
                role,
                unit=self.unit if role is Role.UNIT else None,
                protected=role in SEES_PERSONS,
            )
            for role in Role
            if role is not Role.RESIDENT
        ]
        return [*staff, register.token(self.people[0])]


@pytest.fixture(scope="module")
def world(register: Register) -> World:
    """Units, people, doctors and a queue."""
    return World(register)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), CASES)
def test_answers_conform_in_every_role(
    register: Register, world: World, path: str, method: str, mode: GenerationMode
) -> None:
    """Cases that follow the document and cases that break it."""
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.app = register.app

    @BOUNDED
    @given(
        case=schema[path][method.upper()].as_strategy(generation_mode=mode),
        caller=st.sampled_from(world.callers(register)),
        person=st.sampled_from(world.people),
        number=st.integers(0, 1),
        known=st.booleans(),
    )
    def check(case: Any, caller: dict[str, str], person: Somebody, number: int, known: bool) -> None:
        if known:
            exists = {
                "hsaId": world.unit,
                "id": "1" if path.startswith(("/regular", "/person")) else world.ids[number],
                "professionalHsaId": world.doctor,
                "substituteHsaId": world.substitute,
            }
            case.path_parameters = {name: exists[name] for name in case.path_parameters or {}}
            bodies = case.body if isinstance(case.body, list) else [case.body]
            for body in (one for one in bodies if isinstance(one, dict)):
                body.update({name: person.text for name in ("personId",) if name in body})
                body.update({name: world.other for name in ("hsaId", "successorHsaId") if name in body})
        case.headers = {**(case.headers or {}), **caller}
        case.call_and_validate(base_url="http://localhost/api/v1", checks=CHECKS)

    check()
