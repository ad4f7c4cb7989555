"""What these pages' templates may ask for: names of registers, how a listing came about, queues in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from flask import Flask
from flask_babel import LazyString, format_date, lazy_gettext, ngettext
from flask_babel import gettext as _

from listing.policy.model import Policy
from listing.queries.my_pages import Move
from listing.queries.person_listings import QueuePlace
from listing.rules.days import age_on
from web.site.blueprint import site
from web.site.policy_words import reason_words

TYPES: Mapping[str, LazyString] = {
    "health-centre": lazy_gettext("Vårdcentral"),
    "child-health-centre": lazy_gettext("Barnavårdscentral"),
    "midwifery": lazy_gettext("Barnmorskemottagning"),
    "rehabilitation": lazy_gettext("Rehabilitering"),
}
BASES: Mapping[str, LazyString] = {
    "allocation": lazy_gettext("Regionen valde, eftersom inget val var gjort."),
    "newborn": lazy_gettext("Listad som nyfödd, där en vårdnadshavare är listad."),
    "successor": lazy_gettext("Mottagningen tog över efter den förra."),
    "takeover": lazy_gettext("Övertagen från ett tidigare register."),
    "closure-allocation": lazy_gettext("Regionen valde när den förra mottagningen stängde."),
}


def queue_words(place: QueuePlace, policy: Policy, moves: Sequence[Move]) -> list[str]:
    """What the place depends on, how it has moved, and what comes when it is one's turn."""
    words = []
    ahead = (place.position or 1) - 1
    if ahead:
        words.append(ngettext("%(num)s person står före.", "%(num)s personer står före.", ahead))
    else:
        words.append(_("Först i kön: nästa lediga plats är din."))
    first = moves[0].position if moves else None
    if first is not None and place.position is not None and first != place.position:
        moved = _("Från plats %(first)s från början till plats %(now)s nu.", first=first, now=place.position)
        words.append(moved)
    if place.priority:
        words.append(_("Har förtur efter beslut."))
    words.append(
        _("Ordningen är efter när man ställde sig i kö. Den som får förtur av medicinska skäl går före.")
    )
    if policy.queue.serving == "offer":
        words.append(_("När det blir din tur får du ett erbjudande här."))
    else:
        words.append(_("När det blir din tur listas du automatiskt."))
    if policy.queue.listing_elsewhere_drops:
        words.append(_("Listar du dig på en annan mottagning förlorar du köplatsen."))
    return words


def basis_words(basis: str) -> str:
    """How a listing came about, where it was not one's own choice."""
    return str(BASES.get(basis, ""))


def iso_day(day: str | date) -> str:
    """A day that came as text."""
    return format_date(date.fromisoformat(day) if isinstance(day, str) else day, "d MMMM y")


def register(app: Flask) -> None:
    """Let templates call these."""
    app.jinja_env.globals.update(
        queue_words=queue_words,
        basis_words=basis_words,
        type_name=lambda kind: str(TYPES[kind]),
        age_of=age_on,
        reason_name=reason_words,
    )
    app.jinja_env.filters.update(iso_day=iso_day, reason_name=reason_words)


site.record_once(lambda state: register(cast(Flask, state.app)))
