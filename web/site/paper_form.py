"""The paper form, filled in with the unit and the region's rules. What people write never comes here."""

from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for

from core import clock
from listing.policy.model import Policy
from web.site import listing_ways, reads
from web.site.blueprint import site
from web.site.form_number import new_number
from web.site.how_it_works import TYPE_NAMES, rules_url
from web.site.policy_words import reason_words
from web.site.presenters.unit_card import UnitCard, card
from web.site.unit import hidden

FOR_CHILD = "barn"
MOST_CHILDREN = 3
GUARDIANS = 2


@site.get("/blankett/<hsa_id>")
def paper_form(hsa_id: str) -> Response:
    """The form for oneself, or with `for=barn` for one's children (`antal`, at most three on a sheet)."""
    found = _unit(hsa_id.upper())
    if found is None:
        abort(404)
    shown, snapshot = found
    rules = listing_ways.rules_of(shown, snapshot)
    if rules is None or not shown.active:
        page = render_template("site/paper_form_none.html", card=shown)
        return make_response(page, 404)
    child = request.args.get("for") == FOR_CHILD
    response = make_response(
        render_template(
            "site/paper_form.html",
            card=shown,
            rules=rules,
            policy=rules.policy,
            rules_href=rules_url(rules),
            type_name=TYPE_NAMES[rules.listing_type],
            child=child,
            children=_children() if child else 0,
            most_children=MOST_CHILDREN,
            signatures=_signatures(rules.policy, child),
            reasons=[reason_words(reason.code) for reason in rules.policy.change_limit.special_reasons],
            number=new_number(),
            printed_on=clock.today(),
        )
    )
    response.cache_control.no_store = True
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@site.app_template_global()
def paper_form_url(hsa_id: str, child: bool = False, children: int | None = None) -> str:
    """The address of a form."""
    wanted: dict[str, Any] = {"for": FOR_CHILD if child else None, "antal": children}
    return url_for("site.paper_form", hsa_id=hsa_id, **wanted)


def _unit(hsa_id: str) -> tuple[UnitCard, reads.Snapshot] | None:
    snapshot = reads.unit(hsa_id, None)
    if snapshot is None or hidden(snapshot):
        return None
    return card(hsa_id, snapshot.record, reads.words(snapshot), clock.now()), snapshot


def _children() -> int:
    wanted = request.args.get("antal", "1")
    return min(max(int(wanted), 1), MOST_CHILDREN) if wanted.isdecimal() and len(wanted) < 3 else 1


def _signatures(policy: Policy, child: bool) -> int:
    """How many lines to sign on: all guardians sign for a child where the region asks that."""
    return GUARDIANS if child and policy.children.guardians_required == "all" else 1
