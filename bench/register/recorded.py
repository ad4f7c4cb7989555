"""One listing's SQL, recorded from the product and written as a pgbench script for other people.

What differs from person to person is replaced by pgbench's variables; keys that the database gives are taken
over with \\gset. So pgbench sends the same statements in the same order, prepared, with nothing in between.
"""

import re
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from bench.register.world import FIRST_PERSON, LISTING_ID, OPEN_UNITS, aim, home, hsa_id
from core.database import normal_url
from listing.actor import Actor, Purpose, Role
from listing.services.choosing import choose
from listing.services.requests import Choice

_KEY = "recorded-key"


def script(url: str, people: int, start: int, share: int) -> str:
    """A pgbench script: each client (-D n=0) lists the people of its own share, one after another.

    The shares follow each other from person `start` on. The last person of all is the one who is recorded.
    """
    sample = FIRST_PERSON + people - 1
    statements, gives = _record(url, sample)
    lines = [
        rf"\set person {start} + :client_id * {share} + :n",
        r"\set n :n + 1",
        rf"\set home {home(0)} + :person * 7 % {OPEN_UNITS}",
        rf"\set aim {home(0)} + (:person * 7 + 3) % {OPEN_UNITS}",
        "BEGIN;",
    ]
    known: list[tuple[str, str]] = []
    for number, (statement, given) in enumerate(zip(statements, gives, strict=True)):
        line = _general(statement, sample, known)
        if given is not None:
            lines.append(rf"{line} \gset v{number}_")
            known.append((str(given), f"v{number}_id"))
        else:
            lines.append(f"{line};")
    return "\n".join([*lines, "COMMIT;", ""])


def _record(url: str, person: int) -> tuple[list[str], list[UUID | None]]:
    """The statements of one listing with their values in place, and the key that each gave.

    The new listing's own key, which the product makes, becomes the one that `_general` knows.
    """
    seen: list[tuple[Any, Any]] = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            seen.append((query, params))
            return super().execute(query, params, **options)

    engine = create_engine(normal_url(url), connect_args={"cursor_factory": Noting})
    with Session(engine) as session:
        session.connection()
        seen.clear()  # What SQLAlchemy asks of a new connection.
        actor = Actor(Role.RESIDENT, f"person:{person}", person_id=person, purpose=Purpose.OWN_MATTER)
        choose(session, actor, _KEY, [Choice(person, hsa_id(aim(person)))])
        sent = list(seen)
        listing, operation = _given(session, person)
        session.rollback()
    known = _new_listing(person)
    statements = [
        one.replace(str(listing), str(known)).replace(listing.hex, known.hex)
        for one in _rendered(engine, sent)
    ]
    engine.dispose()
    return statements, [operation if one.startswith("INSERT INTO operation ") else None for one in statements]


def _given(session: Session, person: int) -> tuple[UUID, UUID]:
    """The keys of the listing and of the operation that were made."""
    listing = text("SELECT id FROM listing WHERE person_id = :person AND upper_inf(valid)")
    operation = text("SELECT id FROM operation WHERE idempotency_key = :key")
    return (
        session.scalars(listing, {"person": person}).one(),
        session.scalars(operation, {"key": _KEY}).one(),
    )


def _new_listing(person: int) -> UUID:
    return UUID(f"00000000-0000-4000-9000-{person:012x}")


def _rendered(engine: Engine, seen: list[tuple[Any, Any]]) -> list[str]:
    raw = engine.raw_connection()
    try:
        cursor = psycopg.ClientCursor(raw.driver_connection)  # type: ignore[arg-type]
        return [" ".join(cursor.mogrify(statement, values).split()) for statement, values in seen]
    finally:
        raw.close()


def _general(statement: str, sample: int, known: list[tuple[str, str]]) -> str:
    """The statement for any person: keys become variables, inside texts too."""
    old_listing = UUID(f"00000000-0000-4000-8000-{sample:012x}")
    keys = [(old_listing, LISTING_ID.format(person=":person::bigint"))]
    keys += [(_new_listing(sample), keys[0][1].replace("-8000-", "-9000-"))]
    keys += [(UUID(value), f":{name}::uuid") for value, name in known]
    replaced = [
        *((str(key), instead) for key, instead in keys),
        *((key.hex, instead) for key, instead in keys),
        (_KEY, "(:person::text || '-' || random()::text)"),
        (hsa_id(aim(sample)), "('SE2321000016-BENCH' || :aim)"),
        (str(sample), ":person"),
        (str(aim(sample)), ":aim"),
        (str(home(sample)), ":home"),
    ]
    return re.sub(r"'(?:[^']|'')*'(?:::\w+)?|[^']+", lambda part: _part(part.group(), replaced), statement)


def _part(part: str, replaced: list[tuple[str, str]]) -> str:
    if not part.startswith("'"):
        for value, instead in replaced:
            part = re.sub(rf"\b{re.escape(value)}\b", instead, part)
        return part
    body, cast = part[1 : part.rindex("'")], part[part.rindex("'") + 1 :]
    for value, instead in replaced:
        if body == value:
            return f"({instead}){cast}"
        body = body.replace(value, f"' || {instead}::text || '")
    # In JSON a word may follow a colon; pgbench would take it for a variable.
    body = re.sub(r":(?=null|true|false)", ": ", body)
    return f"('{body}'){cast}" if "||" in body else f"'{body}'{cast}"
