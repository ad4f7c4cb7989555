"""What has just been done, told at the top of the page that one comes back to."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

DONE: Mapping[str, LazyString] = {
    "lamnat": lazy_gettext("Klart. Listningen har upphört."),
    "tillbaka": lazy_gettext("Klart. Det kommande bytet är borttaget."),
    "kolamnad": lazy_gettext("Klart. Köplatsen är lämnad."),
    "avbojt": lazy_gettext("Klart. Du har tackat nej, och platsen går till nästa i kön."),
    "lakare": lazy_gettext("Klart. Den fasta läkarkontakten är vald."),
    "lakare-over": lazy_gettext(
        "Klart. Den fasta läkarkontakten är vald. Läkaren har fler patienter än riktvärdet, "
        "så det kan vara svårare att få tid."
    ),
    "lakare-slut": lazy_gettext("Klart. Den fasta läkarkontakten har upphört. Listningen är kvar."),
}


def done_words(code: str) -> str:
    """The sentence; empty for what is no such code."""
    return str(DONE[code]) if code in DONE else ""
