"""The contact card."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from directory.hours import week_view
from directory.rules.merge import is_visible
from web.site import listing_ways, reads, search_state
from web.site.blueprint import site
from web.site.how_it_works import rules_url
from web.site.presenters.hours import span
from web.site.presenters.structured_data import structured_data
from web.site.presenters.unit_card import UnitCard, card, schedule_of

MAX_ID = 31
_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@site.get("/enhet/<hsa_id>")
def unit(hsa_id: str) -> BaseResponse:
    """One unit, now or as it was at `asOf`. The one address of a unit has its HSA-id in upper case."""
    if len(hsa_id) > MAX_ID:
        abort(404)
    if hsa_id != hsa_id.upper():
        arguments = request.args.to_dict()
        return redirect(url_for("site.unit", hsa_id=hsa_id.upper(), **arguments), 301)  # type: ignore[arg-type]
    as_of, problem = past_moment(request.args.get("asOf", ""))
    snapshot = reads.unit(hsa_id, as_of)
    if snapshot is None or hidden(snapshot) or (as_of and _is_hidden_today(hsa_id)):
        page = render_template("site/unit_missing.html", hsa_id=hsa_id, as_of=as_of)
        return make_response(page, 404)
    words = reads.words(snapshot)
    shown = card(
        hsa_id, snapshot.record, words, as_of or clock.now(), words.reference.services_of(snapshot.record)
    )
    if not as_of and not shown.active:
        return make_response(render_template("site/unit_closed.html", card=shown, snapshot=snapshot), 410)
    return _render(shown, snapshot, as_of, problem)


def hidden(snapshot: reads.Snapshot) -> bool:
    """In use but not for the public (visibility, publication window): the same answer as for no unit at all.

    A closed unit is not hidden: whoever looks for it should learn that it is closed, if it was ever shown.
    """
    record = snapshot.record
    if record.get("status", "active") == "active":
        return not snapshot.published
    return not is_visible(record)


def _is_hidden_today(hsa_id: str) -> bool:
    """What may not be seen now, such as a protected address, may not be seen as it was either."""
    present = reads.unit(hsa_id, None)
    return present is None or hidden(present)


def past_moment(text: str) -> tuple[datetime | None, str]:
    """The moment of `asOf`, a date (its end, in Sweden) or an RFC 3339 moment; else a message."""
    if not text:
        return None, ""
    try:
        if len(text) == len("2026-01-01"):
            at = datetime.combine(date.fromisoformat(text), time(23, 59, 59), clock.SWEDEN)
        else:
            at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None, _("Datumet i adressen gick inte att förstå. Kortet visas som det är nu.")
    at = at if at.tzinfo else at.replace(tzinfo=clock.SWEDEN)
    return (at.astimezone(UTC), "") if at < clock.now() else (None, "")


def telephone_today(record: Mapping[str, Any], now: datetime) -> str:
    """Today's telephone hours on one line; "" when they are not known."""
    schedule = schedule_of(record, "telephone")
    if not schedule.known:
        return ""
    view = week_view(schedule, now.astimezone(clock.SWEDEN).date())[0]
    spans = ", ".join(span(opens, closes) for opens, closes, _comment in view.hours)
    return _("Telefontid i dag: %(hours)s", hours=spans) if spans else _("Ingen telefontid i dag")


def card_address(hsa_id: str) -> str:
    """The one address of a card, as others should write it."""
    return reads.public_address(url_for("site.unit", hsa_id=hsa_id, lang=None))


def report_address(contact: str, shown: UnitCard, url: str) -> str:
    """A message to whoever answers for the card, when exactly one e-mail address is named."""
    found = _E_MAIL.findall(contact)
    if len(found) != 1:
        return ""
    subject = _("Fel i uppgifterna om %(name)s (%(id)s)", name=shown.name, id=shown.hsa_id)
    return f"mailto:{found[0]}?" + urlencode({"subject": subject, "body": url}, quote_via=quote)


def _render(shown: UnitCard, snapshot: reads.Snapshot, as_of: datetime | None, problem: str) -> Response:
    canonical = card_address(shown.hsa_id)
    rules = listing_ways.rules_of(shown, snapshot) if not as_of else None
    opening = schedule_of(snapshot.record, "opening")
    visiting = snapshot.record.get("addresses", {}).get("visiting", {})
    page = render_template(
        "site/unit.html",
        card=shown,
        snapshot=snapshot,
        as_of=as_of,
        problem=problem,
        canonical=canonical,
        structured=structured_data(shown, canonical, visiting, opening, clock.now()) if not as_of else None,
        responsible=shown.responsible or snapshot.responsible_contact or "",
        rules=rules,
        rules_href=rules_url(rules) if rules else "",
        meaning=listing_ways.meaning(rules.policy, shown.listing_status) if rules else (),
        chosen=search_state.chosen_only(request.args),
        phone_hours=telephone_today(snapshot.record, as_of or clock.now()),
    )
    response = make_response(page)
    response.last_modified = snapshot.updated_at
    if as_of:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
