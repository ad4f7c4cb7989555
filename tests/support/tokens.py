"""Access tokens for tests: of the development issuer for each role, and of any issuer with any claims."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from joserfc import jwt

from codes.identifiers import parse_person_id
from core import clock
from core.settings import Settings
from core.token_settings import TokenSettings
from listing.actor import Purpose, Role
from web.auth import development

TOLVAN = "191212121212"
UNIT = "SE2321000131-E000000000901"
STAFF = "SE2321000131-P000000000017"
REGION = "03"
ISSUER = "https://issuer.example.se"


def development_settings(var_dir: Path, **changed: Any) -> Settings:
    """Settings of a development machine with a folder of its own."""
    return Settings(
        **{"environment": "development", "var_dir": var_dir, "tokens": TokenSettings(), **changed}
    )


def bearer_for(app: Flask, role: Role, purpose: Purpose | None = Purpose.ADMINISTRATION) -> dict[str, str]:
    """The header of a caller in `role`, as `hittavard token` would give it."""
    resident = role is Role.RESIDENT
    token = development.issue(
        app.config["HITTAVARD"],
        role,
        region=None if resident else REGION,
        unit=UNIT if role is Role.UNIT else None,
        person=parse_person_id(TOLVAN) if resident else None,
        purpose=None if resident else purpose,
    )
    return {"Authorization": f"Bearer {token}"}


def claims(**changed: Any) -> dict[str, Any]:
    """What a region's administrator would have in a token; None takes a claim away."""
    now = int(clock.now().timestamp())
    whole = {
        "iss": ISSUER,
        "aud": "hittavard",
        "sub": "subject-1",
        "iat": now,
        "exp": now + int(timedelta(hours=1).total_seconds()),
        "role": "region",
        "region": REGION,
        "employeeHsaId": STAFF,
        "purpose": "administration",
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed(key: Any, header: dict[str, Any] | None = None, **changed: Any) -> str:
    """A token by `key`."""
    whole = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt", **(header or {})}
    whole = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(whole, claims(**changed), key, algorithms=[whole["alg"]])
