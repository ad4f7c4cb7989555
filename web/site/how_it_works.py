"""How listing works: the law for all, and a region's rules in words from the data that the engine follows."""

from dataclasses import dataclass
from datetime import timedelta

from flask import abort, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from listing.policy.model import (
    CHILD_HEALTH_CENTRE,
    HEALTH_CENTRE,
    LISTING_TYPES,
    MIDWIFERY,
    REHABILITATION,
    ListingType,
    PolicyInForce,
)
from listing.policy.parts import Texts
from web.site import reads, unit_reads
from web.site.blueprint import site
from web.site.i18n import current_language
from web.site.policy_words import sections
from web.site.presenters.contact import paragraphs, safe_url

TYPE_NAMES = {
    HEALTH_CENTRE: lazy_gettext("Vårdcentral"),
    CHILD_HEALTH_CENTRE: lazy_gettext("Barnavårdscentral"),
    MIDWIFERY: lazy_gettext("Barnmorskemottagning"),
    REHABILITATION: lazy_gettext("Rehabilitering"),
}


@dataclass(frozen=True)
class OwnWords:
    """A region's own texts in the language of the page, as paragraphs."""

    about: tuple[str, ...]
    non_choice: tuple[str, ...]
    contact: tuple[str, ...]
    link: str

    def __bool__(self) -> bool:
        return bool(self.about or self.non_choice or self.contact or self.link)


@site.get("/sa-fungerar-listning")
def how_it_works() -> BaseResponse | str:
    """What holds in the whole country, and the choice of a region."""
    regions = reads.regions()
    wanted = request.args.get("region", "")
    if wanted in {region.code for region in regions}:
        return redirect(url_for("site.how_it_works_in", region=wanted))
    return render_template(
        "site/how_it_works.html",
        regions=regions,
        canonical=reads.public_address(url_for("site.how_it_works", lang=None)),
    )


@site.get("/sa-fungerar-listning/<region>")
def how_it_works_in(region: str) -> str:
    """A region's rules for one type of listing, with the decision that they come from."""
    regions = reads.regions()
    name = next((one.name for one in regions if one.code == region), None)
    if name is None:
        abort(404)
    types = unit_reads.types_with_rules(region)
    kind = _type(request.args.get("typ", ""))
    rules = unit_reads.rules(region, kind)
    return render_template(
        "site/how_it_works_in.html",
        region=region,
        name=name,
        regions=regions,
        kind=kind,
        type_name=TYPE_NAMES[kind],
        types=[(one, TYPE_NAMES[one]) for one in types],
        rules=rules,
        policy=rules.policy,
        sections=sections(rules.policy),
        own=own_words(rules.policy.texts),
        last_day=rules.valid_to - timedelta(days=1) if rules.valid_to else None,
        canonical=_canonical(region, kind),
    )


def own_words(texts: Texts) -> OwnWords:
    """The region's texts. What it has not put into English is shown in Swedish."""
    english = current_language() == "en"

    def one(name: str) -> tuple[str, ...]:
        swedish = str(getattr(texts, f"{name}_sv"))
        return paragraphs((str(getattr(texts, f"{name}_en")) if english else "") or swedish)

    return OwnWords(one("about"), one("non_choice"), one("contact"), safe_url(texts.link))


def rules_url(rules: PolicyInForce, anchor: str | None = None) -> str:
    """The page of these rules."""
    kind = None if rules.listing_type == HEALTH_CENTRE else rules.listing_type
    return url_for("site.how_it_works_in", region=rules.region, typ=kind, _anchor=anchor)


def _type(wanted: str) -> ListingType:
    return next((kind for kind in LISTING_TYPES if kind == wanted), HEALTH_CENTRE)


def _canonical(region: str, kind: ListingType) -> str:
    shown = None if kind == HEALTH_CENTRE else kind
    return reads.public_address(url_for("site.how_it_works_in", region=region, typ=shown, lang=None))
