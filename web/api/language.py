"""Labels in the caller's language: Swedish, or English when `Accept-Language` prefers it.

Names of places and units, and texts from sources, stay as they are.
"""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from directory.search.facets import FACETS
from directory.search.reference import Reference
from directory.views import Label
from web.language import DEFAULT, english_labels, preferred

LISTING = {"open": "Open for listing", "queue": "Queue for listing", "closed": "Closed for listing"}


def language() -> str:
    """The language of the answer."""
    return preferred(request.accept_languages) if "Accept-Language" in request.headers else DEFAULT


def label_in(session: Session, words: Reference) -> Label:
    """Labels of codes in the language of the answer, Swedish where English is missing."""
    if language() == "sv":
        return words.label
    english = english_labels(session)
    return lambda system, code: english.get((system, code)) or words.label(system, code)


def relabel_hit(view: Mapping[str, Any], label: Label) -> dict[str, Any]:
    """A hit's view with its labels replaced."""
    code = view["unitType"]
    return {
        **view,
        "unitTypeName": label("unit-type", code) if code else None,
        "services": [{**s, "display": label("care-service", s["code"])} for s in view["services"]],
    }


def facet_label(facet: str, value: str, swedish: str, label: Label) -> str:
    """The label of a facet's value. Places have names, not labels."""
    if facet == "listing":
        return LISTING.get(value, swedish)
    system = FACETS[facet].system
    return label(system, value) if system else swedish
