"""From a unit to listing there: where the button leads, and what the status means by the region's rules."""

from collections.abc import Mapping

from flask import url_for

from listing.policy.model import Policy, PolicyInForce
from listing.policy.words import statements
from web.auth.signin.way_in import ways_in
from web.site import unit_reads
from web.site.blueprint import site
from web.site.policy_words import sentence
from web.site.presenters.unit_card import UnitCard
from web.site.reads import Snapshot

_SAID: Mapping[str, tuple[str, ...]] = {
    "open": ("effective-", "changes-"),
    "queue": ("queue-", "place-", "priority"),
    "closed": ("queue-none", "limit-by-decision", "exempt-"),
}
"""Which of the region's statements say what a status means for whoever wants to list."""


@site.app_template_global()
def listing_url(hsa_id: str) -> str:
    """Where one lists at a unit: on the site where anybody can sign in here, else on paper."""
    return url_for("site.list_here" if ways_in().clients else "site.paper_form", hsa_id=hsa_id)


def rules_of(card: UnitCard, snapshot: Snapshot) -> PolicyInForce | None:
    """The rules that listing at this unit goes by; None for a unit where one does not list."""
    if card.listing is None or not card.region_code:
        return None
    return unit_reads.rules(card.region_code, unit_reads.listing_type(snapshot.unit_id))


def meaning(policy: Policy, status: str) -> tuple[str, ...]:
    """What open, queue or closed means here, in the sentences of the region's rules."""
    begins = _SAID.get(status, ())
    return tuple(sentence(one) for one in statements(policy) if one.code.startswith(begins)) if begins else ()
