"""What people must be told: kept for the person's pages and for the region's letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.services.operation import Context


@dataclass(frozen=True, slots=True)
class Notice:
    """One message as a code with its arguments; the sentence is made where the language is known."""

    person_id: int
    kind: str
    listing_type: str
    care_unit_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


_TELL = text(
    """
    INSERT INTO listing_notice (person_id, kind, listing_type, care_unit_id, detail, created_at)
    SELECT person_id, kind, listing_type, care_unit_id, detail, :at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        person_id bigint, kind text, listing_type text, care_unit_id bigint, detail jsonb)
    """
)


_READ = text(
    "UPDATE listing_notice SET read_at = greatest(created_at, :at) WHERE id = :id AND read_at IS NULL"
)


def mark_read(session: Session, notice_id: int, at: datetime) -> None:
    """The person has read it; the first time stays. The caller answers for the right."""
    session.execute(_READ, {"id": notice_id, "at": at})


def tell(session: Session, context: Context, notices: Sequence[Notice]) -> None:
    """Write what these people must be told."""
    if not notices:
        return
    rows = [
        {
            "person_id": notice.person_id,
            "kind": notice.kind,
            "listing_type": notice.listing_type,
            "care_unit_id": notice.care_unit_id,
            "detail": dict(notice.detail),
        }
        for notice in notices
    ]
    session.execute(_TELL, {"rows": orjson.dumps(rows).decode(), "at": context.at})
