"""What one can do on one's own pages: each has a page that tells what it leads to, and one button.

All forms carry a one-time key, so that what is sent twice is done once (`web.site.form_keys`).
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from listing.actor import Actor
from listing.errors import ListingUnknown, QueueEntryUnknown
from listing.policy.lookup import policy_for
from listing.queries import my_pages as queries
from listing.queries.doctors import doctors_of
from listing.queries.my_pages import Near
from listing.queries.person_listings import PersonListings, person_listings
from listing.services.doctors import choose_doctor, end_doctor
from listing.services.ending import leave
from listing.services.queueing import leave_queue
from listing.services.serving import accept
from web.access import current_actor
from web.auth.signin import requires_sign_in
from web.site.blueprint import site
from web.site.form_keys import checked_key, handle, new_key
from web.site.my_pages import overview
from web.site.my_pages.own_path import own_path
from web.site.my_pages.views import for_person, home_of, whose
from web.site.operations import ask, carry_out, kindly, see


def _held(session: Session, actor: Actor, id_: UUID) -> tuple[int, str, PersonListings]:
    """Whose it is, what the person is called here (empty: oneself), and what the person has of that type."""
    person_id, kind = queries.holder_of(session, id_)
    queries.check_may_look(session, actor, person_id, clock.today())
    return person_id, _who(actor, person_id), person_listings(session, actor, person_id, kind, clock.today())


def _who(actor: Actor, person_id: int) -> str:
    return handle(person_id) if person_id != actor.person_id else ""


def _name(session: Session, actor: Actor, person_id: int) -> str:
    """A child's name; empty for oneself."""
    near = overview.family(session, actor) if person_id != actor.person_id else []
    return next((one.given_name for one in near if one.person_id == person_id), "")


def _home(who: str, done: str) -> Response:
    return make_response("", 303, {"Location": home_of(who, klart=done)})


def _key(purpose: str) -> str:
    return checked_key(purpose, request.form.get("key", ""))


def _act(purpose: str, operation: Callable[[Session, Actor, str], dict[str, Any]]) -> dict[str, Any]:
    actor, key = current_actor(), _key(purpose)
    return carry_out(actor, lambda session: operation(session, actor, key))


def _owner(id_: UUID) -> str:
    """What the person whose it is is called here, after what they had may have ended."""
    actor = current_actor()

    def read(session: Session) -> str:
        person_id, _kind = queries.holder_of(session, id_)
        queries.check_may_look(session, actor, person_id, clock.today())
        return _who(actor, person_id)

    return ask(read)


@site.route("/mina-sidor/listning/<uuid:listing_id>/lamna", methods=["GET", "POST"])
@requires_sign_in()
@kindly
def leave_listing(listing_id: UUID) -> BaseResponse | str:
    """Leave a unit, or take back a change that has not begun."""
    actor = current_actor()
    other = own_path(actor)
    if other is not None:
        return other
    purpose = f"leave {listing_id}"
    if request.method == "POST":
        outcome = _act(purpose, lambda session, me, key: leave(session, me, key, listing_id))
        return _home(_owner(listing_id), "tillbaka" if outcome["status"] == "withdrawn" else "lamnat")

    def show(session: Session) -> str:
        person_id, who, mine = _held(session, actor, listing_id)
        held = [one for one in (mine.current, *mine.scheduled) if one and one.id == listing_id]
        if not held:
            raise ListingUnknown("There is no listing in force with this id")
        return render_template(
            "site/my_pages/leave.html",
            held=held[0],
            coming=held[0].status == "scheduled",
            stays=mine.current if held[0].status == "scheduled" else None,
            name=_name(session, actor, person_id),
            back=home_of(who),
            key=new_key(purpose),
        )

    return ask(show)


@site.route("/mina-sidor/ko/<uuid:entry_id>/lamna", methods=["GET", "POST"])
@requires_sign_in()
@kindly
def leave_the_queue(entry_id: UUID) -> BaseResponse | str:
    """Give up a place in a queue."""
    return _entry_page(entry_id, "queue", "site/my_pages/leave_queue.html")


