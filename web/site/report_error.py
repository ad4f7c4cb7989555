"""How to say that something on a card is wrong, and to whom. Nothing is sent through us."""

from flask import abort, render_template

from core import clock
from web.site import reads
from web.site.blueprint import site
from web.site.presenters.unit_card import card
from web.site.unit import card_address, hidden, report_address


@site.get("/enhet/<hsa_id>/fel")
def report_error(hsa_id: str) -> str:
    """Who answers for the card, what to tell them, and whom to turn to when no one is named."""
    hsa_id = hsa_id.upper()
    snapshot = reads.unit(hsa_id, None)
    if snapshot is None or hidden(snapshot):
        abort(404)
    shown = card(hsa_id, snapshot.record, reads.words(snapshot), clock.now())
    responsible = shown.responsible or snapshot.responsible_contact or ""
    return render_template(
        "site/report_error.html",
        card=shown,
        snapshot=snapshot,
        responsible=responsible,
        report_href=report_address(responsible, shown, card_address(hsa_id)),
        address=card_address(hsa_id),
    )
