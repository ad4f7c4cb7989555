"""Sources: made the first time that something names them."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.provenance import Source


def ensure_source(
    session: Session, key: str, name: str | None = None, responsible_contact: str | None = None
) -> Source:
    """The source with this key, made if it is new. Safe when two imports name it at once."""
    session.execute(
        insert(Source)
        .values(key=key, name=name or key, responsible_contact=responsible_contact)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return session.execute(select(Source).where(Source.key == key)).scalar_one()
