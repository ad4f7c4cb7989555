"""Changed identity numbers: the row stays the same, so the listing follows and nothing counts as a change.

The former number still finds the person, unless the new one was given for protection (fingerade
personuppgifter, lag 1991:483): then every former number is forgotten.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.people import sealing
from listing.people.keys import KeyRing
from listing.services.life_events.people import Renamed

# A number that was former and is the present one again is former no more.
_PRESENT = text("DELETE FROM former_identity WHERE identity_hash = ANY(CAST(:hashes AS bytea[]))")
_FORGET = text("DELETE FROM former_identity WHERE person_id = ANY(CAST(:ids AS bigint[]))")
_RENAME = text(
    """
    UPDATE person p SET identity_hash = k.hash, hash_key = k.hash_key, identity_kind = k.kind
    FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[]), CAST(:keys AS smallint[]),
        CAST(:kinds AS text[])) AS k (id, hash, hash_key, kind)
    WHERE p.id = k.id
    """
)
_KEEP = text(
    """
    INSERT INTO former_identity (identity_hash, hash_key, person_id, until)
    SELECT * FROM unnest(CAST(:hashes AS bytea[]), CAST(:keys AS smallint[]), CAST(:ids AS bigint[]),
        CAST(:until AS date[]))
    ON CONFLICT (identity_hash) DO UPDATE SET person_id = excluded.person_id, until = excluded.until
    """
)


def carry_out(session: Session, ring: KeyRing, renamed: Sequence[Renamed]) -> None:
    """Give these people their new numbers, each the last that the file has for them."""
    if not renamed:
        return
    last = {one.person_id: one for one in renamed}
    ordered = [last[person_id] for person_id in sorted(last)]
    session.execute(
        _RENAME,
        {
            "ids": [one.person_id for one in ordered],
            "hashes": [one.identity_hash for one in ordered],
            "keys": [one.hash_key for one in ordered],
            "kinds": [one.identity_kind for one in ordered],
        },
    )
    kept: dict[bytes, tuple[Any, ...]] = {}
    for one in renamed:
        if one.former is not None:
            hashed, key = sealing.lookup_hash(one.former, ring)
            kept[hashed] = (hashed, key, one.person_id, one.day)
    if kept:
        columns = [list(column) for column in zip(*kept.values(), strict=True)]
        session.execute(_KEEP, dict(zip(("hashes", "keys", "ids", "until"), columns, strict=True)))
    session.execute(_PRESENT, {"hashes": [one.identity_hash for one in ordered]})
    secret = [one.person_id for one in renamed if one.former is None]
    if secret:
        session.execute(_FORGET, {"ids": secret})
