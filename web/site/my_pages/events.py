"""What has happened, in words: one sentence for every kind of event that the register writes.

`tests/web/site/my_pages/test_words.py` walks the source of `listing` and holds that no kind lacks its
sentence. The sentences suit whoever reads: oneself, or a guardian about a child.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import LazyString, format_date, lazy_gettext
from flask_babel import gettext as _

from listing.errors import ListingRefused
from listing.rules.decision import Refused
from web import refusals

SENTENCES: Mapping[str, LazyString] = {
    "listed": lazy_gettext("Listad på %(unit)s."),
    "scheduled": lazy_gettext("Ska listas på %(unit)s från %(valid_from)s."),
    "begun": lazy_gettext("Listningen på %(unit)s började gälla."),
    "ended": lazy_gettext("Listningen på %(unit)s upphörde."),
    "withdrawn": lazy_gettext("Den kommande listningen på %(unit)s togs tillbaka."),
    "queued": lazy_gettext("Ställd i kö till %(unit)s, på plats %(position)s."),
    "queue-ended": lazy_gettext("Köplatsen till %(unit)s upphörde."),
    "offered": lazy_gettext("Erbjuden en plats på %(unit)s, att svara på senast %(last_day)s."),
    "offer-declined": lazy_gettext("Tackade nej till platsen på %(unit)s. Köplatsen upphörde."),
    "offer-lapsed": lazy_gettext("Erbjudandet från %(unit)s gick ut utan svar. Köplatsen upphörde."),
    "offer-taken-back": lazy_gettext(
        "Erbjudandet från %(unit)s togs tillbaka, eftersom mottagningens avtal tog slut. Köplatsen är kvar."
    ),
    "listed-from-queue": lazy_gettext("Fick plats från kön och listades på %(unit)s från %(valid_from)s."),
    "passed-over": lazy_gettext(
        "Fick inte platsen på %(unit)s när det var dags, eftersom listning inte var möjlig då."
    ),
    "priority-given": lazy_gettext("Fick förtur i kön till %(unit)s, och stod då på plats %(position)s."),
    "priority-withdrawn": lazy_gettext(
        "Förturen i kön till %(unit)s togs tillbaka. Köplatsen var då %(position)s."
    ),
    "corrected": lazy_gettext("Listningen på %(unit)s var fel och togs bort."),
    "restored": lazy_gettext("Listningen på %(unit)s gäller igen efter en rättelse."),
    "refused": lazy_gettext("Gick inte att genomföra för %(unit)s."),
    "doctor-chosen": lazy_gettext("Fick en fast läkarkontakt på %(unit)s."),
    "doctor-ended": lazy_gettext("Den fasta läkarkontakten på %(unit)s upphörde."),
    "taken-over": lazy_gettext("Listningen på %(unit)s togs över från ett tidigare register."),
    "queue-taken-over": lazy_gettext("Köplatsen till %(unit)s togs över från ett tidigare register."),
    "guardians-changed": lazy_gettext("Folkbokföringen ändrade vilka som är vårdnadshavare."),
    "born": lazy_gettext("Folkbokföringen meddelade födelsen."),
    "moved-in": lazy_gettext("Folkbokföringen meddelade inflyttning till Sverige."),
    "moved": lazy_gettext("Folkbokföringen meddelade en ny adress."),
    "moved-region": lazy_gettext("Folkbokföringen meddelade flytt till en annan region."),
    "died": lazy_gettext("Folkbokföringen meddelade dödsfall."),
    "emigrated": lazy_gettext("Folkbokföringen meddelade flytt från Sverige."),
    "deregistered": lazy_gettext("Avregistrerad från folkbokföringen."),
    "identity-changed": lazy_gettext(
        "Folkbokföringen meddelade ett nytt personnummer. Listningen följer med."
    ),
    "merged": lazy_gettext(
        "Två poster i registret visade sig vara samma person. Allt finns nu på ett ställe."
    ),
    "protected": lazy_gettext("Personuppgifterna blev skyddade."),
    "protection-lifted": lazy_gettext("Skyddet av personuppgifterna hävdes."),
}
"""By kind, as it stands when the reason adds nothing."""

CLOSER: Mapping[tuple[str, str], LazyString] = {
    ("listed", "newborn"): lazy_gettext("Listad på %(unit)s som nyfödd, där en vårdnadshavare är listad."),
    ("listed", "successor"): lazy_gettext("Listad på %(unit)s, som tog över efter den förra mottagningen."),
    ("listed", "allocation"): lazy_gettext(
        "Listad på %(unit)s av regionen, enligt regeln för den som inte väljer själv."
    ),
    ("listed", "closure"): lazy_gettext(
        "Listad på %(unit)s av regionen, eftersom den förra mottagningen stängde."
    ),
    ("ended", "changed"): lazy_gettext("Listningen på %(unit)s upphörde vid bytet till en annan mottagning."),
    ("ended", "left"): lazy_gettext("Lämnade %(unit)s."),
    ("ended", "closed"): lazy_gettext("Listningen på %(unit)s upphörde eftersom mottagningen stängde."),
    ("ended", "contract-ended"): lazy_gettext(
        "Listningen på %(unit)s upphörde eftersom mottagningens avtal tog slut."
    ),
    ("ended", "deceased"): lazy_gettext("Listningen på %(unit)s upphörde efter dödsfallet."),
    ("ended", "emigrated"): lazy_gettext("Listningen på %(unit)s upphörde efter flytten från Sverige."),
    ("withdrawn", "replaced"): lazy_gettext("Den kommande listningen på %(unit)s ersattes av ett nytt val."),
    ("withdrawn", "contract-ended"): lazy_gettext(
        "Den kommande listningen på %(unit)s blev inte av, eftersom mottagningen inte har avtal då."
    ),
    ("queue-ended", "contract-ended"): lazy_gettext(
        "Kön till %(unit)s upphörde eftersom mottagningens avtal tog slut."
    ),
    ("queue-ended", "merged"): lazy_gettext(
        "En av två platser i kön till %(unit)s togs bort. Den tidigaste dagen gäller."
    ),
    ("queue-ended", "left"): lazy_gettext("Lämnade kön till %(unit)s."),
    ("queue-ended", "listed-here"): lazy_gettext("Köplatsen till %(unit)s behövs inte längre: listad där."),
    ("queue-ended", "listed-elsewhere"): lazy_gettext(
        "Köplatsen till %(unit)s upphörde vid listningen på en annan mottagning."
    ),
    ("queue-ended", "unit-closing"): lazy_gettext(
        "Kön till %(unit)s upphörde eftersom mottagningen stänger."
    ),
}
"""By kind and reason, where the reason changes the sentence."""

COUNTED: Mapping[str, LazyString] = {
    "change": lazy_gettext("Räknas som ett byte."),
    "change-from-queue": lazy_gettext("Räknas som ett byte."),
    "first-listing": lazy_gettext("Räknas inte som ett byte: första listningen."),
    "choice-after-allocation": lazy_gettext(
        "Räknas inte som ett byte: första egna valet efter regionens listning."
    ),
    "allocation": lazy_gettext("Räknas inte som ett byte: inte ett eget val."),
    "closure": lazy_gettext("Räknas inte som ett byte: mottagningen stänger."),
    "newborn": lazy_gettext("Räknas inte som ett byte: nyfödd."),
    "correction": lazy_gettext("Räknas inte som ett byte: en rättelse."),
    "takeover": lazy_gettext("Räknas inte som ett byte: registret flyttades."),
    "successor": lazy_gettext("Räknas inte som ett byte: mottagningen ersattes."),
    "identity-change": lazy_gettext("Räknas inte som ett byte."),
    "moved": lazy_gettext("Räknas inte som ett byte: särskilda skäl, flytt."),
    "medical": lazy_gettext("Räknas inte som ett byte: särskilda skäl, medicinska."),
    "followed-doctor": lazy_gettext("Räknas inte som ett byte: särskilda skäl, läkaren bytte mottagning."),
    "registered-in-error": lazy_gettext("Räknas inte som ett byte: särskilda skäl, tidigare fel."),
    "protection": lazy_gettext("Räknas inte som ett byte: särskilda skäl, skydd."),
}
"""Why an event was a change or was none; a region without a limit counts none, and then nothing is said."""

BEGINNINGS = frozenset({"listed", "scheduled", "queued", "listed-from-queue"})
BY: Mapping[str, LazyString] = {
    "resident": lazy_gettext("på webben"),
    "unit": lazy_gettext("av mottagningens personal"),
    "region": lazy_gettext("av regionen"),
    "nurse": lazy_gettext("av sjuksköterska i rådgivning"),
    "statistician": lazy_gettext("av statistiker"),
    "system": lazy_gettext("automatiskt"),
}


@dataclass(frozen=True)
class Told:
    """An event as one reads it. `more` says whether and why it counted as a change, or why it was refused.

    `receipt` is the listing or queue place that the event began, None for others.
    """

    at: datetime
    sentence: str
    more: str
    by: str
    receipt: UUID | None = None


def told(row: Any) -> Told:
    """One row of history in words."""
    words = {name: written(value) for name, value in row.detail.items() if isinstance(value, str | int)}
    filled = {name: words.get(name, "–") for name in ("position", "valid_from", "last_day")}
    closer = CLOSER.get((row.kind, row.reason or ""))
    # A kind of a later version of the program is told as what it is called rather than not at all.
    pattern = closer or SENTENCES.get(row.kind)
    unit = row.unit_name or _("en mottagning")
    sentence = str(pattern) % {"unit": unit, **filled} if pattern else row.kind
    more = _refusal(row) if row.kind == "refused" else _counted(row)
    began = (row.listing_id or row.queue_entry_id) if row.kind in BEGINNINGS else None
    return Told(row.at, sentence, more, str(BY.get(row.actor_role, row.actor_role)), began)


def _counted(row: Any) -> str:
    return str(COUNTED.get(row.counted_because or "", ""))


def _refusal(row: Any) -> str:
    arguments = {name: _value(value) for name, value in (row.detail.get("arguments") or {}).items()}
    refused = ListingRefused(Refused(row.reason, row.detail.get("because", ""), arguments))
    try:
        return refusals.sentence(refused)
    except KeyError:  # A reason that this version no longer has.
        return ""


def written(value: Any) -> str:
    """A day as people write it, anything else as it is."""
    found = _value(value)
    return format_date(found, "d MMMM y") if isinstance(found, date) else str(found)


def _value(value: Any) -> Any:
    """What history keeps as text and was a day."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
