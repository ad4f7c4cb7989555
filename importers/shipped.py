"""The lists that come with the product: code systems and geography, brought up to date at every start."""

from sqlalchemy import Engine

from codes.services import load_shipped as load_code_systems
from core.database import unit_of_work
from directory.geography.services import load_shipped as load_geography


def load_shipped(engine: Engine) -> None:
    """Load what is missing or newer, in one transaction. What a region has loaded itself stays its own."""
    with unit_of_work(engine) as session:
        load_code_systems(session)
        load_geography(session)
