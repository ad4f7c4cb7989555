"""The page on which one lists: from the card, through sign-in, here, and then the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from listing.actor import Actor
from listing.errors import KeyReused, ListingRefused
from listing.policy.codes import ReasonCode
from listing.policy.lookup import policy_for
from listing.policy.model import HEALTH_CENTRE, Policy
from listing.queries import my_pages
from listing.queries.doctors import doctors_of
from listing.queries.units import unit_of
from listing.services.choosing import choose
from listing.services.preview import Preview, preview
from web.access import current_actor
from web.auth.signin import current_visitor, requires_sign_in
from web.refusals import sentence
from web.site import reads
from web.site.blueprint import site
from web.site.form_keys import checked_key, handle, new_key, person_of
from web.site.listing_flow import telling
from web.site.listing_flow.form import Wish, sent, was_told
from web.site.listing_flow.telling import Line
from web.site.my_pages.own_path import own_path
from web.site.operations import FormNotOurs, ask, carry_out, kindly, see
from web.site.unit import MAX_ID, hidden

Snapshot = reads.Snapshot


class Changed(Exception):  # Not an error: the page is shown once more.
    """What came of the choices is not what the page had told, so nothing was done."""

    def __init__(self, outcomes: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self.outcomes = outcomes


@dataclass(frozen=True)
class Situation:
    """What the page is made of: the people one acts for, the unit's rules, its doctors, what would happen."""

    names: Mapping[int, str]
    previews: Sequence[Preview]
    policy: Policy
    doctors: Sequence[Mapping[str, Any]]


@site.route("/lista/<hsa_id>", methods=["GET", "POST"])
@requires_sign_in()
@kindly
def list_here(hsa_id: str) -> BaseResponse | str:
    """What listing here leads to for each person one acts for, and the button that does it."""
    if hsa_id != hsa_id.upper() and len(hsa_id) <= MAX_ID:
        return redirect(url_for("site.list_here", hsa_id=hsa_id.upper()), 301)
    snapshot = reads.unit(hsa_id, None) if len(hsa_id) <= MAX_ID else None
    if snapshot is None or hidden(snapshot):
        return make_response(render_template("site/unit_missing.html", hsa_id=hsa_id, as_of=None), 404)
    actor = current_actor()
    other = own_path(actor, snapshot)
    if other is not None:
        return other
    if request.method == "GET":
        return _page(actor, snapshot, Wish())
    return _posted(actor, snapshot)


def _posted(actor: Actor, snapshot: Snapshot) -> BaseResponse | str:
    wish = sent()
    key = checked_key(_purpose(snapshot), request.form.get("key", ""))
    if wish.bad_day:
        return _page(actor, snapshot, wish, error=_("Skriv dagen som åååå-mm-dd."), status=422)
    if request.form.get("action") != "confirm":
        return _page(actor, snapshot, wish)
    if not wish.handles:
        return _page(actor, snapshot, wish, error=_("Välj minst en person."), status=422)
    people = ask(lambda session: _people(session, actor))
    chosen = [person_of(one, list(people)) for one in wish.handles]
    ids = [one for one in chosen if one is not None]
    if len(ids) < len(chosen):
        raise FormNotOurs("The form names somebody whom it was not given out for")
    try:
        outcomes = _choose(actor, snapshot, wish, key, ids)
    except Changed as changed:
        decided = dict(zip(ids, changed.outcomes, strict=True))
        return _page(actor, snapshot, wish, decided=decided, status=409)
    except KeyReused:
        error = _("Den här sidan har redan skickats en gång. Läs igenom och bekräfta igen.")
        return _page(actor, snapshot, wish, error=error, status=409)
    except ListingRefused as refused:
        return _refused(actor, snapshot, wish, refused, people, ids)
    return see("site.receipt", receipt_id=outcomes[0]["id"])


def _choose(
    actor: Actor, snapshot: Snapshot, wish: Wish, key: str, ids: Sequence[int]
) -> list[dict[str, Any]]:
    expected = [was_told(one) for one in wish.handles]

    def work(session: Session) -> list[dict[str, Any]]:
        outcomes = choose(session, actor, key, [wish.choice(one, snapshot.hsa_id) for one in ids])
        if [telling.told_of_outcome(outcome) for outcome in outcomes] != expected:
            raise Changed(outcomes)  # Rolls back: nobody gets what they were not told.
        return outcomes

    return carry_out(actor, work)


