"""The pages around a sign-in: choosing how, why it did not come about, why once more."""

from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for

from web.access import PUBLIC, audience
from web.auth.signin.blueprint import signin
from web.auth.signin.errors import REASONS, ProviderUnavailable
from web.auth.signin.guard import Need, current_visitor
from web.auth.signin.next_page import local_path
from web.auth.signin.way_in import ways_in


@signin.get("/logga-in")
@audience(PUBLIC)
def choose() -> str:
    """How to sign in: the providers for residents, and those for staff."""
    return render_template(
        "signin/choose.html",
        ways=_ways(),
        staff_first=request.args.get("who") == "personal",
        next=local_path(request.args.get("next")),
    )


@signin.get("/logga-in/gick-inte/<reason>")
@audience(PUBLIC)
def failed(reason: str) -> Response:
    """Why a sign-in did not come about, and what to do instead."""
    if reason not in REASONS:
        abort(404)
    page = render_template("signin/failed.html", reason=reason, next=local_path(request.args.get("next")))
    return make_response(page, ProviderUnavailable.status if reason == ProviderUnavailable.code else 400)


@signin.get("/logga-in/starkare")
@audience(PUBLIC)
def step_up() -> str:
    """Why one has to identify once more, in a safer way."""
    provider = current_visitor().provider
    ways = _ways(need=Need.LISTING)["residents"]
    first = [way for way in ways if way["key"] == provider]
    rest = [way for way in ways if way["key"] != provider]
    return render_template(
        "signin/step_up.html", ways=first + rest, next=local_path(request.args.get("next"))
    )


def _ways(need: Need | None = None) -> dict[str, list[dict[str, Any]]]:
    """The ways in, as links that remember where one was going."""
    next_path = local_path(request.args.get("next"))

    def rows(staff: bool) -> list[dict[str, Any]]:
        return [
            {
                "key": client.provider.key,
                "name": client.provider.name,
                "name_en": client.provider.name_en,
                "development": client.provider.development,
                "href": url_for("signin.start", key=client.provider.key, next=next_path, need=need),
            }
            for client in ways_in().for_staff(staff)
        ]

    return {"residents": rows(False), "staff": rows(True)}
