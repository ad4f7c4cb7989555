"""Logging: one event per line on standard error, JSON in a pipe, readable on a terminal.

No personal data is ever logged: events carry keys and counts.
"""

import logging
import sys
from typing import Any, TextIO

import structlog


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is when a line comes: who runs a command in a process that goes on may
    have put another in its place and closed it since."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Standard error at this moment."""
        return sys.stderr


def configure(level: str = "INFO", *, json: bool | None = None) -> None:
    """Set up structlog and the standard library's loggers alike; `json=None` decides by the terminal."""
    as_json = not sys.stderr.isatty() if json is None else json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if as_json:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        last += [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.PositionalArgumentsFormatter()], processors=last
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel("WARNING")


def get(name: str) -> Any:
    """A logger for `name`: `get("index").info("rebuilt", units=3000)`."""
    return structlog.stdlib.get_logger(f"hittavard.{name}")
