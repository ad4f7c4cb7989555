"""My pages: the overview of oneself and of each child, history, receipts, insight, a copy of all data."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from listing.actor import Actor
from listing.people.queries import Access, who_has_looked
from listing.queries import my_pages as queries
from listing.queries.my_pages import Near
from listing.queries.notices import told_to
from listing.queries.own_copy import copy_of
from listing.services.notices import mark_read
from web.access import current_actor
from web.auth.signin import current_visitor, requires_sign_in
from web.site.blueprint import site
from web.site.form_keys import handle, person_of
from web.site.my_pages import overview
from web.site.my_pages.done import done_words
from web.site.my_pages.events import told
from web.site.my_pages.insight import Look, looks
from web.site.my_pages.own_path import own_path
from web.site.operations import ask, kindly, see

Result = TypeVar("Result")
PAGE = 50
LOOKS = 100
_MOST_ROUNDS = 20


class Elsewhere(Exception):  # Not an error: another page is the right one.
    """The address names nobody of this session; the overview does."""


def whose(actor: Actor, who: str, near: Sequence[Near]) -> tuple[int, str, Near | None]:
    """The person that an address means, by what this session calls them; oneself without a name."""
    assert actor.person_id is not None
    if not who or person_of(who, [actor.person_id]):
        return actor.person_id, current_visitor().name, None
    found = person_of(who, [one.person_id for one in near])
    child = next((one for one in near if one.person_id == found), None)
    if child is None:
        raise Elsewhere
    return child.person_id, child.given_name, child


def for_person(
    who: str, show: Callable[[Session, Actor, int, str, Near | None, list[Near]], Result]
) -> Result | BaseResponse:
    """Show a page about oneself or about somebody one acts for; or the page that is right instead."""
    actor = current_actor()
    other = own_path(actor)
    if other is not None:
        return other

    def read(session: Session) -> Result:
        near = overview.family(session, actor)
        person_id, name, child = whose(actor, who, near)
        return show(session, actor, person_id, name, child, near)

    try:
        return ask(read)
    except Elsewhere:
        return see("site.my_pages")


@site.get("/mina-sidor")
@site.get("/mina-sidor/barn/<who>", endpoint="my_child")
@requires_sign_in()
@kindly
def my_pages(who: str = "") -> BaseResponse | str:
    """What holds for oneself, or for a child."""

    def show(
        session: Session, actor: Actor, person_id: int, name: str, child: Near | None, near: list[Near]
    ) -> str:
        return render_template(
            "site/my_pages/overview.html",
            mine=overview.overview_of(session, actor, person_id),
            name=name,
            child=child,
            who=handle(person_id) if child else "",
            family=[(handle(one.person_id), one) for one in near] if not child else [],
            today=clock.today(),
            done=done_words(request.args.get("klart", "")),
            contact_words=overview.contact_words,
        )

    return for_person(who, show)


@site.get("/mina-sidor/historik")
@site.get("/mina-sidor/barn/<who>/historik", endpoint="my_childs_history")
@requires_sign_in()
@kindly
def my_history(who: str = "") -> BaseResponse | str:
    """Everything that has happened, in words."""
    before = request.args.get("fore", type=int)

    def show(
        session: Session, actor: Actor, person_id: int, name: str, child: Near | None, _near: list[Near]
    ) -> str:
        rows = queries.history_of(session, actor, person_id, clock.today(), limit=PAGE + 1, before=before)
        older = rows[PAGE - 1].id if len(rows) > PAGE else None
        return render_template(
            "site/my_pages/history.html",
            events=[told(row) for row in rows[:PAGE]],
            name=name,
            child=child,
            who=handle(person_id) if child else "",
            older=older,
            first=before is None,
        )

    return for_person(who, show)


@site.get("/mina-sidor/insyn")
@site.get("/mina-sidor/barn/<who>/insyn", endpoint="my_childs_looks")
@requires_sign_in()
@kindly
def my_looks(who: str = "") -> BaseResponse | str:
    """Who has looked at or changed the person's data, besides the visitor."""

    def show(
        session: Session, actor: Actor, person_id: int, name: str, child: Near | None, _near: list[Near]
    ) -> str:
        queries.check_may_look(session, actor, person_id, clock.today())
        found = _by_others(session, actor, person_id)
        names = queries.unit_names(session, [one.unit for one in found if one.unit])
        shown: list[Look] = looks(found, names)
        return render_template(
            "site/my_pages/looks.html",
            looks=shown,
            name=name,
            child=child,
            who=handle(person_id) if child else "",
        )

    return for_person(who, show)


def _by_others(session: Session, actor: Actor, person_id: int) -> list[Access]:
    """The latest that others have done; one's own visits would bury them."""
    found: list[Access] = []
    before = None
    for _round in range(_MOST_ROUNDS):
        page = who_has_looked(session, person_id, limit=LOOKS, before=before)
        found += [one for one in page if one.actor != actor.key]
        if len(found) >= LOOKS or len(page) < LOOKS:
            break
        before = page[-1].id
    return found[:LOOKS]


@site.get("/mina-sidor/uppgifter.json")
@site.get("/mina-sidor/barn/<who>/uppgifter.json", endpoint="my_childs_copy")
@requires_sign_in()
@kindly
def my_copy(who: str = "") -> BaseResponse:
    """All that the register keeps of the person, as a file."""

    def show(
        session: Session, actor: Actor, person_id: int, _name: str, _child: Near | None, _near: list[Near]
    ) -> dict[str, Any]:
        return copy_of(session, actor, person_id, clock.today())

    found = for_person(who, show)
    if not isinstance(found, dict):
        return found
    body = orjson.dumps(found, option=orjson.OPT_INDENT_2, default=str)
    name = f"hitta-vard-{clock.today().isoformat()}.json"
    return Response(
        body, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@site.get("/mina-sidor/kvitto/<uuid:receipt_id>")
@requires_sign_in()
@kindly
def receipt(receipt_id: UUID) -> BaseResponse | str:
    """What was done, from the register: for everybody whom one operation was for."""

    def show(
        session: Session, actor: Actor, person_id: int, name: str, _child: Near | None, near: list[Near]
    ) -> str:
        rows = queries.receipt_of(session, actor, receipt_id, clock.today())
        names = {person_id: name, **{one.person_id: one.given_name for one in near}}
        people: dict[str, list[Any]] = {}
        for row in rows:
            people.setdefault(names.get(row.person_id, _("Någon du företräder")), []).append(told(row))
        asked = next(row for row in rows if receipt_id in (row.listing_id, row.queue_entry_id))
        number = str(asked.operation_id or receipt_id)[:8].upper()
        return render_template(
            "site/my_pages/receipt.html", people=people, asked=asked, number=number, several=len(people) > 1
        )

    return for_person("", show)


@site.post("/mina-sidor/meddelande/<int:notice_id>")
@requires_sign_in()
@kindly
def read_message(notice_id: int) -> BaseResponse:
    """Mark a message as read; once more changes nothing."""
    actor = current_actor()
    other = own_path(actor)
    if other is not None:
        return other

    def mark(session: Session) -> str:
        person_id = told_to(session, notice_id)
        queries.check_may_look(session, actor, person_id, clock.today())
        mark_read(session, notice_id, clock.now())
        return handle(person_id) if person_id != actor.person_id else ""

    who = ask(mark)
    return make_response("", 303, {"Location": f"{home_of(who)}#meddelanden"})


def home_of(who: str, **values: Any) -> str:
    """The overview that somebody stands on: one's own, or a child's."""
    if who:
        return url_for("site.my_child", who=who, **values)
    return url_for("site.my_pages", **values)
