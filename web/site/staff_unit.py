"""A unit's register for its staff: who is listed, who waits, a paper form in few keystrokes, priority.

Staff of the unit and of its region only (`listing.queries.units.staffed_unit`); each reading is audited.
"""

from datetime import date
from typing import Any, cast, get_args
from uuid import UUID

from flask import Response, make_response, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from codes.identifiers import InvalidIdentifier
from core import clock
from listing.actor import Actor, Role
from listing.people.errors import PersonUnknown
from listing.people.queries import find_person_id
from listing.policy.codes import PriorityReason
from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE
from listing.queries.listed import listed_page
from listing.queries.my_pages import unit_names
from listing.queries.queue import queue_page
from listing.queries.units import staffed_unit
from listing.rules.forms import Registrar, may_register, number_of, written
from listing.services.choosing import choose
from listing.services.queueing import set_priority
from listing.services.requests import Choice, IdentityCheck, Paper
from web.access import current_actor
from web.auth.signin import requires_sign_in
from web.site.blueprint import site
from web.site.form_keys import checked_key, new_key
from web.site.my_pages.words import iso_day
from web.site.operations import ask, carry_out, kindly

PAGE = 50
MOST_GUARDIANS = 2
STAFF = (Role.UNIT, Role.REGION)
IDENTITY_CHECKS: dict[IdentityCheck, LazyString] = {
    "id-document": lazy_gettext("giltig id-handling"),
    "electronic": lazy_gettext("e-legitimation"),
    "known": lazy_gettext("känd av personalen"),
    "vouched": lazy_gettext("intygad av någon som har legitimerat sig"),
}


class FormMistake(Exception):  # The page is shown once more with what is wrong.
    """A field of the paper form that cannot be read."""


@site.get("/personal/enhet/<hsa_id>")
@requires_sign_in(roles=STAFF)
@kindly
def staff_unit(hsa_id: str) -> Response:
    """The queue, those who are listed, and the paper form."""
    return _page(hsa_id)


def _page(hsa_id: str, mistake: str = "", status: int = 200, wrong: str = "person") -> Response:
    actor = current_actor()
    number = max(1, request.args.get("sida", 1, type=int))

    def read(session: Session) -> dict[str, Any]:
        unit = staffed_unit(session, actor, hsa_id)
        waiting, queue = queue_page(session, actor, hsa_id, HEALTH_CENTRE, limit=PAGE, page=1)
        total, listed = listed_page(
            session, actor, hsa_id, HEALTH_CENTRE, clock.today(), limit=PAGE, page=number
        )
        name = unit_names(session, [unit.hsa_id])[unit.hsa_id]
        return {
            "unit": unit,
            "name": name,
            "waiting": waiting,
            "queue": queue,
            "total": total,
            "listed": listed,
            "forms": _forms(session, actor, unit.region),
        }

    page = render_template(
        "site/staff/unit.html",
        **ask(read),
        number=number,
        pages=PAGE,
        reasons=get_args(PriorityReason),
        today=clock.today(),
        key=new_key(f"staff {hsa_id.upper()}"),
        mistake=mistake,
        wrong=wrong,
        checks=IDENTITY_CHECKS,
        done=_done(*(request.args.get(name, "") for name in ("klart", "dag", "blankett"))),
    )
    return make_response(page, status)


@site.post("/personal/enhet/<hsa_id>/blankett")
@requires_sign_in(roles=STAFF)
@kindly
def register_form(hsa_id: str) -> Response:
    """Register a signed form: number, day, reference, Enter."""
    actor, key = current_actor(), checked_key(f"staff {hsa_id.upper()}", request.form.get("key", ""))
    try:
        signed = _signed_on(request.form.get("signed", ""))
        choice = ask(lambda session: _choice(session, hsa_id, signed))
    except FormMistake as mistake:
        return _page(hsa_id, str(mistake), 422)
    [outcome] = carry_out(actor, lambda session: choose(session, actor, f"{key} form", [choice]))
    number = number_of(outcome.get("formReference"))  # A region's own reference stays out of the address.
    return _back(hsa_id, klart=outcome["status"], dag=outcome["validFrom"], blankett=number)


