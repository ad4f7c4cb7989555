"""The geography's stamp: while it is the same, what was read before is still true."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.geography.models import GeographyStamp


def geography_stamp(session: Session) -> uuid.UUID | None:
    """The stamp of the last change, None before anything has been loaded."""
    return session.scalar(select(GeographyStamp.stamp))
