"""What `hittavard run` does for the development sign-in: choose units for the staff, make the files, tell."""

import os

from sqlalchemy import Connection, Engine, text

from core import clock
from core.settings import Settings
from importers.synthetic import personas as demo
from web.auth.provider.personas import personas
from web.auth.provider.plan import LISTED, Plan, Unit, folder, make

_OWNER = text("SELECT organisation_number FROM region WHERE code = :region")
_UNITS = text(
    """
    SELECT u.hsa_id, u.name FROM care_unit u JOIN care_unit_listing_status s ON s.care_unit_id = u.id
    WHERE u.region_code = :region AND u.status = 'active' AND u.kind <> 'provider' AND u.hsa_id IS NOT NULL
    ORDER BY u.id LIMIT :count
    """
)


def prepare(engine: Engine, settings: Settings) -> Plan | None:
    """Make the files and let the site, which is started next, find its own; None when it has others."""
    if settings.in_production or settings.sign_in_file is not None:
        return None
    with engine.connect() as connection:
        plan = make(settings, today=clock.today(), owner=_owner(connection), units=_units(connection))
    os.environ["HITTAVARD_SIGN_IN_FILE"] = str(folder(settings) / "sign-in.toml")
    return plan


def told(plan: Plan) -> str:
    """The lines that `hittavard run` ends with."""
    names = [f"  {one.name}: {one.title}" for one in personas(plan).values()]
    return "\n".join([f"Sign in at {plan.sites[0]}/logga-in as one of:", *names])


def _owner(connection: Connection) -> str:
    return f"SE{connection.scalar(_OWNER, {'region': demo.region()})}"


def _units(connection: Connection) -> tuple[Unit, ...]:
    rows = connection.execute(_UNITS, {"region": demo.region(), "count": LISTED})
    return tuple(Unit(row.hsa_id, row.name) for row in rows)
