"""What a load balancer asks: is the process alive, and can it answer people."""

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from web.read_model import keeper
from web.unit_of_work import read_session

STALE_SECONDS = 120.0
"""A process that has not known for so long whether what it holds is up to date should be asked no more."""


def register(app: Flask) -> None:
    """`/health/live` answers while the process runs; `/health/ready` when it can serve, else 503.

    Ready means: the database answers and has our tables, and this process has read the directory and the
    index and knows that both are up to date. What each check means stands in `docs/operations.md`.
    """

    @app.get("/health/live")
    def live() -> Response:
        return _answer({"status": "ok"})

    @app.get("/health/ready")
    def ready() -> Response:
        held = keeper()
        held.start()  # whoever asks sets it to work
        age = held.age
        checks = {
            "database": False,
            "migrations": False,
            "index": held.searchable,
            "readModel": held.ready and age is not None and age < STALE_SECONDS,
        }
        version = None
        try:
            version = read_session().execute(text("SELECT version_num FROM alembic_version")).scalar()
            checks["database"] = True
            checks["migrations"] = version is not None
        except SQLAlchemyError:
            checks["database"] = _database_answers()
        good = all(checks.values())
        body = {
            "status": "ok" if good else "unavailable",
            "checks": checks,
            "dbVersion": version,
            "readModelAgeSeconds": None if age is None else round(age, 1),
        }
        response = _answer(body)
        response.status_code = 200 if good else 503
        return response


def _answer(body: dict[str, object]) -> Response:
    response = jsonify(body)
    response.cache_control.no_store = True
    return response


def _database_answers() -> bool:
    """Told apart from a database without our tables, because the cure differs."""
    session = read_session()
    try:
        session.rollback()
        return session.execute(text("SELECT 1")).scalar() == 1
    except SQLAlchemyError:
        return False