@site.post("/personal/enhet/<hsa_id>/pa-plats")
@requires_sign_in(roles=STAFF)
@kindly
def register_at_desk(hsa_id: str) -> Response:
    """List whoever stands at the desk, or the child of who does, without a form."""
    actor, key = current_actor(), checked_key(f"staff {hsa_id.upper()}", request.form.get("key", ""))
    try:
        choice = ask(lambda session: _at_desk(session, hsa_id))
    except FormMistake as mistake:
        return _page(hsa_id, str(mistake), 422, "desk-person")
    [outcome] = carry_out(actor, lambda session: choose(session, actor, f"{key} desk", [choice]))
    return _back(hsa_id, klart=outcome["status"], dag=outcome["validFrom"])


@site.post("/personal/enhet/<hsa_id>/fortur/<uuid:entry_id>")
@requires_sign_in(roles=STAFF)
@kindly
def give_priority(hsa_id: str, entry_id: UUID) -> Response:
    """Put a queue place before others by a documented decision, or take that back with no reason."""
    actor, key = current_actor(), checked_key(f"staff {hsa_id.upper()}", request.form.get("key", ""))
    wanted = request.form.get("reason", "")
    reason = cast(PriorityReason, wanted) if wanted in get_args(PriorityReason) else None
    decision = request.form.get("decision", "")[:200]
    carry_out(
        actor,
        lambda session: set_priority(
            session, actor, f"{key} {entry_id}", entry_id, reason=reason, decision_reference=decision
        ),
    )
    return _back(hsa_id, klart="priority" if reason else "no-priority")


def _choice(session: Session, hsa_id: str, signed: date) -> Choice:
    """The form as a wish. Whether the staff may act here, and for this person, the operation decides."""
    staffed_unit(session, current_actor(), hsa_id)
    return Choice(
        _person(session, request.form.get("person", "")),
        hsa_id.upper(),
        join_queue="queue" in request.form,
        channel="paper",
        paper=Paper(
            signed,
            request.form.get("reference", "").strip()[:100] or None,
            _guardians(session),
        ),
    )


def _at_desk(session: Session, hsa_id: str) -> Choice:
    """The wish of whoever stands there. Staff say how they made sure who it is, whoever it is."""
    staffed_unit(session, current_actor(), hsa_id)
    checked = request.form.get("identity", "")
    if checked not in get_args(IdentityCheck):
        raise FormMistake(_("Ange hur identiteten har kontrollerats."))
    return Choice(
        _person(session, request.form.get("person", "")),
        hsa_id.upper(),
        join_queue="queue" in request.form,
        channel="staff",
        attending=_guardians(session),
        identity_check=cast(IdentityCheck, checked),
    )


def _guardians(session: Session) -> tuple[int, ...]:
    given = [part for part in request.form.get("guardians", "").replace(",", " ").split() if part]
    return tuple(_person(session, one) for one in given[:MOST_GUARDIANS])


def _person(session: Session, number: str) -> int:
    try:
        found = find_person_id(session, number.strip()[:20], on=clock.today())
    except InvalidIdentifier as error:
        raise FormMistake(_("Personnumret är inte rätt skrivet.")) from error
    if found is None:
        raise PersonUnknown("The person is not in the register")
    return found


def _signed_on(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise FormMistake(_("Skriv dagen som åååå-mm-dd.")) from error


def _forms(session: Session, actor: Actor, region: str) -> str:
    """Who registers forms here when that is not this one: `unit`, `region`, or nothing."""
    rule = policy_for(session, region, HEALTH_CENTRE, clock.today()).policy.paper
    registrar: Registrar = "unit" if actor.role is Role.UNIT else "region"
    return "" if may_register(rule, registrar).allowed else rule.registered_by


def _done(code: str, day: str, number: str) -> str:
    said = _what_was_done(code, day)
    form = number_of(number)
    if not said or form is None:
        return said
    return _("%(done)s Blankett %(number)s.", done=said, number=written(form))


def _what_was_done(code: str, day: str) -> str:
    if code in ("listed", "scheduled"):
        try:
            return _("Klart. Listad från %(day)s.", day=iso_day(day))
        except ValueError:
            return ""
    words = {
        "queued": _("Klart. Ställd i kö."),
        "priority": _("Klart. Köplatsen har fått förtur."),
        "no-priority": _("Klart. Förturen är borttagen."),
    }
    return words.get(code, "")


def _back(hsa_id: str, **values: Any) -> Response:
    return make_response("", 303, {"Location": url_for("site.staff_unit", hsa_id=hsa_id.upper(), **values)})
