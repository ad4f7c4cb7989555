"""Whether a key file is the one of this database."""

from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.database import unit_of_work
from listing.people.errors import KeysUnavailable
from listing.people.keys import KeyRing, key_ring
from listing.people.models import KeyCheck


def confirm_keys_of(engine: Engine) -> None:
    """`confirm_keys` when a program starts, which makes a missing file in development."""
    with unit_of_work(engine) as session:
        confirm_keys(session)


def confirm_keys(session: Session, ring: KeyRing | None = None, *, remember: bool = True) -> None:
    """Refuse a file whose keys are others; `remember` the check values of keys that are new here.

    Without this, a wrong file would find nobody, add everybody anew and call every seal a forgery.
    """
    ring = ring or key_ring()
    expected = {
        (use.value, number): ring[use].check_value(number)
        for use in ring.uses
        for number in ring[use].numbers
    }
    known = {(row.use, row.number): bytes(row.check_value) for row in session.scalars(select(KeyCheck))}
    if any(known.get(key, value) != value for key, value in expected.items()):
        raise KeysUnavailable(
            "the key file (HITTAVARD_KEYS_FILE) is not the one of this database; restore the right one"
        )
    new: list[dict[str, Any]] = [
        {"use": use, "number": number, "check_value": value}
        for (use, number), value in expected.items()
        if (use, number) not in known
    ]
    if new and remember:
        session.execute(insert(KeyCheck).values(new).on_conflict_do_nothing())
