"""Errors as pages for people. Under the machine prefixes other handlers answer in their own form."""

import logging

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from core.problems import Problem

MACHINE_PREFIXES = ("/api/", "/fhir/", "/rivta/")
_log = logging.getLogger("hittavard.web")


def register(app: Flask) -> None:
    """Turn refusals into pages that say what one can do instead."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Problem, problem)
    app.register_error_handler(Exception, unexpected)


def is_machine_path() -> bool:
    """Whether the request is for one of the machine interfaces."""
    return request.path.startswith(MACHINE_PREFIXES)


def http_error(error: HTTPException) -> Response | HTTPException:
    """A refusal by the framework or by a view: 404, 405, 413 and so on."""
    if is_machine_path() or error.code is None or error.code < 400:
        return error
    response = error_page(error.code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def problem(error: Problem) -> Response:
    """A refusal by the domain."""
    return error_page(error.status)


def unexpected(error: Exception) -> Response:
    """A fault of ours: logged in full, told in few words. In tests and debugging it is raised instead."""
    if current_app.testing or current_app.debug:
        raise error
    _log.exception("unexpected error")
    return error_page(500)


def error_page(status: int) -> Response:
    """The page for `status`, never cached."""
    title, text = _words(status)
    page = render_template("site/error.html", status=status, title=title, text=text)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _words(status: int) -> tuple[str, str]:
    if status == 404:
        return (
            _("Vi hittar inte sidan"),
            _("Adressen kan vara felskriven, eller så är sidan borta. Sök efter mottagningen i stället."),
        )
    if status == 405:
        return _("Det går inte att göra så här"), _("Sidan kan bara läsas. Gå tillbaka och försök igen.")
    if status == 413:
        return _("Det du skickade är för stort"), _("Skicka något mindre och försök igen.")
    if status in (502, 503, 504):
        return (
            _("Tjänsten är upptagen just nu"),
            _("Vänta en stund och ladda om sidan. Behöver du råd om vård kan du ringa 1177."),
        )
    if status < 500:
        return _("Vi förstod inte frågan"), _("Något i adressen är inte rätt. Börja om från söksidan.")
    return (
        _("Något gick fel hos oss"),
        _("Felet är noterat. Försök igen om en stund. Behöver du råd om vård kan du ringa 1177."),
    )
