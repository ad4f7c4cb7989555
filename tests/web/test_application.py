"""What is left out of the framework is what nobody here needs."""

from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import run_wsgi_app

from core.settings import Settings
from web.app import create_app
from web.application import Application, ReadyResponse


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The application; nothing of this asks a database."""
    return create_app(Settings(index_dir=tmp_path / "index"))


def test_no_view_and_no_hook_is_a_coroutine(app: Flask) -> None:
    assert isinstance(app, Application)
    called = list(_called(app))
    assert len(called) > 50
    assert [function for function in called if iscoroutinefunction(function)] == []


def _called(app: Flask) -> Iterator[Callable[..., Any]]:
    yield from app.view_functions.values()
    for hooks in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs):
        yield from chain.from_iterable(hooks.values())
    yield from app.teardown_appcontext_funcs
    for handlers in app.error_handler_spec.values():
        for of_code in handlers.values():
            yield from of_code.values()


@pytest.mark.parametrize(("method", "body"), [("GET", b"{}"), ("HEAD", b"")])
def test_a_ready_answer_is_sent_as_it_is(method: str, body: bytes) -> None:
    response = ReadyResponse(b"{}", [("Content-Type", "application/json"), ("ETag", '"1"')])
    environ = {
        "REQUEST_METHOD": method,
        "SERVER_NAME": "test",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    sent, status, headers = run_wsgi_app(response, environ, buffered=True)
    assert (b"".join(sent), status) == (body, "200 OK")
    assert list(headers) == [("Content-Type", "application/json"), ("ETag", '"1"'), ("Content-Length", "2")]
    with pytest.raises(ValueError, match="newline"):
        ReadyResponse(b"", [("ETag", "1\r\nSet-Cookie: a=b")])
