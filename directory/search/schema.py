"""The fields of the text index, and how much a word counts in each.

Every field holds terms made by `analysis` (or codes); the index keeps which documents a term stands in and
nothing else, so that the score of a hit is the documented formula and not a property of the library.
"""

VERSION = 4
"""Raise when documents made before no longer answer like documents made now: old indexes are rebuilt."""

NAME, OTHER_NAME, LABEL, PLACE = "name", "other_name", "label", "place"
TEXT, EXACT, CODE = "text", "exact", "code"
FIELDS = (NAME, OTHER_NAME, LABEL, PLACE, TEXT, EXACT, CODE)

FIELD_WEIGHTS = {NAME: 1.0, OTHER_NAME: 0.85, LABEL: 0.65, PLACE: 0.6, TEXT: 0.25}
"""Public name; alternative and former names; labels of services, activities and unit types; place; texts."""

FORM_WEIGHTS = {"word": 1.0, "stem": 0.95, "fold": 0.85, "part": 0.7}
"""As written; inflected; without diacritics; as a part of a compound."""

FUZZY_WEIGHT = 0.5
"""A word read as another one that is spelt nearly so; less for every edit (`matching.py`)."""

NAMED, PARTLY_NAMED, TOLD, PARTLY_TOLD = "named:", "partly-named:", "told:", "partly-told:"
"""Before a `system:code` in the field `code`: how a unit without the code states it (`stating.py`)."""

STATED_SCORES = {"": 0.99, NAMED: 0.95, PARTLY_NAMED: 0.75, TOLD: 0.55, PARTLY_TOLD: 0.45}
"""How well a unit answers to a service: by codes, names, a part of a name, texts, a part of a text.

A little less than the very word in a name: who writes Capio Läkarhus means those called so before Capio's
other health centres."""

OFTEN_SCORE = 0.3
"""The service is often, not always, found at units with that activity: less than a unit that says so."""

KINDRED_WEIGHT = 0.3
"""The unit does something else of the same group, and nobody does what was asked for."""

RELATED_WEIGHT = 0.7
"""The unit states what the words name in part: diabetes, when they were diabetessköterska."""
