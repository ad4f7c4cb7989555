"""The requests: each a different person with a token of their own, so that nothing is answered twice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from bench.register.world import FIRST_PERSON, World, aim, full, hsa_id
from codes.identifiers import PersonId
from core.settings import Settings
from listing.actor import Role
from web.auth import development


@dataclass(frozen=True)
class Kind:
    """A way of using the register: how a person's request looks."""

    key: str
    meaning: str
    line: Callable[[str, PersonId, int], str]


def _post(path: str, token: str, key: str, body: Mapping[str, object]) -> str:
    return "\t".join(("POST", path, token, key, orjson.dumps(body).decode()))


def _list(token: str, number: PersonId, person: int) -> str:
    body = {"personId": number.value, "hsaId": hsa_id(aim(person))}
    return _post("/api/v1/listings", token, f"list-{person}", body)


def _queue(token: str, number: PersonId, person: int) -> str:
    body = {"personId": number.value, "hsaId": hsa_id(full(person)), "joinQueue": True}
    return _post("/api/v1/listings", token, f"queue-{person}", body)


def _status(_token: str, _number: PersonId, person: int) -> str:
    return "\t".join(("GET", f"/api/v1/care-units/{hsa_id(aim(person))}/listing", "-", "-", "-"))


def _look(token: str, number: PersonId, _person: int) -> str:
    return _post("/api/v1/person-listings", token, "-", {"personId": number.value})


KINDS = (
    Kind("list", "list", _list),
    Kind("queue", "queue", _queue),
    Kind("status", "status of a unit", _status),
    Kind("person_listings", "a person's listings", _look),
)


def write(kind: Kind, world: World, tokens: list[str], first: int, folder: Path) -> Path:
    """A file of the requests of all who can sign in, from place `first` on and round."""
    people = list(enumerate(zip(world.signed, tokens, strict=True)))
    path = folder / f"{kind.key}.txt"
    with path.open("w", encoding="utf-8") as file:
        for place, (number, token) in (*people[first:], *people[:first]):
            file.write(kind.line(token, number, FIRST_PERSON + place) + "\n")
    return path


def tokens(world: World, settings: Settings) -> Iterator[str]:
    """A resident's token for each who can sign in."""
    for number in world.signed:
        yield development.issue(settings, Role.RESIDENT, person=number, hours=2)