@site.route("/mina-sidor/erbjudande/<uuid:entry_id>", methods=["GET", "POST"])
@requires_sign_in()
@kindly
def answer_offer(entry_id: UUID) -> BaseResponse | str:
    """Take a place that is offered, or say no to it."""
    return _entry_page(entry_id, "offer", "site/my_pages/offer.html")


def _entry_page(entry_id: UUID, what: str, template: str) -> BaseResponse | str:
    actor = current_actor()
    other = own_path(actor)
    if other is not None:
        return other
    if request.method == "POST":
        return _answered(entry_id, what)

    def show(session: Session) -> str:
        person_id, who, mine = _held(session, actor, entry_id)
        places = [place for place in mine.queued if place.id == entry_id]
        if not places or (what == "offer" and places[0].status != "offered"):
            raise QueueEntryUnknown("There is no queue entry with this id")
        place = places[0]
        return render_template(
            template,
            place=place,
            mine=mine,
            policy=policy_for(session, place.region, mine.listing_type, clock.today()).policy,
            name=_name(session, actor, person_id),
            back=home_of(who),
            key=new_key(f"{what} {entry_id}"),
        )

    return ask(show)


def _answered(entry_id: UUID, what: str) -> BaseResponse:
    if what == "offer" and request.form.get("answer") == "accept":
        taken = _act(
            f"{what} {entry_id}", lambda session, me, key: accept(session, me, f"{key} yes", entry_id)
        )
        return see("site.receipt", receipt_id=taken["id"])
    if what == "offer" and request.form.get("answer") != "decline":
        return see("site.answer_offer", entry_id=entry_id)
    _act(f"{what} {entry_id}", lambda session, me, key: leave_queue(session, me, f"{key} no", entry_id))
    return _home(_owner(entry_id), "avbojt" if what == "offer" else "kolamnad")


@site.route("/mina-sidor/fast-lakare", methods=["GET", "POST"])
@site.route("/mina-sidor/barn/<who>/fast-lakare", methods=["GET", "POST"], endpoint="my_childs_doctor")
@requires_sign_in()
@kindly
def my_doctor(who: str = "") -> BaseResponse | str:
    """Choose a regular doctor among those of the unit, or let the present one go."""
    if request.method == "POST":
        return _doctor_answered(who)

    def show(
        session: Session, actor: Actor, person_id: int, name: str, child: Near | None, _near: list[Near]
    ) -> str:
        queries.check_may_look(session, actor, person_id, clock.today())
        mine = person_listings(session, actor, person_id, "health-centre", clock.today())
        doctors = []
        if mine.current is not None:
            found = doctors_of(session, mine.current.hsa_id, clock.now(), clock.today())
            doctors = [one for one in found if one["name"] and one["validFrom"] <= clock.today()]
        return render_template(
            "site/my_pages/doctor.html",
            mine=mine,
            doctors=doctors,
            contact_words=overview.contact_words,
            name=name if child else "",
            back=home_of(who),
            key=new_key("doctor"),
            missing=request.args.get("saknas") == "1",
        )

    return for_person(who, show)


def _doctor_answered(who: str) -> BaseResponse:
    def find(session: Session, actor: Actor, *_rest: Any) -> int:
        return whose(actor, who, overview.family(session, actor))[0]

    person_id = for_person(who, find)
    if not isinstance(person_id, int):
        return person_id
    if request.form.get("action") == "end":
        _act("doctor", lambda session, me, key: end_doctor(session, me, f"{key} end", person_id))
        return _home(who, "lakare-slut")
    wanted = request.form.get("doctor", "")[:31]
    if not wanted:
        return see("site.my_childs_doctor" if who else "site.my_doctor", who=who or None, saknas=1)
    answer = _act(
        "doctor", lambda session, me, key: choose_doctor(session, me, f"{key} choose", person_id, wanted)
    )
    return _home(who, "lakare-over" if "over-guide" in answer["warnings"] else "lakare")
