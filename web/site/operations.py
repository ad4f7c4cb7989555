"""The one place where the site's pages ask the listing register: operations, audited reads, what went wrong.

An operation runs in one transaction (`web.unit_of_work.in_transaction`). A refusal's trace is kept in
another, because the operation's own is rolled back. What others hold just now becomes a page with the same
form once more; its one-time key makes sending it again harmless.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from core.problems import Problem
from listing.actor import Actor
from listing.errors import ListingRefused
from listing.services import refusals
from web.site.ways_on import told, ways_on
from web.unit_of_work import in_transaction

Result = TypeVar("Result")
View = TypeVar("View", bound=Callable[..., Any])

_REGISTER = frozenset(
    {
        "listing-unknown",
        "queue-entry-unknown",
        "queue-entry-ended",
        "notice-unknown",
        "person-unknown",
        "regular-doctor-unknown",
        "doctor-unknown",
        "unit-not-listable",
        "idempotency-key-reused",
        "form-not-ours",
    }
)
RETRY_SECONDS = 5


class FormNotOurs(Problem):
    """A form whose one-time key or people were not given out in this session."""

    code = "form-not-ours"
    status = 400
    title = "The form is not one that was given out here"


def ask(question: Callable[[Session], Result]) -> Result:
    """The answer to a read of people, which leaves its audit row and so needs a transaction of its own."""
    return in_transaction(question)


def carry_out(actor: Actor, operation: Callable[[Session], Result]) -> Result:
    """The operation's result once it is committed; a refusal leaves its trace and is raised again."""
    try:
        return in_transaction(operation)
    except ListingRefused as refused:
        kept = refused
        in_transaction(lambda session: refusals.keep(session, actor, kept))
        raise


def kindly(view: View) -> View:
    """Tell in words, with a way on, when the register refuses, does not know, or is busy."""

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except ListingRefused as refused:
            return refusal_page(refused)
        except Problem as problem:
            if problem.code == "busy":
                return _busy_page()
            if problem.code in _REGISTER:
                return refusal_page(problem)
            raise

    return answered  # type: ignore[return-value]


def refusal_page(problem: Problem) -> Response:
    """What the register said, and what one can do instead."""
    page = render_template("site/my_pages/refused.html", sentence=told(problem), ways=ways_on(problem))
    return make_response(page, problem.status)


def _busy_page() -> Response:
    again = [(name, value) for name in request.form for value in request.form.getlist(name)]
    fields = [(name, value) for name, value in again if name != "csrf_token"]
    page = render_template("site/my_pages/busy.html", fields=fields, is_form=request.method == "POST")
    return make_response(page, 503, {"Retry-After": str(RETRY_SECONDS)})


def see(endpoint: str, **values: Any) -> BaseResponse:
    """Go on by GET (303), so that reloading or going back sends nothing again."""
    return make_response("", 303, {"Location": url_for(endpoint, **values)})
