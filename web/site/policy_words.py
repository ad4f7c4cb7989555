"""The sentences of "How it works": what a region has decided, in Swedish and English.

`listing.policy.words` gives the statements and their order; here each gets its sentence. A region's own texts
are shown as they stand, in the language of the page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask_babel import LazyString, format_decimal, lazy_gettext, ngettext
from flask_babel import gettext as _

from listing.policy.model import Policy
from listing.policy.words import TOPICS, Statement, statements
from web.site.i18n import current_language

_SENTENCES: Mapping[str, LazyString] = {
    # who
    "registered-yes": lazy_gettext("Du som är folkbokförd i Sverige kan lista dig."),
    "registered-manual": lazy_gettext(
        "Du som är folkbokförd i Sverige kan lista dig genom mottagningen eller regionen."
    ),
    "registered-no": lazy_gettext(
        "Regionen listar inte den som är folkbokförd i Sverige i den här typen av register."
    ),
    "other-region-yes": lazy_gettext("Du kan lista dig här även om du bor i en annan region."),
    "other-region-manual": lazy_gettext("Bor du i en annan region listar mottagningen eller regionen dig."),
    "other-region-no": lazy_gettext("Bor du i en annan region kan du inte lista dig här."),
    "coordination-number-yes": lazy_gettext("Du kan lista dig med samordningsnummer."),
    "coordination-number-manual": lazy_gettext(
        "Har du samordningsnummer listar mottagningen eller regionen dig."
    ),
    "coordination-number-no": lazy_gettext("Det går inte att lista sig med samordningsnummer."),
    "reserve-number-yes": lazy_gettext("Du kan lista dig med reservnummer."),
    "reserve-number-manual": lazy_gettext("Har du reservnummer listar mottagningen eller regionen dig."),
    "reserve-number-no": lazy_gettext("Det går inte att lista sig med reservnummer."),
    "protected-manual": lazy_gettext(
        "Har du skyddade personuppgifter hjälper särskild personal i regionen dig att lista dig."
    ),
    "protected-refuse": lazy_gettext(
        "Har du skyddade personuppgifter kan du inte finnas i listningssystemet. "
        "Kontakta regionen, så får du ändå välja."
    ),
    # choose
    "effective-immediately": lazy_gettext("Listningen gäller genast när den är registrerad."),
    "effective-next-day": lazy_gettext("Listningen gäller från dagen efter."),
    "effective-first-of-next-month": lazy_gettext("Listningen gäller från den första i nästa månad."),
    "effective-plus": lazy_gettext("Därtill kommer %(days)s innan den gäller."),
    "counted-from-registered": lazy_gettext("Tiden räknas från den dag då listningen registreras."),
    "counted-from-chosen": lazy_gettext(
        "Tiden räknas från den dag då du valde, även på papper, men listningen gäller aldrig bakåt."
    ),
    "schedule-ahead": lazy_gettext("Du kan välja en senare dag, upp till %(days)s framåt."),
    "schedule-never": lazy_gettext("Du kan inte välja en senare dag."),
    "paper-by-unit": lazy_gettext("Du kan lista dig på en blankett som du lämnar till mottagningen."),
    "paper-by-region": lazy_gettext("Du kan lista dig på en blankett som du skickar till regionen."),
    "paper-by-either": lazy_gettext(
        "Du kan lista dig på en blankett som du lämnar till mottagningen eller regionen."
    ),
    "paper-valid-days": lazy_gettext("En blankett ska registreras inom %(days)s från underskriften."),
    "paper-kept": lazy_gettext("Blanketten sparas, och det antecknas var."),
    "paper-kept-optional": lazy_gettext("Det behöver inte antecknas var blanketten sparas."),
    # change
    "changes-at-most": lazy_gettext("Du kan byta mottagning %(times)s under %(months)s."),
    "changes-unlimited": lazy_gettext("Du kan byta mottagning hur många gånger du vill."),
    "special-reason": lazy_gettext(
        "Du får byta fler gånger om du har särskilda skäl: %(reason)s. %(decider)s"
    ),
    "special-reason-with-proof": lazy_gettext(
        "Du får byta fler gånger om du har särskilda skäl, och underlag för det: %(reason)s. %(decider)s"
    ),
    "special-reason-none": lazy_gettext("Regionen har inga särskilda skäl för fler byten."),
    "not-counted": lazy_gettext("Räknas inte som ett byte: %(cause)s."),
    # room
    "limit-by-decision": lazy_gettext(
        "En mottagning kan vara full bara om regionen har beslutat om ett listningstak."
    ),
    "limit-months": lazy_gettext("Ett beslut om listningstak gäller i högst %(months)s."),
    "limit-per-doctor": lazy_gettext(
        "Regionen räknar med högst %(count)s listade per heltidsarbetande läkare."
    ),
    "exempt-newborn-of-listed-guardian": lazy_gettext(
        "Ett nyfött barn får plats där en vårdnadshavare är listad, även om det är "
        "fullt, inom %(days)s från födseln."
    ),
    "exempt-same-household": lazy_gettext(
        "Du får plats där någon i ditt hushåll är listad, även om det är fullt."
    ),
    "exempt-special-housing": lazy_gettext(
        "Du som bor på ett särskilt boende får plats på mottagningen som ansvarar för "
        "boendet, även om det är fullt."
    ),
    "exempt-home-care": lazy_gettext(
        "Du som har hemsjukvård får plats på mottagningen som ansvarar för den, även om det är fullt."
    ),
    "exempt-moved-in": lazy_gettext(
        "Du som har flyttat in i regionen får plats även om det är fullt, inom %(days)s från flytten."
    ),
    "exempt-child-health-family": lazy_gettext(
        "Barn under %(age)s år och deras familj får plats på mottagningen vid sin "
        "barnavårdscentral, även om det är fullt."
    ),
    "exempt-nobody": lazy_gettext("När det är fullt görs inga undantag."),
    # queue
    "queue-none": lazy_gettext("När en mottagning är full går det inte att ställa sig i kö."),
    "queue-unit": lazy_gettext(
        "När en mottagning är full kan du ställa dig i kö dit. Kön går efter när du ställde dig i den."
    ),
    "queue-central": lazy_gettext(
        "När en mottagning är full kan du ställa dig i kö. Regionen sköter kön, som går "
        "efter när du ställde dig i den."
    ),
    "queues-at-most": lazy_gettext("Du kan stå i högst så här många köer samtidigt: %(count)s."),
    "place-drops": lazy_gettext("Om du själv listar dig någon annanstans förlorar du din köplats."),
    "place-stays": lazy_gettext("Du behåller din köplats om du listar dig någon annanstans."),
    "place-offered": lazy_gettext(
        "När det är din tur får du ett erbjudande. Svara inom %(days)s; platsen hålls så länge."
    ),
    "offer-reminder": lazy_gettext("Du får en påminnelse %(days)s innan tiden går ut."),
    "place-automatic": lazy_gettext(
        "När det är din tur listas du på mottagningen utan att du behöver göra något."
    ),
    "priority": lazy_gettext("Du kan få gå före i kön av ett skäl som dokumenteras: %(reason)s."),
    "priority-none": lazy_gettext("Ingen får gå före i kön."),
    # children
    "guardian-online": lazy_gettext(
        "Vårdnadshavare kan lista sitt barn på webben tills barnet fyller %(age)s år."
    ),
    "self-online": lazy_gettext("Du kan lista dig själv på webben från den dag du fyller %(age)s år."),
    "guardian-paper": lazy_gettext(
        "På blankett eller på plats kan vårdnadshavare lista barnet tills det fyller %(age)s år."
    ),
    "self-paper": lazy_gettext("Från %(age)s år kan du själv skriva under blanketten."),
    "guardians-one": lazy_gettext("Det räcker att en vårdnadshavare väljer."),
    "guardians-all": lazy_gettext("Alla vårdnadshavare måste vara med på valet."),
    "proxy-yes": lazy_gettext("Ett ombud kan lista dig."),
    "proxy-manual": lazy_gettext("Ett ombud kan lista dig genom mottagningen eller regionen."),
    "proxy-no": lazy_gettext("Ett ombud kan inte lista dig."),
    "trustee-yes": lazy_gettext("En god man kan lista dig."),
    "trustee-manual": lazy_gettext("En god man kan lista dig genom mottagningen eller regionen."),
    "trustee-no": lazy_gettext("En god man kan inte lista dig."),
    "administrator-yes": lazy_gettext("En förvaltare kan lista dig."),
    "administrator-manual": lazy_gettext("En förvaltare kan lista dig genom mottagningen eller regionen."),
    "administrator-no": lazy_gettext("En förvaltare kan inte lista dig."),
    # doctor
    "doctor-guide": lazy_gettext(
        "En fast läkare på heltid bör ha högst %(count)s personer; en läkare halvvägs "
        "genom sin specialisering %(trainee)s."
    ),
    "doctor-limit-warn": lazy_gettext("Det är ett riktvärde. Mottagningen kan välja att gå över det."),
    "doctor-limit-refuse": lazy_gettext("Det är en gräns. När den är nådd kan ingen mer få den läkaren."),
    # moves
    "moved-within-keep": lazy_gettext(
        "Flyttar du inom regionen gäller ditt val tills du väljer något annat."
    ),
    "moved-within-allocate": lazy_gettext(
        "Flyttar du inom regionen och inte väljer listas du om efter din nya adress."
    ),
    "moved-into-keep": lazy_gettext(
        "Flyttar du till regionen gäller ditt tidigare val tills du väljer något annat."
    ),
    "moved-into-allocate": lazy_gettext(
        "Flyttar du till regionen och inte väljer listas du efter din nya adress."
    ),
    "moved-out-keep": lazy_gettext("Flyttar du från regionen är du kvar tills du väljer något annat."),
    "moved-out-end": lazy_gettext("Flyttar du från regionen upphör listningen."),
    "closure-choice": lazy_gettext(
        "När en mottagning stänger får alla besked och minst %(days)s att välja en annan."
    ),
    "closure-allocate": lazy_gettext(
        "Den som inte väljer när en mottagning stänger listas enligt regionens regel för dem som inte väljer."
    ),
    "closure-unlisted": lazy_gettext("Den som inte väljer när en mottagning stänger blir olistad."),
    "successor-move": lazy_gettext(
        "När en mottagning ersätts av en annan följer listningen med, och du kan välja en annan."
    ),
    "successor-choose": lazy_gettext("När en mottagning ersätts av en annan väljer du själv på nytt."),
    # non-choice
    "method-none": lazy_gettext("Den som inte väljer blir inte listad, men får vård ändå."),
    "method-nearest": lazy_gettext(
        "Den som inte väljer listas på den närmaste mottagningen, fågelvägen från folkbokföringsadressen."
    ),
    "method-nearest-in-municipality": lazy_gettext(
        "Den som inte väljer listas på den närmaste mottagningen i kommunen."
    ),
    "method-nearest-in-district": lazy_gettext(
        "Den som inte väljer listas på den närmaste mottagningen i sitt område."
    ),
    "method-polygon": lazy_gettext(
        "Den som inte väljer listas på mottagningen vars upptagningsområde adressen ligger i."
    ),
    "method-last-visited": lazy_gettext(
        "Den som inte väljer listas på den mottagning som den senast besökte inom %(years)s."
    ),
    "otherwise-nearest": lazy_gettext("Annars på den närmaste mottagningen."),
    "otherwise-nearest-in-municipality": lazy_gettext("Annars på den närmaste mottagningen i kommunen."),
    "otherwise-nearest-in-district": lazy_gettext("Annars på den närmaste mottagningen i sitt område."),
    "otherwise-polygon": lazy_gettext("Annars på mottagningen vars upptagningsområde adressen ligger i."),
    "otherwise-last-visited": lazy_gettext("Annars på den mottagning som den senast besökte inom %(years)s."),
    "capped-while-room": lazy_gettext(
        "En mottagning med listningstak tar emot dem så länge det finns plats."
    ),
    "capped-skip": lazy_gettext("Mottagningar med listningstak hoppas över."),
    "newborn-guardian-unit": lazy_gettext("Ett nyfött barn listas där en vårdnadshavare är listad."),
    "newborn-nearest": lazy_gettext("Ett nyfött barn listas på den närmaste mottagningen."),
    "newborn-none": lazy_gettext("Ett nyfött barn listas inte förrän någon väljer."),
    # more
    "link": lazy_gettext("Läs mer: %(url)s"),
    "regulation": lazy_gettext("Regionen hänvisar till %(reference)s."),
}
_REASONS: Mapping[str, LazyString] = {
    "moved": lazy_gettext("du har flyttat"),
    "medical": lazy_gettext("särskilda medicinska skäl"),
    "followed-doctor": lazy_gettext("din läkare har bytt mottagning"),
    "registered-in-error": lazy_gettext("listningen blev fel"),
    "protection": lazy_gettext("du behöver skydd"),
}
_DECIDERS: Mapping[str, LazyString] = {
    "person": lazy_gettext("Det räcker att du säger det."),
    "register": lazy_gettext("Det ska synas i folkbokföringen, annars avgör mottagningen."),
    "unit": lazy_gettext("Mottagningen avgör."),
    "region": lazy_gettext("Regionen avgör."),
}
_CAUSES: Mapping[str, LazyString] = {
    "first-listing": lazy_gettext("din första listning"),
    "choice-after-allocation": lazy_gettext("ditt första egna val efter att regionen har listat dig"),
    "allocation": lazy_gettext("att regionen listar dig"),
    "closure": lazy_gettext("att din mottagning stänger"),
    "newborn": lazy_gettext("att ett nyfött barn listas"),
    "correction": lazy_gettext("att ett fel rättas"),
    "takeover": lazy_gettext("att registret flyttas mellan system"),
    "successor": lazy_gettext("att din mottagning ersätts av en annan"),
    "identity-change": lazy_gettext("att du får ett nytt personnummer"),
}
_PRIORITIES: Mapping[str, LazyString] = {
    "medical-need": lazy_gettext("särskilt medicinskt behov"),
    "home-care": lazy_gettext("hemsjukvård"),
}
_TOPICS: Mapping[str, LazyString] = {
    "who": lazy_gettext("Vem kan lista sig"),
    "choose": lazy_gettext("Att lista sig"),
    "change": lazy_gettext("Att byta mottagning"),
    "room": lazy_gettext("När en mottagning är full"),
    "queue": lazy_gettext("Kön"),
    "children": lazy_gettext("För någon annans räkning"),
    "doctor": lazy_gettext("Fast läkare"),
    "moves": lazy_gettext("När du flyttar eller mottagningen stänger"),
    "non-choice": lazy_gettext("Den som inte väljer"),
    "more": lazy_gettext("Regionens egna ord"),
}


_LEADS: Mapping[str, LazyString] = {
    "special-reason": lazy_gettext("Du får byta fler gånger om du har särskilda skäl:"),
    "not-counted": lazy_gettext("Det här räknas inte som ett byte:"),
    "priority": lazy_gettext("Du kan få gå före i kön av ett skäl som dokumenteras:"),
}


@dataclass(frozen=True)
class Chapter:
    """A heading and its sentences."""

    topic: str
    heading: str
    sentences: tuple[str, ...]


def chapters(policy: Policy) -> tuple[Chapter, ...]:
    """The policy as people read it, in the language of the page; empty chapters are left out."""
    said = statements(policy)
    found = (
        Chapter(
            topic,
            str(_TOPICS[topic]),
            tuple(part for one in said if one.topic == topic for part in _sentences(one)),
        )
        for topic in TOPICS
    )
    return tuple(chapter for chapter in found if chapter.sentences)


@dataclass(frozen=True)
class Point:
    """A sentence, or a lead with what comes under it."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A chapter for reading: what is alike stands together under one lead."""

    topic: str
    heading: str
    points: tuple[Point, ...]


