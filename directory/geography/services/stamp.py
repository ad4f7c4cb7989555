"""The stamp that tells every process that what it keeps of the geography in memory is out of date."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.geography.rows import Counts


def stamped(session: Session, counts: Counts) -> Counts:
    """The counts as given; a change gives the geography a new stamp in the same transaction."""
    if counts.changed:
        session.execute(
            text(
                "INSERT INTO geography_stamp (id) VALUES (1)"
                " ON CONFLICT (id) DO UPDATE SET stamp = gen_random_uuid()"
            )
        )
    return counts
