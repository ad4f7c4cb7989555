"""Access tokens of the development issuer, made when they are needed and kept."""

import threading
from collections.abc import Callable

from bench.storm.population import Human
from bench.storm.world import Unit
from core.settings import Settings
from listing.actor import Purpose, Role
from web.auth import development

_HOURS = 4


class Tokens:
    """Shared by all clients."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[str, str] = {}
        self._lock = threading.Lock()

    def resident(self, human: Human) -> str:
        """Of the person."""
        return self._keep(
            f"resident {human.place}",
            lambda: development.issue(self._settings, Role.RESIDENT, person=human.identity, hours=_HOURS),
        )

    def unit(self, unit: Unit) -> str:
        """Of somebody at the unit's desk."""
        return self._keep(f"unit {unit.hsa_id}", lambda: self._staff(Role.UNIT, unit.region, unit.hsa_id))

    def region(self, region: str) -> str:
        """Of somebody at the region's office."""
        return self._keep(f"region {region}", lambda: self._staff(Role.REGION, region, None))

    def _staff(self, role: Role, region: str, unit: str | None) -> str:
        purpose = Purpose.ADMINISTRATION
        return development.issue(
            self._settings, role, region=region, unit=unit, purpose=purpose, hours=_HOURS
        )

    def _keep(self, name: str, make: Callable[[], str]) -> str:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            return self._kept[name]
