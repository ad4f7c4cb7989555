"""What one can do instead when the register says no."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from core.problems import Problem
from listing.errors import ListingRefused
from web import refusals


@dataclass(frozen=True)
class Way:
    """One thing to do: words, and where it leads; without an address it is done elsewhere."""

    text: str
    href: str = ""


_CONTACT = frozenset({"reason-not-accepted", "change-limit-reached", "form-not-valid"})
_PAPER = frozenset({"guardian-required", "guardian-on-paper", "not-entitled"})
_OTHER_UNIT = frozenset(
    {"unit-full", "unit-not-listable", "queue-not-possible", "offer-expired", "doctor-full"}
)


def told(problem: Problem) -> str:
    """The problem in words."""
    if problem.code == "form-not-ours":
        return _(
            "Sidan du skickade från är för gammal, eller hör till en annan inloggning. Ingenting har ändrats."
        )
    return refusals.said(problem)


def ways_on(problem: Problem) -> list[Way]:
    """Ways on from a refusal, the most useful first; always at least one."""
    because = problem.because if isinstance(problem, ListingRefused) else ""
    ways: list[Way] = []
    if problem.code == "person-protected":
        return [
            Way(_("Ring regionen och be att få tala med den som hanterar skyddade personuppgifter.")),
            _call(),
        ]
    if problem.code in _OTHER_UNIT:
        ways.append(Way(_("Sök en annan vårdcentral"), url_for("site.hits", listing="open")))
    if problem.code in _CONTACT:
        ways.append(
            Way(
                _(
                    "Kontakta vårdcentralen. De kan registrera ett byte när det finns särskilda skäl, "
                    "och se underlaget."
                )
            )
        )
    if {problem.code, because} & _PAPER or because.endswith("-through-staff"):
        ways.append(Way(_("Lista dig på blankett, eller kontakta vårdcentralen.")))
    if problem.code in ("already-queued", "already-listed"):
        ways.append(Way(_("Se vad som gäller för dig nu"), url_for("site.my_pages")))
    if problem.code == "form-not-ours":
        ways.append(Way(_("Börja om från mina sidor"), url_for("site.my_pages")))
    if not ways:
        ways.append(Way(_("Till mina sidor"), url_for("site.my_pages")))
    if problem.code not in ("already-listed", "already-queued", "form-not-ours"):
        ways.append(_call())
    return ways


def _call() -> Way:
    return Way(_("Ring 1177 om du behöver hjälp"), "tel:1177")
