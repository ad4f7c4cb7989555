"""The fixtures themselves: a session leaves nothing behind, and committed rows are cleared away."""

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.provenance import Source
from tests.support.cleaning import empty_tables


def test_a_session_sees_what_it_commits_and_leaves_nothing(session: Session, engine: Engine) -> None:
    session.add(Source(key="fixture", name="Fixture"))
    session.commit()
    assert session.query(Source).filter_by(key="fixture").one().name == "Fixture"
    with Session(engine) as other:
        assert other.query(Source).filter_by(key="fixture").one_or_none() is None


def test_emptying_the_tables_keeps_what_the_migrations_wrote(clean_database: Engine) -> None:
    with Session(clean_database) as session, session.begin():
        session.add(Source(key="fixture", name="Fixture"))
    empty_tables(clean_database)
    with clean_database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM source")) == 0
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        assert connection.scalar(text("SELECT count(*) FROM spatial_ref_sys")) > 1000