def _people(session: Session, actor: Actor) -> dict[int, str]:
    """Those for whom one may be here, oneself first, with names."""
    assert actor.person_id is not None
    near = my_pages.family_of(session, actor, clock.today())
    return {actor.person_id: current_visitor().name, **{one.person_id: one.given_name for one in near}}


def _situation(actor: Actor, snapshot: Snapshot, wish: Wish) -> Situation:
    hsa_id = snapshot.hsa_id

    def read(session: Session) -> Situation:
        people = _people(session, actor)
        plain = [replace(wish, doctor=None).choice(one, hsa_id) for one in people]
        region = unit_of(session, hsa_id).region
        policy = policy_for(session, region, HEALTH_CENTRE, clock.today()).policy
        return Situation(
            people,
            preview(session, actor, plain),
            policy,
            doctors_of(session, hsa_id, clock.now(), clock.today()),
        )

    return ask(read)


def _page(
    actor: Actor,
    snapshot: Snapshot,
    wish: Wish,
    *,
    decided: Mapping[int, Mapping[str, Any]] | None = None,
    error: str = "",
    status: int = 200,
) -> Response:
    situation = _situation(actor, snapshot, wish)
    # Those for whom nothing can be done here stand last.
    lines = sorted(_lines(actor, situation, wish, decided or {}), key=lambda one: not one.told)
    first = request.method == "GET"
    possible = [one for one in lines if one.told]
    if first and len(possible) == 1:
        lines = [replace(one, checked=bool(one.told)) for one in lines]
    page = render_template(
        "site/listing_flow/confirm.html",
        unit=snapshot.record,
        lines=lines,
        possible=possible,
        several=len(lines) > 1,
        doctors=_doctors(situation, lines),
        reasons=_reasons(situation),
        wish=wish,
        today=clock.today(),
        days_ahead=situation.policy.effective.days_ahead,
        changed=decided is not None,
        error=error,
        key=new_key(_purpose(snapshot)),
    )
    return make_response(page, status)


def _lines(
    actor: Actor, situation: Situation, wish: Wish, decided: Mapping[int, Mapping[str, Any]]
) -> list[Line]:
    found = []
    for one in situation.previews:
        name, is_self = situation.names[one.person_id], one.person_id == actor.person_id
        if one.person_id in decided:
            one = telling.as_decided(one, decided[one.person_id])
        called = handle(one.person_id)
        checked = called in wish.handles if request.method == "POST" else is_self
        found.append(
            telling.line(one, situation.policy, handle=called, name=name, is_self=is_self, checked=checked)
        )
    return found


def _doctors(situation: Situation, lines: Sequence[Line]) -> list[Mapping[str, Any]]:
    """Doctors to choose among, when anybody would be listed and not only queue."""
    if not any(one.told and not one.queue for one in lines):
        return []
    today = clock.today()
    return [one for one in situation.doctors if one["name"] and one["hasRoom"] and one["validFrom"] <= today]


def _reasons(situation: Situation) -> dict[str, Sequence[ReasonCode]]:
    """Special reasons: which can be stated here, which the staff decide on; none where there is no limit."""
    if situation.policy.change_limit.max_changes is None:
        return {"own": (), "staff": (), "evidence": ()}
    own: dict[ReasonCode, None] = {}
    for one in situation.previews:
        own.update(dict.fromkeys(one.reasons))
    used_up = [
        one for one in situation.previews if one.refused and one.refused.code == "change-limit-reached"
    ]
    staff = used_up[0].reasons_by_staff if used_up else ()
    evidence = [code for one in situation.previews for code in one.evidence_for]
    return {"own": tuple(own), "staff": staff, "evidence": tuple(dict.fromkeys(evidence))}


def _refused(
    actor: Actor,
    snapshot: Snapshot,
    wish: Wish,
    refused: ListingRefused,
    people: Mapping[int, str],
    ids: Sequence[int],
) -> BaseResponse | str:
    """All or none: the page once more, with what stood in the way of whom."""
    index = refused.extra.get("index", 0)
    who = ids[index] if isinstance(index, int) and index < len(ids) else ids[0]
    said = sentence(refused)
    error = _("Ingenting har ändrats. %(name)s: %(reason)s", name=people[who], reason=said)
    return _page(actor, snapshot, wish, error=error, status=refused.status)


def _purpose(snapshot: Snapshot) -> str:
    return f"list {snapshot.hsa_id}"
