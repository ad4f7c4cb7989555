"""What a load balancer asks: is the process alive, and can it answer people."""

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from web.read_model import keeper
from web.unit_of_work import current_settings, read_session


def register(app: Flask) -> None:
    """`/health/live` answers while the process runs; `/health/ready` when it can serve, else 503."""

    @app.get("/health/live")
    def live() -> Response:
        return _answer({"status": "ok"})

    @app.get("/health/ready")
    def ready() -> Response:
        checks = {"database": False, "migrations": False, "index": _index_present(), "readModel": _has_read()}
        version = None
        try:
            version = read_session().execute(text("SELECT version_num FROM alembic_version")).scalar()
            checks["database"] = True
            checks["migrations"] = version is not None
        except SQLAlchemyError:
            checks["database"] = _database_answers()
        good = all(checks.values())
        response = _answer(
            {"status": "ok" if good else "unavailable", "checks": checks, "dbVersion": version}
        )
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


def _has_read() -> bool:
    """Whether this process has read the directory; asking sets it to work."""
    held = keeper()
    held.start()
    return held.ready


def _index_present() -> bool:
    folder = current_settings().index_dir
    return folder.is_dir() and any(folder.iterdir())
