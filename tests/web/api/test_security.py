"""What callers meet at routes for roles, what the document says of it, and that nothing leaks on the way."""

import io
import json
import logging as standard_logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey

from core import logging
from core.token_settings import TokenSettings
from listing.actor import Purpose, Role
from tests.support.tokens import ISSUER, STAFF, TOLVAN, bearer_for, development_settings, signed
from tests.web import role_routes
from web import access
from web.api.document import document
from web.app import create_app

PNR = "https://id.oidc.se/claim/personalIdentityNumber"
KEY = ECKey.generate_key("P-256", auto_kid=True)
TRIAL = role_routes.PREFIX


@pytest.fixture
def trial(tmp_path: Path) -> Flask:
    """The application with routes for roles, which trusts one issuer beside its own."""
    published = json.dumps({"keys": [KEY.as_dict(private=False)]}).encode()
    tokens = TokenSettings(issuers=(ISSUER,), jwks_urls=(f"{ISSUER}/keys",))
    app = create_app(development_settings(tmp_path, tokens=tokens))
    app.extensions["hittavard.issuers"][ISSUER].keys.get = lambda _: published
    app.extensions["trial"] = role_routes.add(app)
    return app


@pytest.fixture
def caller(trial: Flask) -> FlaskClient:
    """Somebody who calls."""
    return trial.test_client()


def bearer(token: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **headers}


def test_the_view_finds_its_caller(caller: FlaskClient) -> None:
    answer = caller.get(f"{TRIAL}/region", headers=bearer(signed(KEY)))
    assert answer.get_json() == {"key": f"staff:{STAFF}", "purpose": "administration"}


