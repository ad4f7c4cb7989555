"""The blueprint, and the names of every module that puts pages on it."""

from importlib import import_module

from flask import Blueprint, Response

site = Blueprint("site", __name__)

PAGES = (
    "home",
    "hits",
    "maps",
    "unit",
    "history",
    "compare",
    "how_it_works",
    "paper_form",
    "report_error",
    "indexing",
    "listing_flow",
    "my_pages.words",
    "my_pages.views",
    "my_pages.actions",
    "staff_unit",
    "pages",
)


def read_pages() -> None:
    """Import them. Not when this module is imported, which is what each of them begins with."""
    for page in PAGES:
        import_module(f"web.site.{page}")


@site.after_request
def negotiate(response: Response) -> Response:
    """A page depends on the language asked for, and must be asked for anew: hours and queues change."""
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
