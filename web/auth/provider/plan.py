"""What the development sign-in needs to know, and the settings by which the site knows it; two files.

They are made when `hittavard run` starts: fresh secrets each time, but the personas keep the day that their
ages are counted from, so that they stay the people that the demo data have.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.problems import Problem
from core.settings import Settings

RESIDENTS = "residents"
STAFF = "staff"
LISTED = 3
"""How many units the personas of staff may be at."""


class DevelopmentOnly(Problem):
    """The development sign-in was asked for in production."""

    code = "development-only"
    status = 403
    title = "Not in production"


@dataclass(frozen=True)
class Unit:
    """A unit that staff may be at."""

    hsa_id: str
    name: str


@dataclass(frozen=True)
class Plan:
    """`sites`: the addresses that the site has. `owner`: what HSA-ids of the personas' region begin with."""

    issuer: str
    port: int
    sites: tuple[str, ...]
    secret: str
    as_of: date
    owner: str
    units: tuple[Unit, ...]

    def client_id(self, who: str) -> str:
        """What the site is called here by residents, or by staff."""
        return f"hittavard-{who}"

    def redirect_uris(self, who: str) -> list[str]:
        """Where answers may be sent; nowhere else."""
        return [f"{site}/logga-in/svar/{who}" for site in self.sites]

    def signed_out_uris(self) -> list[str]:
        """Where one may come back to after signing out."""
        return [f"{site}/utloggad" for site in self.sites]


def folder(settings: Settings) -> Path:
    """Where the files are."""
    return settings.var_dir / "development-sign-in"


def make(settings: Settings, *, today: date, owner: str, units: tuple[Unit, ...]) -> Plan:
    """Make both files anew, readable by their owner alone. Refuses in production."""
    refuse_in_production(settings)
    place = folder(settings)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    port = settings.development_sign_in_port
    sites = [f"http://127.0.0.1:{settings.port}", f"http://localhost:{settings.port}"]
    plan = Plan(
        issuer=f"http://127.0.0.1:{port}",
        port=port,
        sites=tuple(dict.fromkeys([settings.public_url.rstrip("/") or sites[0], *sites])),
        secret=secrets.token_urlsafe(32),
        as_of=_kept_day(place) or today,
        owner=owner,
        units=units[:LISTED],
    )
    _write(place / "provider.json", json.dumps(asdict(plan), default=str, indent=1))
    _write(place / "sign-in.toml", site_settings(plan))
    return plan


def load(settings: Settings) -> Plan:
    """The plan that was made. Refuses in production."""
    refuse_in_production(settings)
    try:
        kept: dict[str, Any] = json.loads((folder(settings) / "provider.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise DevelopmentOnly("the development sign-in is started by `hittavard run`") from error
    units = tuple(Unit(**unit) for unit in kept.pop("units"))
    return Plan(
        **{**kept, "as_of": date.fromisoformat(kept["as_of"]), "sites": tuple(kept["sites"]), "units": units}
    )


def refuse_in_production(settings: Settings) -> None:
    """Where people are real, nobody chooses whom to be."""
    if settings.in_production:
        raise DevelopmentOnly("the development sign-in, where one may be anybody, does not run in production")


def site_settings(plan: Plan) -> str:
    """The file that `HITTAVARD_SIGN_IN_FILE` names."""
    rows = [
        (RESIDENTS, "E-legitimation", "E-identification", '["openid", "profile"]'),
        (STAFF, "Tjänstelegitimation", "Staff e-identification", '["openid", "profile"]'),
    ]
    return "\n".join(
        f"""[[provider]]
key = "{who}"
for = "{who}"
name = "{name}"
name_en = "{name_en}"
issuer = "{plan.issuer}"
client_id = "{plan.client_id(who)}"
client_secret = "{plan.secret}"
scopes = {scopes}
development = true
"""
        for who, name, name_en, scopes in rows
    )


def _kept_day(place: Path) -> date | None:
    try:
        return date.fromisoformat(json.loads((place / "provider.json").read_text("utf-8"))["as_of"])
    except (FileNotFoundError, KeyError, ValueError):
        return None


def _write(path: Path, text: str) -> None:
    """In one step, never readable by others."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(
        os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    beside.replace(path)
