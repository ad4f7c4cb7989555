"""Whose matters are not handled on the web: protected persons, and whom the register does not know."""

from flask import Response, make_response, render_template
from flask_babel import get_locale

from core import clock
from listing.actor import Actor
from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE
from listing.queries import my_pages
from listing.queries.units import unit_of
from web.site.reads import Snapshot
from web.unit_of_work import read_session


def own_path(actor: Actor, unit: Snapshot | None = None) -> Response | None:
    """The page that tells whom to turn to instead; None for everybody else.

    A protected person is told nothing of what is known of them, not even in which region: whoever has got
    hold of their phone would learn it. With a unit, the contact is that of the unit's region.
    """
    if actor.person_id is None:
        return make_response(render_template("site/my_pages/not_in_register.html", contact=_contact(unit)))
    if not my_pages.standing_of(read_session(), actor.person_id).protected:
        return None
    return make_response(render_template("site/my_pages/protected.html", contact=_contact(unit)))


def _contact(unit: Snapshot | None) -> str:
    """How the region of the unit wants to be reached, in the language of the page."""
    if unit is None:
        return ""
    region = unit_of(read_session(), unit.hsa_id).region
    texts = policy_for(read_session(), region, HEALTH_CENTRE, clock.today()).policy.texts
    english = str(get_locale()).startswith("en")
    return (texts.contact_en if english else texts.contact_sv) or texts.contact_sv
