"""What a search gave up to find something, in the language of the answer."""

from flask_babel import gettext as _

from directory.search.relaxed import Relaxed


def relaxed_text(relaxed: Relaxed) -> str:
    """One or two sentences; `relaxed.display` is in that language already."""
    words = ", ".join(relaxed.words)
    match relaxed.code:
        case "most-words":
            return _("Ingen enhet motsvarar alla ord. Här är de som motsvarar flest.")
        case "words-unknown":
            return _("Ingen enhet har ordet %(words)s.", words=words)
        case "wider-area":
            return _(
                "Inget hittades i %(place)s. Sökningen gäller inom %(kilometres)s km.",
                place=relaxed.place,
                kilometres=(relaxed.metres or 0) // 1000,
            )
        case "whole-country":
            return _(
                "Inget hittades i eller nära %(place)s. Sökningen gäller hela landet.", place=relaxed.place
            )
        case "related-services":
            return _(
                "Ingen enhet anger %(words)s. Här är andra inom %(group)s.",
                words=words,
                group=relaxed.display,
            )
        case "closed-too":
            return _("Inget är öppet då. Här visas även det som är stängt då.")
        case "wishes-dropped":
            return _("Ingen enhet motsvarar alla önskemål. Här visas även andra.")
