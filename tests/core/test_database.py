"""The door to the database: addresses, time zone, and all or nothing."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.database import normal_url, unit_of_work
from core.provenance import Source


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_form_of_address_names_the_driver(scheme: str) -> None:
    expected = "postgresql+psycopg://anna:a%40b@db.example:6543/vard?sslmode=require"
    assert normal_url(f"{scheme}://anna:a%40b@db.example:6543/vard?sslmode=require") == expected


@pytest.mark.parametrize("url", ["mysql://localhost/x", "localhost/x", "", "sqlite://"])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        normal_url(url)


def test_sessions_run_in_utc(session: Session) -> None:
    assert session.scalar(text("SHOW timezone")) == "UTC"


def _fail_half_way(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.add(Source(key="half", name="Half"))
        session.flush()
        raise RuntimeError("half way")


def test_a_failed_unit_of_work_leaves_nothing(clean_database: Engine) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        _fail_half_way(clean_database)
    with unit_of_work(clean_database) as session:
        assert session.query(Source).count() == 0


def test_swedish_names_sort_as_in_swedish(session: Session) -> None:
    names = "ARRAY['Öland', 'Ängelholm', 'Zinkgruvan', 'Åmål']"
    rows = session.scalars(text(f'SELECT n FROM unnest({names}) n ORDER BY n COLLATE "sv-x-icu"'))
    assert list(rows) == ["Zinkgruvan", "Åmål", "Ängelholm", "Öland"]
