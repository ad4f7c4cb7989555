"""One database session per request, opened when first asked for and closed when the request ends."""

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.cluster import database_url
from core.database import engine_for
from core.settings import Settings


def register(app: Flask) -> None:
    """Close whatever session a request opened."""
    app.teardown_appcontext(_close)


def current_settings() -> Settings:
    """The settings that the application was made with."""
    value: Settings = current_app.config["HITTAVARD"]
    return value


def current_engine() -> Engine:
    """The pooled engine of this application's database; connects to nothing by itself."""
    return engine_for(database_url(current_settings()))


def read_session() -> Session:
    """The request's session for reading. PostgreSQL itself refuses to write through it.

    One transaction per request at REPEATABLE READ, so that a page built from several queries shows one
    moment and not two.
    """
    session: Session | None = g.get("read_session")
    if session is None:
        engine = current_engine().execution_options(
            postgresql_readonly=True, isolation_level="REPEATABLE READ"
        )
        session = g.read_session = Session(engine, expire_on_commit=False)
    return session


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("read_session", None)
    if session is not None:
        session.close()