def sections(policy: Policy) -> tuple[Section, ...]:
    """The chapters without the region's own texts, with reasons and causes gathered into lists."""
    said = statements(policy)
    found = (
        Section(topic, str(_TOPICS[topic]), tuple(_points([one for one in said if one.topic == topic])))
        for topic in TOPICS
        if topic != "more"
    )
    return tuple(section for section in found if section.points)


def _points(said: Sequence[Statement]) -> Iterator[Point]:
    for kind, group in groupby(said, key=_kind):
        members = list(group)
        if kind in _LEADS and len(members) > 1:
            yield Point(str(_LEADS[kind]), tuple(_item(one) for one in members))
        else:
            yield from (Point(text) for one in members for text in _sentences(one))


def _kind(statement: Statement) -> str:
    return statement.code.removesuffix("-with-proof")


def _item(statement: Statement) -> str:
    """What stands under a lead: the reason or cause, and who decides."""
    words = {name: _word(name, value) for name, value in statement.arguments.items()}
    if statement.code == "special-reason-with-proof":
        return _("%(reason)s, med underlag. %(decider)s", **words)
    if statement.code == "special-reason":
        return f"{words['reason']}. {words['decider']}"
    return words.get("cause") or words["reason"]


def sentence(statement: Statement) -> str:
    """One statement as one sentence or two."""
    return " ".join(_sentences(statement))


