"""What will happen to each person, in words, before anybody confirms it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import LazyString, format_date, lazy_gettext, ngettext
from flask_babel import gettext as _

from core import clock
from listing.errors import ListingRefused
from listing.policy.model import Policy
from listing.rules.decision import Refused
from listing.services.preview import Affected, Preview
from web.refusals import sentence
from web.site.my_pages.events import COUNTED
from web.site.ways_on import Way, ways_on

_OWN_WORDS: Mapping[str, LazyString] = {
    "already-listed": lazy_gettext("Du är redan listad här."),
    "already-queued": lazy_gettext(
        "Du står redan i kö. Lämna den köplatsen först om du hellre vill vänta här."
    ),
}
_QUEUED_HERE = lazy_gettext("Du står redan i kö hit.")
_EXEMPT: Mapping[str, LazyString] = {
    "newborn-of-listed-guardian": lazy_gettext(
        "Får plats fast det är fullt, som nyfött barn till någon som är listad här."
    ),
    "same-household": lazy_gettext("Får plats fast det är fullt, eftersom någon i hushållet är listad här."),
    "special-housing": lazy_gettext(
        "Får plats fast det är fullt, eftersom mottagningen ansvarar för boendet."
    ),
    "home-care": lazy_gettext(
        "Får plats fast det är fullt, eftersom mottagningen ansvarar för hemsjukvården."
    ),
    "moved-in": lazy_gettext("Får plats fast det är fullt, som nyinflyttad i regionen."),
    "child-health-family": lazy_gettext("Får plats fast det är fullt, genom barnavårdscentralen här."),
}
_AFFECTED: Mapping[str, LazyString] = {
    "ends": lazy_gettext("Listningen på %(unit)s upphör %(day)s."),
    "replaced": lazy_gettext("Den kommande listningen på %(unit)s tas bort."),
    "dropped": lazy_gettext("Köplatsen till %(unit)s upphör."),
    "kept": lazy_gettext("Köplatsen till %(unit)s finns kvar."),
    "doctor-ends": lazy_gettext("Den fasta läkarkontakten på %(unit)s upphör %(day)s."),
}


@dataclass(frozen=True)
class Line:
    """One person on the page. `told` is what the form remembers of it; empty when it cannot be chosen."""

    handle: str
    name: str
    is_self: bool
    checked: bool
    told: str
    headline: str = ""
    facts: tuple[str, ...] = ()
    refusal: str = ""
    ways: tuple[Way, ...] = ()
    queue: bool = False
    preview: Preview | None = None


def told_of_plan(preview: Preview) -> str:
    """What a plan comes to, as the form remembers it and the outcome is held against."""
    plan = preview.plan
    if plan is None:
        return ""
    return "queue" if plan.action == "queue" else f"list {plan.valid_from} {plan.changes_left}"


def told_of_outcome(outcome: Mapping[str, Any]) -> str:
    """The same of what the operation did."""
    if outcome["status"] == "queued":
        return "queue"
    return f"list {outcome['validFrom']} {outcome['changesLeft']}"


def as_decided(preview: Preview, outcome: Mapping[str, Any]) -> Preview:
    """The preview as the operation has just decided it, where that is something else: others were first, or

    several people together need more places than there are.
    """
    plan = preview.plan
    if plan is None or told_of_plan(preview) == told_of_outcome(outcome):
        return preview
    if outcome["status"] == "queued":
        stays = tuple(
            replace(one, change="kept") for one in preview.affected if one.change in ("dropped", "kept")
        )
        plan = replace(
            plan, action="queue", because="full", counted=False, changes_left=outcome["changesLeft"]
        )
        return replace(preview, plan=plan, position=outcome["queuePosition"], affected=stays)
    day = date.fromisoformat(outcome["validFrom"])
    left = outcome["changesLeft"]
    return replace(
        preview, plan=replace(plan, action="list", because="room", valid_from=day, changes_left=left)
    )


def line(preview: Preview, policy: Policy, *, handle: str, name: str, is_self: bool, checked: bool) -> Line:
    """One person's part of the page."""
    plan = preview.plan
    if plan is None:
        assert preview.refused is not None
        problem = ListingRefused(preview.refused)
        return Line(
            handle, name, is_self, False, "", refusal=refusal_words(preview.refused, is_self=is_self),
            ways=tuple(ways_on(problem)), preview=preview,
        )  # fmt: skip
    return Line(
        handle,
        name,
        is_self,
        checked,
        told_of_plan(preview),
        _headline(preview),
        tuple(_facts(preview, policy)),
        queue=plan.action == "queue",
        preview=preview,
    )


def refusal_words(refused: Refused, *, is_self: bool) -> str:
    """The refusal's sentence; said to oneself where that is who it is about."""
    if is_self and refused.because == "queued-here":
        return str(_QUEUED_HERE)
    if is_self and refused.code in _OWN_WORDS:
        return str(_OWN_WORDS[refused.code])
    return sentence(ListingRefused(refused))


def _headline(preview: Preview) -> str:
    plan = preview.plan
    assert plan is not None
    if plan.action == "queue":
        return _("Ställs i kö, på plats %(place)s", place=preview.position)
    if plan.valid_from <= clock.today():
        return _("Listas i dag, %(day)s", day=_written(plan.valid_from))
    return _("Listas från %(day)s", day=_written(plan.valid_from))


def _facts(preview: Preview, policy: Policy) -> Iterator[str]:
    plan = preview.plan
    assert plan is not None
    if plan.exemption:
        yield str(_EXEMPT[plan.exemption])
    if plan.action == "queue":
        yield from _queue_facts(plan.because, policy)
    for one in preview.affected:
        yield _affected(one)
    if plan.action == "list":
        yield from _cost(preview)


def _queue_facts(because: str, policy: Policy) -> Iterator[str]:
    if because == "queue-first":
        yield _("De som redan står i kö får de lediga platserna först.")
    else:
        yield _("Mottagningen är full just nu.")
    if policy.queue.serving == "offer":
        yield ngettext(
            "När det blir din tur får du ett erbjudande på mina sidor att svara på inom %(num)s dag.",
            "När det blir din tur får du ett erbjudande på mina sidor att svara på inom %(num)s dagar.",
            policy.queue.offer_days or 0,
        )
    else:
        yield _("När det blir din tur listas du automatiskt.")
    yield _("Att stå i kö kostar inget byte. Är du listad någonstans är du kvar där så länge.")


def _cost(preview: Preview) -> Iterator[str]:
    plan = preview.plan
    assert plan is not None
    if plan.changes_left is None:
        yield _("Regionen har ingen gräns för hur ofta man byter.")
        return
    yield str(COUNTED.get(plan.counted_because, COUNTED["change"]))
    left = ngettext(
        "%(num)s byte kvar efter det här.", "%(num)s byten kvar efter det här.", plan.changes_left
    )
    if preview.next_change is None:
        yield left
    else:
        yield f"{left} {_('Ett byte kommer tillbaka %(day)s.', day=_written(preview.next_change))}"


def _affected(one: Affected) -> str:
    day = _written(one.day) if one.day else ""
    return str(_AFFECTED[one.change]) % {"unit": one.unit, "day": day}


def _written(day: date) -> str:
    return format_date(day, "d MMMM y")
