"""The sentence for every refusal of the listing register, in the language of the request.

A rule answers with a code, the exact reason and its arguments (`listing.rules.decision.Refused`); the API and
the site say it with the same words. `tests/web/test_refusals.py` walks the source of `listing` and holds
that no refusal lacks a sentence, and no sentence its refusal. Nothing here names a person.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString, format_date, gettext, lazy_gettext

from core.problems import Problem
from listing.errors import ListingRefused

Reason = tuple[str, str]

_UNIT: Mapping[Reason, LazyString] = {
    ("unit-not-listable", "unit-closed"): lazy_gettext("Mottagningen är stängd."),
    ("unit-not-listable", "unit-closing"): lazy_gettext(
        "Mottagningen stänger %(closes)s och tar inte emot fler. Välj en annan."
    ),
    ("unit-not-listable", "contract-not-begun"): lazy_gettext(
        "Det går att lista sig på mottagningen först från %(first)s."
    ),
    ("unit-not-listable", "contract-ended"): lazy_gettext(
        "Mottagningens avtal med regionen har upphört, så det går inte att lista sig där."
    ),
    ("unit-not-listable", "no-contract"): lazy_gettext(
        "Mottagningen har inget avtal med regionen om listning, så det går inte att lista sig där."
    ),
    ("unit-not-listable", "doctor-elsewhere"): lazy_gettext(
        "Läkaren arbetar på en annan mottagning än den där personen är listad."
    ),
    ("unit-full", "no-queue"): lazy_gettext("Mottagningen är full och har ingen kö. Välj en annan."),
    ("unit-full", "full"): lazy_gettext("Mottagningen är full. Det går att ställa sig i kö."),
    ("unit-full", "queue-first"): lazy_gettext(
        "De som redan står i kö får de lediga platserna. Det går att ställa sig i kö."
    ),
    ("already-listed", "listed-here"): lazy_gettext("Personen är redan listad på mottagningen."),
    ("already-queued", "queued-here"): lazy_gettext("Personen står redan i kö till mottagningen."),
    ("already-queued", "max-queues"): lazy_gettext(
        "Personen står redan i så många köer som regionen tillåter (%(max)s). Lämna en kö först."
    ),
    ("queue-not-possible", "no-queue"): lazy_gettext("Mottagningen har ingen kö."),
    ("queue-not-possible", "not-full"): lazy_gettext(
        "Mottagningen har lediga platser, så det går att lista sig direkt."
    ),
    ("offer-expired", "lapsed"): lazy_gettext("Erbjudandet gick ut %(last)s. Platsen har gått vidare."),
}
_CHANGE: Mapping[Reason, LazyString] = {
    ("change-limit-reached", "limit"): lazy_gettext(
        "Man kan byta %(max)s gånger på %(months)s månader. Nästa byte går att göra %(next)s."
    ),
    ("reason-not-accepted", "not-a-reason-here"): lazy_gettext(
        "Regionen godtar inte det skälet. Den har inget sådant särskilt skäl."
    ),
    ("reason-not-accepted", "decided-by-person"): lazy_gettext("Personen måste själv ange skälet."),
    ("reason-not-accepted", "decided-by-register"): lazy_gettext(
        "Skälet godtas när folkbokföringen visar det, eller genom mottagningen."
    ),
    ("reason-not-accepted", "decided-by-unit"): lazy_gettext(
        "Skälet godtas bara genom mottagningen eller regionen."
    ),
    ("reason-not-accepted", "decided-by-region"): lazy_gettext("Skälet godtas bara genom regionen."),
    ("reason-not-accepted", "evidence-missing"): lazy_gettext(
        "Ange var underlaget för skälet finns, till exempel ett diarienummer."
    ),
    ("reason-not-accepted", "decision-missing"): lazy_gettext("Ange vilket beslut som ger förtur."),
    ("date-not-possible", "too-early"): lazy_gettext("Listningen kan gälla tidigast från %(first)s."),
    ("date-not-possible", "too-late"): lazy_gettext("Listningen kan gälla senast från %(last)s."),
    ("date-not-possible", "period-empty"): lazy_gettext("Sista dagen måste komma efter den första."),
    ("form-not-valid", "signed-in-future"): lazy_gettext("Blankettens datum har inte varit ännu."),
    ("form-not-valid", "form-too-old"): lazy_gettext(
        "Blanketten är för gammal. Den skulle ha registrerats senast %(last)s."
    ),
    ("form-not-valid", "reference-missing"): lazy_gettext(
        "Ange blankettens beteckning, så att den går att hitta."
    ),
    ("form-not-valid", "number-mistyped"): lazy_gettext(
        "Blankettens nummer %(number)s är inte rätt avskrivet. Se efter på blanketten."
    ),
    ("form-not-valid", "form-registered"): lazy_gettext(
        "Blanketten registrerades %(registered)s. Samma blankett registreras bara en gång."
    ),
}
_PERSON: Mapping[Reason, LazyString] = {
    ("not-entitled", "deceased"): lazy_gettext("Personen är avliden enligt folkbokföringen."),
    ("not-entitled", "emigrated"): lazy_gettext("Personen har flyttat från Sverige enligt folkbokföringen."),
    ("not-entitled", "not-found"): lazy_gettext("Personen är avregistrerad från folkbokföringen."),
    ("not-entitled", "number-replaced"): lazy_gettext("Personen har fått ett nytt personnummer. Använd det."),
    ("not-entitled", "not-registered"): lazy_gettext("Personen är inte folkbokförd i Sverige."),
    ("not-entitled", "registered-not-accepted"): lazy_gettext(
        "Regionen listar inte den som är folkbokförd i den här typen av register."
    ),
    ("not-entitled", "registered-through-staff"): lazy_gettext(
        "Listningen görs av mottagningen eller regionen. Kontakta någon av dem."
    ),
    ("not-entitled", "coordination-number-not-accepted"): lazy_gettext(
        "Regionen listar inte den som har samordningsnummer."
    ),
    ("not-entitled", "coordination-number-through-staff"): lazy_gettext(
        "Den som har samordningsnummer listas av mottagningen eller regionen."
    ),
    ("not-entitled", "reserve-number-not-accepted"): lazy_gettext(
        "Regionen listar inte den som har reservnummer."
    ),
    ("not-entitled", "reserve-number-through-staff"): lazy_gettext(
        "Den som har reservnummer listas av mottagningen eller regionen."
    ),
    ("not-entitled", "other-region-not-accepted"): lazy_gettext(
        "Regionen listar inte den som bor i en annan region."
    ),
    ("not-entitled", "other-region-through-staff"): lazy_gettext(
        "Den som bor i en annan region listas av mottagningen eller regionen."
    ),
    ("not-entitled", "not-listed"): lazy_gettext(
        "Personen är inte listad på någon vårdcentral, och kan därför inte ha en fast läkarkontakt där."
    ),
    ("not-entitled", "no-doctor"): lazy_gettext("Personen har ingen fast läkarkontakt."),
    ("person-protected", "register-cannot-hold"): lazy_gettext(
        "Regionens register kan inte ha personer med skyddade personuppgifter. Kontakta regionen."
    ),
    ("person-protected", "own-path"): lazy_gettext(
        "Den som har skyddade personuppgifter får hjälp av särskild personal. Kontakta regionen."
    ),
    ("person-protected", "merge-uncovers"): lazy_gettext(
        "Den ena posten är skyddad och den andra inte. Skydda båda innan de slås ihop."
    ),
    ("person-protected", "link-broken"): lazy_gettext(
        "Det går inte att företräda någon här när den ena har skyddade personuppgifter. Kontakta regionen."
    ),
    ("guardian-required", "too-young"): lazy_gettext(
        "En vårdnadshavare behöver göra valet. Själv får man välja från %(age)s års ålder."
    ),
    ("guardian-required", "all-guardians"): lazy_gettext(
        "Alla vårdnadshavare behöver skriva under. Lämna in en blankett; %(missing)s underskrifter saknas."
    ),
}
_RIGHT: Mapping[Reason, LazyString] = {
    ("not-authorised", "other-unit"): lazy_gettext("Behörigheten gäller en annan mottagning."),
    ("not-authorised", "other-region"): lazy_gettext("Behörigheten gäller en annan region."),
    ("not-authorised", "role"): lazy_gettext("Rollen får inte göra detta."),
    ("not-authorised", "form-by-staff"): lazy_gettext(
        "En blankett lämnas in. Den registreras av mottagningen eller regionen."
    ),
    ("not-authorised", "form-by-region"): lazy_gettext(
        "Här registrerar regionen blanketterna. Skicka blanketten till regionen."
    ),
    ("not-authorised", "form-by-unit"): lazy_gettext(
        "Här registrerar mottagningen blanketterna. Skicka blanketten till mottagningen."
    ),
    ("not-authorised", "identity-not-checked"): lazy_gettext(
        "Ange hur vårdnadshavarens identitet har kontrollerats, eller registrera en undertecknad blankett."
    ),
    ("not-authorised", "no-relation"): lazy_gettext(
        "Man får bara handla för sig själv och dem man företräder."
    ),
    ("not-authorised", "no-longer-guardian"): lazy_gettext("Personen har fyllt %(age)s år och väljer själv."),
    ("not-authorised", "guardian-on-paper"): lazy_gettext(
        "Barnet har fyllt %(age)s år. Barnet kan välja själv, eller så väljer en vårdnadshavare på blankett."
    ),
    ("not-authorised", "ombud-not-accepted"): lazy_gettext("Regionen godtar inte ombud."),
    ("not-authorised", "ombud-through-staff"): lazy_gettext(
        "Ett ombud väljer genom mottagningen eller regionen."
    ),
    ("not-authorised", "god-man-not-accepted"): lazy_gettext("Regionen godtar inte god man."),
    ("not-authorised", "god-man-through-staff"): lazy_gettext(
        "En god man väljer genom mottagningen eller regionen."
    ),
    ("not-authorised", "forvaltare-not-accepted"): lazy_gettext("Regionen godtar inte förvaltare."),
    ("not-authorised", "forvaltare-through-staff"): lazy_gettext(
        "En förvaltare väljer genom mottagningen eller regionen."
    ),
}
_DECISION: Mapping[Reason, LazyString] = {
    ("doctor-full", "no-such-doctor"): lazy_gettext("Läkaren finns inte på mottagningen."),
    ("doctor-full", "ceiling"): lazy_gettext("Läkaren har inte plats för fler. Välj en annan."),
    ("doctor-full", "guide"): lazy_gettext("Läkaren har så många som regionen tillåter. Välj en annan."),
    ("doctor-full", "substitute-itself"): lazy_gettext("En läkare kan inte vara sin egen vikarie."),
    ("limit-not-possible", "decision-missing"): lazy_gettext("Ange beslutets beteckning."),
    ("limit-not-possible", "places-negative"): lazy_gettext("Antalet platser kan inte vara under noll."),
    ("limit-not-possible", "period-empty"): lazy_gettext("Sista dagen måste komma efter den första."),
    ("limit-not-possible", "too-long"): lazy_gettext(
        "Regionen beslutar om tak för högst %(months)s månader, alltså som längst till %(last)s."
    ),
    ("limit-not-possible", "too-early"): lazy_gettext("Dagen har redan varit. Tidigast går %(first)s."),
    ("limit-not-possible", "already-closing"): lazy_gettext(
        "Mottagningens stängning är redan meddelad. Ta tillbaka den först."
    ),
    ("limit-not-possible", "contract-ended"): lazy_gettext(
        "Mottagningens avtal har upphört. Registrera det nya avtalet i stället."
    ),
    ("limit-not-possible", "own-successor"): lazy_gettext("En mottagning kan inte efterträda sig själv."),
}
SENTENCES: Mapping[Reason, LazyString] = {**_UNIT, **_CHANGE, **_PERSON, **_RIGHT, **_DECISION}

PLAIN: Mapping[str, LazyString] = {
    "person-unknown": lazy_gettext(
        "Personen finns inte i registret, eller så får du inte företräda personen."
    ),
    "unit-not-listable": lazy_gettext("Det finns ingen sådan mottagning. Kontrollera HSA-id."),
    "listing-unknown": lazy_gettext("Det finns ingen sådan listning som gäller."),
    "queue-entry-unknown": lazy_gettext("Det finns ingen sådan köplats."),
    "queue-entry-ended": lazy_gettext("Köplatsen har upphört, eller har inget erbjudande att svara på."),
    "regular-doctor-unknown": lazy_gettext("Det finns ingen sådan fast läkarkontakt."),
    "notice-unknown": lazy_gettext("Det finns inget sådant meddelande."),
    "closure-unknown": lazy_gettext("Mottagningens stängning är inte meddelad."),
    "doctor-unknown": lazy_gettext("Läkaren finns inte på mottagningen."),
    "idempotency-key-reused": lazy_gettext(
        "Nyckeln har använts till en annan begäran. Ta en ny nyckel till varje ny begäran."
    ),
    "busy": lazy_gettext("Andra ändrar samma sak just nu. Ingenting har ändrats, så försök igen."),
}
"""What a problem without a rule behind it says, by its code."""


def sentence(refused: ListingRefused) -> str:
    """What a rule's refusal says to whoever asked."""
    words = {name: _written(value) for name, value in refused.arguments.items()}
    return str(SENTENCES[refused.code, refused.because]) % words


def said(problem: Problem) -> str:
    """What any problem of the register says; its own words where there is no sentence for it."""
    if isinstance(problem, ListingRefused):
        return sentence(problem)
    plain = PLAIN.get(problem.code)
    return problem.detail if plain is None else str(plain)


def _written(value: Any) -> str:
    if isinstance(value, datetime | date):
        return format_date(value, "d MMMM y")
    return gettext("okänd dag") if value is None else str(value)