def _sentences(statement: Statement) -> list[str]:
    code, arguments = statement.code, statement.arguments
    if code.startswith("text-"):
        return [str(arguments["en" if current_language() == "en" else "sv"])]
    words = {name: _word(name, value) for name, value in arguments.items()}
    if code == "changes-at-most":
        words["times"] = ngettext("%(num)s gång", "%(num)s gånger", arguments["count"])
    found = [str(_SENTENCES[code]) % words]
    if code.startswith("effective-") and arguments["days"]:
        found.append(str(_SENTENCES["effective-plus"]) % words)
    return found


def _word(name: str, value: Any) -> str:
    write = _WRITTEN.get(name)
    return write(value) if write else str(value)


def reason_words(code: str) -> str:
    """A special reason, or a reason to go before others in a queue, as the words after a colon."""
    return str(_REASONS[code] if code in _REASONS else _PRIORITIES[code])


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "days": lambda n: ngettext("%(num)s dag", "%(num)s dagar", n),
    "months": lambda n: ngettext("%(num)s månad", "%(num)s månader", n),
    "years": lambda n: ngettext("%(num)s år", "%(num)s år", n),
    "count": format_decimal,
    "trainee": format_decimal,
    "reason": reason_words,
    "decider": lambda code: str(_DECIDERS[code]),
    "cause": lambda code: str(_CAUSES[code]),
}
