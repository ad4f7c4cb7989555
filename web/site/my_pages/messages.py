"""What people have been told, in words: one sentence for every kind of notice that the register writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from web.site.my_pages.events import written

SENTENCES: Mapping[str, LazyString] = {
    "offer": lazy_gettext("Det är din tur i kön: %(unit)s erbjuder dig en plats. Svara senast %(last_day)s."),
    "offer-reminder": lazy_gettext("Påminnelse: svara på erbjudandet från %(unit)s senast %(last_day)s."),
    "offer-lapsed": lazy_gettext(
        "Erbjudandet från %(unit)s gick ut, och platsen har gått vidare till nästa."
    ),
    "listed": lazy_gettext("Du är listad på %(unit)s från %(valid_from)s."),
    "allocated": lazy_gettext(
        "Regionen har listat dig på %(unit)s, eftersom du inte hade valt. Vill du hellre vara på en annan "
        "mottagning kan du byta när du vill."
    ),
    "allocation-undone": lazy_gettext("Regionens listning på %(unit)s var fel och gäller inte."),
    "listing-ended": lazy_gettext(
        "Din listning på %(unit)s har upphört %(until)s. Du kan välja en ny mottagning."
    ),
    "corrected": lazy_gettext(
        "Listningen på %(unit)s var fel och har rättats. Den räknas inte som ett byte."
    ),
    "merged": lazy_gettext(
        "Du fanns två gånger i registret, under ett tidigare och ett nytt nummer. Nu finns allt på ett ställe"
        ". Se efter att din listning stämmer."
    ),
    "moved-listing-stands": lazy_gettext(
        "Du har flyttat till en annan region. Du är kvar på %(unit)s tills du väljer en annan mottagning."
    ),
    "unit-closing": lazy_gettext(
        "%(unit)s stänger %(closes_on)s. Välj en annan mottagning senast %(choose_until)s. "
        "Valet räknas inte som ett byte."
    ),
    "closure-withdrawn": lazy_gettext("%(unit)s stänger inte. Du är kvar där om du inte väljer något annat."),
    "moved-to-successor": lazy_gettext(
        "Din mottagning har stängt, och %(unit)s har tagit över. Du är listad där och kan välja en annan."
    ),
    "unit-closed": lazy_gettext("%(unit)s har stängt. Välj en ny mottagning."),
    "contract-ended": lazy_gettext(
        "Avtalet mellan %(unit)s och regionen har upphört. Du är listad där till %(closes_on)s. Välj en "
        "annan mottagning senast %(choose_until)s. Valet räknas inte som ett byte."
    ),
    "contract-renewed": lazy_gettext(
        "%(unit)s har avtal med regionen igen. Du är kvar där om du inte väljer något annat."
    ),
    "contract-over": lazy_gettext(
        "Du är inte längre listad på %(unit)s, som inte har avtal med regionen. Välj en ny mottagning."
    ),
    "coming-withdrawn": lazy_gettext(
        "Din listning på %(unit)s från %(valid_from)s blir inte av, eftersom mottagningen inte har avtal med "
        "regionen då. Är du listad någon annanstans är du kvar där."
    ),
    "queue-stands-still": lazy_gettext(
        "Kön till %(unit)s står stilla, eftersom mottagningens avtal med regionen har upphört. Du behåller "
        "din plats om avtalet förnyas."
    ),
    "queue-goes-on": lazy_gettext(
        "%(unit)s har avtal med regionen igen, och kön går vidare i samma ordning."
    ),
    "queue-ended": lazy_gettext("Kön till %(unit)s har upphört, eftersom mottagningen inte tar emot fler."),
    "doctor-leaves": lazy_gettext("Din fasta läkare på %(unit)s slutar. Du kan välja en ny."),
}
_ARGUMENTS = ("last_day", "valid_from", "until", "closes_on", "choose_until")


@dataclass(frozen=True)
class Message:
    """One message. `number` is what it is marked as read by."""

    number: int
    at: datetime
    text: str
    hsa_id: str
    unread: bool


def message(row: Any) -> Message:
    """One row of `listing.queries.notices` in words."""
    words = {name: written(row.detail[name]) if row.detail.get(name) else "–" for name in _ARGUMENTS}
    unit = row.unit_name or _("mottagningen")
    pattern = SENTENCES.get(row.kind)
    text = str(pattern) % {"unit": unit, **words} if pattern else row.kind
    return Message(row.id, row.created_at, text, row.hsa_id or "", row.read_at is None)
