"""What people and staff want, by chance: few places, many wishes, changes of mind, and a little mischief."""

import secrets
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from urllib.parse import quote

from bench.storm.caller import Caller
from bench.storm.ledger import Asked
from bench.storm.population import Human
from bench.storm.tokens import Tokens
from bench.storm.world import Unit, World
from core import clock

LIST, PAPER, FAMILY, EXEMPT, LEAVE, LEAVE_QUEUE, ACCEPT, PRIORITY, LIMIT = (
    "list",
    "paper",
    "family",
    "exempt",
    "leave",
    "leave-queue",
    "accept",
    "priority",
    "limit",
)
CHOICES = (LIST, PAPER, FAMILY, EXEMPT)
_DECISION = "STORM-2026"


class Wishes:
    """Makes wishes. Not shared between threads."""

    def __init__(self, world: World, tokens: Tokens, caller: Caller, chance: Random) -> None:
        self._world, self._tokens, self._caller, self._chance = world, tokens, caller, chance

    def next(self) -> Asked | None:
        """What somebody wants now; None when it turned out that there was nothing to want."""
        kinds: Sequence[Callable[[], Asked | None]] = (
            self._for_oneself,
            self._for_a_child,
            self._by_paper,
            self._together,
            self._by_exemption,
            self._priority,
            self._limit,
        )
        chosen = self._chance.choices(kinds, (52, 12, 9, 3, 12, 7, 5))[0]
        return chosen()

    def another_for(self, asked: Asked) -> Asked | None:
        """The same person's other wish, with a key of its own, to be asked at the same time."""
        if asked.kind != LIST:
            return None
        unit = self._chance.choice(self._world.units)
        body = {**asked.body, "hsaId": unit.hsa_id}
        return self._make(LIST, "POST", "/listings", body, asked.token, asked.subjects, unit)

    def _for_oneself(self) -> Asked | None:
        human = self._somebody()
        return self._resident(human, self._tokens.resident(human))

    def _for_a_child(self) -> Asked | None:
        guardian = self._somebody()
        if not guardian.children:
            return self._resident(guardian, self._tokens.resident(guardian))
        child = self._world.people[self._chance.choice(guardian.children)]
        return self._resident(child, self._tokens.resident(guardian))

    def _resident(self, human: Human, token: str) -> Asked | None:
        """Look where the person stands, and go on from there."""
        whose = {"personId": human.identity.value}
        known = (
            self._caller.read("POST", "/api/v1/person-listings", token, whose) if self._happens(0.6) else None
        )
        if known:
            for entry in known["queued"]:
                if entry["status"] == "offered" and self._happens(0.9):
                    return self._answer_offer(entry, human, token)
                if entry["status"] == "waiting" and self._happens(0.25):
                    return self._end(LEAVE_QUEUE, "queue-entries", entry, human, token)
            held = [*known["scheduled"], *([known["current"]] if known["current"] else [])]
            if held and self._happens(0.45):
                return self._end(LEAVE, "listings", held[0], human, token)
        unit = self._chance.choice(self._world.units)
        wish = {**whose, "hsaId": unit.hsa_id, "joinQueue": self._happens(0.85)}
        return self._make(LIST, "POST", "/listings", wish, token, [human.id], unit)

    def _answer_offer(self, entry: dict[str, Any], human: Human, token: str) -> Asked:
        if self._happens(0.2):
            return self._end(LEAVE_QUEUE, "queue-entries", entry, human, token)
        path = f"/queue-entries/{entry['id']}/acceptances"
        unit = self._world.unit(entry["hsaId"])
        return self._make(ACCEPT, "POST", path, None, token, [human.id], unit, entry["id"])

    def _end(self, kind: str, what: str, known: dict[str, Any], human: Human, token: str) -> Asked:
        unit = self._world.unit(known["hsaId"])
        return self._make(
            kind, "DELETE", f"/{what}/{known['id']}", None, token, [human.id], unit, known["id"]
        )

    def _by_paper(self) -> Asked:
        unit = self._chance.choice(self._world.units)
        human = self._somebody()
        wish = {
            "personId": human.identity.value,
            "hsaId": unit.hsa_id,
            "joinQueue": True,
            "channel": "paper",
            "signedOn": clock.today().isoformat(),
            "formReference": f"{_DECISION}-{self._chance.randrange(10**6)}",
        }
        if self._happens(0.2):
            wish |= {"reason": "medical", "evidence": f"{_DECISION}-intyg"}
        return self._make(PAPER, "POST", "/listings", wish, self._tokens.unit(unit), [human.id], unit)

    def _together(self) -> Asked:
        guardian = self._somebody()
        unit = self._chance.choice(self._world.units)
        household = [guardian, *(self._world.people[place] for place in guardian.children)]
        wishes = [
            {"personId": human.identity.value, "hsaId": unit.hsa_id, "joinQueue": True} for human in household
        ]
        subjects = [human.id for human in household]
        return self._make(
            FAMILY, "POST", "/listings", wishes, self._tokens.resident(guardian), subjects, unit
        )

    def _by_exemption(self) -> Asked | None:
        """Somebody whom the registers exempt from a unit's limit asks to be listed just there."""
        human = self._somebody()
        if human.children and self._happens(0.6):
            return self._where_the_family_is(human)
        units = [
            unit
            for unit in self._world.units
            if human.special_housing == unit.id or (human.moved_in and unit.region == human.region)
        ]
        return (
            self._exempt(human, self._tokens.resident(human), self._chance.choice(units)) if units else None
        )

    def _where_the_family_is(self, guardian: Human) -> Asked | None:
        """A child at the guardian's unit: a newborn, or of the same household."""
        token = self._tokens.resident(guardian)
        whose = {"personId": guardian.identity.value}
        known = self._caller.read("POST", "/api/v1/person-listings", token, whose)
        if not known or not known["current"]:
            return None
        child = self._world.people[self._chance.choice(guardian.children)]
        return self._exempt(child, token, self._world.unit(known["current"]["hsaId"]))

    def _exempt(self, human: Human, token: str, unit: Unit) -> Asked:
        wish = {"personId": human.identity.value, "hsaId": unit.hsa_id, "joinQueue": self._happens(0.5)}
        return self._make(EXEMPT, "POST", "/listings", wish, token, [human.id], unit)

    def _priority(self) -> Asked | None:
        unit = self._chance.choice(self._world.units)
        token = self._tokens.unit(unit)
        path = f"/api/v1/care-units/{quote(unit.hsa_id)}/queue-entries?limit=50"
        queue = self._caller.read("GET", path, token)
        waiting = [item for item in (queue or {"items": ()})["items"] if item["status"] == "waiting"]
        if not waiting:
            return None
        entry = self._chance.choice(waiting)
        path = f"/queue-entries/{entry['id']}/priority"
        if entry["priorityReason"]:
            return self._make(PRIORITY, "DELETE", path, None, token, [], unit, entry["id"])
        why = {"reason": "medical-need", "decisionReference": f"{_DECISION}-{entry['id'][:8]}"}
        return self._make(PRIORITY, "PUT", path, why, token, [], unit, entry["id"])

    def _limit(self) -> Asked:
        unit = self._chance.choice(self._world.units)
        places = None if self._happens(0.02) else max(0, unit.places + self._chance.randint(-4, 8))
        decided = {
            "places": places,
            "validFrom": clock.today().isoformat(),
            "decisionReference": f"{_DECISION}-{secrets.token_hex(8)}",
        }
        path = f"/care-units/{quote(unit.hsa_id)}/listing-limit"
        return self._make(LIMIT, "PUT", path, decided, self._tokens.region(unit.region), [], unit)

    def _make(
        self,
        kind: str,
        method: str,
        path: str,
        body: Any,
        token: str,
        subjects: Sequence[int],
        unit: Unit,
        target: str | None = None,
    ) -> Asked:
        key = secrets.token_hex(16)
        return Asked(key, kind, method, f"/api/v1{path}", body, token, subjects, unit.hsa_id, target)

    def _somebody(self) -> Human:
        """Any grown-up, but some come again and again, so that two of their wishes meet."""
        people = self._world.people
        while (human := people[int(len(people) * self._chance.random() ** 1.7)]).is_child:
            continue
        return human

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability
