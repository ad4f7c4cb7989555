"""Languages: which one an answer is in, and the English labels of codes.

Names of places and units, and texts from sources, stay as they are.
"""

from sqlalchemy.orm import Session
from werkzeug.datastructures import LanguageAccept

from codes.labels import labels

LANGUAGES = ("sv", "en")
DEFAULT = LANGUAGES[0]
NAMES = {"sv": "Svenska", "en": "English"}
SYSTEMS = (
    "care-service",
    "unit-type",
    "language",
    "ownership",
    "profession",
    "accessibility",
    "care-form",
    "hsa-business-classification",
)

Labels = dict[tuple[str, str], str]


def preferred(wishes: LanguageAccept) -> str:
    """The first wish that is one of ours, whatever its country (`sv-SE`); Swedish when there is none."""
    tags = (tag.partition("-")[0].lower() for tag, quality in wishes if quality > 0)
    return next((tag for tag in tags if tag in LANGUAGES), DEFAULT)


def english_labels(session: Session) -> Labels:
    """(code system, code) -> English label. What is read is kept by `codes.labels`."""
    read = labels(session, *SYSTEMS)
    return {(key, code): label.en for key, found in read.items() for code, label in found.items() if label.en}