@pytest.mark.parametrize(
    ("header", "code", "challenge"),
    [
        (None, "token-missing", 'Bearer realm="hittavard"'),
        ("", "token-missing", 'Bearer realm="hittavard"'),
        ("Basic YTpi", "token-invalid", 'Bearer realm="hittavard", error="invalid_token"'),
        ("Bearer", "token-invalid", 'Bearer realm="hittavard", error="invalid_token"'),
        ("Bearer x", "token-invalid", 'Bearer realm="hittavard", error="invalid_token"'),
    ],
)
def test_401_says_what_is_wrong(caller: FlaskClient, header: str | None, code: str, challenge: str) -> None:
    answer = caller.get(f"{TRIAL}/unit", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["code"] == code


def test_403_names_the_scope(caller: FlaskClient) -> None:
    answer = caller.get(f"{TRIAL}/unit", headers=bearer(signed(KEY)))
    assert (answer.status_code, answer.get_json()["code"]) == (403, "role-not-allowed")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_a_token_elsewhere_than_in_the_header_does_not_count(caller: FlaskClient) -> None:
    token = signed(KEY)
    assert caller.get(f"{TRIAL}/region?access_token={token}").status_code == 401
    caller.set_cookie("access_token", token)
    assert caller.get(f"{TRIAL}/region").status_code == 401


def test_keys_out_of_reach_are_503_with_a_time_to_come_back(trial: Flask, caller: FlaskClient) -> None:
    def unreachable(_: str) -> bytes:
        raise OSError

    trial.extensions["hittavard.issuers"][ISSUER].keys.get = unreachable
    answer = caller.get(f"{TRIAL}/region", headers=bearer(signed(KEY)))
    assert (answer.status_code, answer.get_json()["code"]) == (503, "token-keys-unavailable")
    assert answer.headers["Retry-After"] == "2"


def test_persons_are_read_for_a_purpose(trial: Flask, caller: FlaskClient) -> None:
    def ask(role: Role, purpose: Purpose | None, **headers: str) -> tuple[str, Any]:
        whole = bearer_for(trial, role, purpose) | headers
        answer = caller.post(f"{TRIAL}/persons", headers=whole).get_json()
        return answer.get("code", "done"), answer.get("purpose")

    stated = {"Access-Purpose": "administration"}
    assert ask(Role.UNIT, Purpose.CARE) == ("done", "care")
    assert ask(Role.UNIT, None) == ("purpose-missing", None)
    assert ask(Role.UNIT, None, **stated) == ("done", "administration")
    assert ask(Role.UNIT, Purpose.CARE, **stated) == ("purpose-invalid", None)
    assert ask(Role.RESIDENT, None) == ("done", "own-matter")
    assert ask(Role.REGION, Purpose.CARE) == ("role-not-allowed", None)


def test_the_document_draws_security_from_what_the_routes_declare(trial: Flask) -> None:
    drawn = document(trial, trial.extensions["trial"].spec.to_dict())
    for path, item in drawn["paths"].items():
        for method, operation in item.items():
            declared = access.audience_of(trial, _endpoint(trial, path, method))
            assert declared is not None
            assert operation["x-audience"] == sorted(declared.roles)
            assert operation["security"] == [{"accessToken": []}]
            assert {"401", "403"} <= set(operation["responses"])
    persons = drawn["paths"]["/trial/persons"]
    assert {"$ref": "#/components/parameters/accessPurpose"} in persons["post"]["parameters"]
    assert {"$ref": "#/components/parameters/idempotencyKey"} in persons["delete"]["parameters"]
    assert "204" in persons["delete"]["responses"]
    components = drawn["components"]
    assert components["securitySchemes"]["accessToken"]["scheme"] == "bearer"
    assert {"401", "403"} <= set(components["responses"])


def _endpoint(app: Flask, path: str, method: str) -> str:
    adapter = app.url_map.bind("localhost")
    return str(adapter.match(f"/api/v1{path}", method.upper())[0])


def test_a_document_without_roles_says_nothing_of_tokens(tmp_path: Path) -> None:
    app = create_app(development_settings(tmp_path))
    whole = app.extensions["openapi"]
    with_roles = [
        operation
        for item in whole["paths"].values()
        for method, operation in item.items()
        if method != "parameters" and operation["security"]
    ]
    assert bool(with_roles) == ("securitySchemes" in whole["components"])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that the program logs, at the most talkative level and in its own form."""
    text = io.StringIO()
    root = standard_logging.getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    logging.configure("DEBUG", json=True)
    # Standard error is another one in a test's own phase than here, so what would go there goes to the text.
    kept = standard_logging.StreamHandler(text)
    kept.setFormatter(root.handlers[0].formatter)
    root.handlers = [kept]
    yield text
    root.handlers, root.level = before[0], before[1]
    structlog.configure(**before[2])


def test_neither_tokens_nor_identity_numbers_reach_logs_problems_or_metrics(
    trial: Flask, caller: FlaskClient, log: io.StringIO
) -> None:
    written = f"{TOLVAN[:8]}-{TOLVAN[8:]}"

    @trial.post(f"{TRIAL}/fault")
    @access.audience(Role.RESIDENT)
    def fault() -> str:
        raise RuntimeError(f"a fault while {access.current_actor()} acts")

    other = ECKey.generate_key("P-256", auto_kid=True)
    resident: dict[str, Any] = {"role": "resident", PNR: written}
    tokens = [
        signed(KEY, **resident),
        signed(KEY, **{**resident, PNR: "19121212-1213"}),
        signed(KEY, **resident, exp=1),
        signed(KEY, **resident, aud="another"),
        signed(other, **resident),
        signed(KEY, role="unit", unit=written, employeeHsaId=TOLVAN),
        signed(KEY, role="system", sub=TOLVAN),
        signed(KEY, role="region", employeeHsaId=written),
        bearer_for(trial, Role.RESIDENT)["Authorization"].removeprefix("Bearer "),
    ]
    trial.testing = False
    shown = ""
    for token in tokens:
        for method, path in [("GET", "resident"), ("GET", "region"), ("POST", "persons"), ("POST", "fault")]:
            answer = caller.open(f"{TRIAL}/{path}", method=method, headers=bearer(token))
            shown += answer.text + str(answer.headers)
    assert '"status":500' in shown
    assert '"purpose":"own-matter"' in shown
    assert '"code":"token-expired"' in shown
    for endpoint in ("live", "metrics"):
        if endpoint in trial.view_functions:
            with trial.test_request_context():
                address = trial.url_map.bind("localhost").build(endpoint)
            shown += caller.get(address).text
    standard_logging.getLogger("hittavard.auth").info("the log is heard")
    logged = log.getvalue()
    assert "the log is heard" in logged
    assert "unexpected error" in logged
    for secret in (TOLVAN, written, TOLVAN[2:], "19121212-1213", "191212121213"):
        assert secret not in shown + logged
    for token in tokens:
        for part in token.split("."):
            assert part not in shown + logged
