"""What a person has been told: by allocations, closures, offers and corrections."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from listing.errors import NoticeUnknown

_PAGE = text(
    """
    SELECT n.id, n.kind, n.listing_type, u.hsa_id, u.name AS unit_name, n.detail, n.created_at, n.read_at,
        count(*) OVER () AS total
    FROM listing_notice n LEFT JOIN care_unit u ON u.id = n.care_unit_id
    WHERE n.person_id = :person ORDER BY n.id DESC LIMIT :limit OFFSET :skipped
    """
)
_TOTAL = text("SELECT count(*) FROM listing_notice WHERE person_id = :person")
_WHOSE = text("SELECT person_id FROM listing_notice WHERE id = :id")


def notices_page(session: Session, person_id: int, *, limit: int, page: int) -> tuple[int, list[Any]]:
    """How many there are, and one page of rows, the newest first. The caller answers for the right."""
    values = {"person": person_id, "limit": limit, "skipped": (page - 1) * limit}
    rows = list(session.execute(_PAGE, values).all())
    total = rows[0].total if rows else session.scalar(_TOTAL, values) or 0
    return total, rows


def told_to(session: Session, notice_id: int) -> int:
    """Who was told; raises `NoticeUnknown`."""
    found: int | None = session.scalar(_WHOSE, {"id": notice_id})
    if found is None:
        raise NoticeUnknown("There is no such message")
    return found
