"""The columns of a file of rules, and how a cell is a parameter of a policy."""

import json
from typing import Any

from importers.columns import column_key
from importers.issues import Trouble
from importers.kinds.table import TableColumn
from importers.values.codes import NO, YES
from listing.policy.parse import parameters

COLUMNS = (
    TableColumn("type", "policy, contract or limit", required=True, aliases=("typ",)),
    TableColumn("region", "Region code, two digits; required for policy", aliases=("region_code", "län")),
    TableColumn("hsa_id", "HSA-id of the unit; required for contract and limit", aliases=("hsaid", "hsa-id")),
    TableColumn(
        "listing_type",
        "health-centre (the default), child-health-centre, midwifery or rehabilitation",
        aliases=("listningstyp",),
    ),
    TableColumn("valid_from", "First day; empty: always", aliases=("gäller från",)),
    TableColumn("valid_to", "Last day; empty: until further notice", aliases=("gäller till",)),
    TableColumn(
        "decision_reference",
        "The decision's reference; required for policy and limit",
        aliases=("beslut", "diarienummer", "reference"),
    ),
    TableColumn("decided_on", "Day of the decision; for policy", aliases=("beslutsdatum",)),
    TableColumn("decided_by", "Who decided; for limit", aliases=("beslutad av",)),
    TableColumn("places", "How many may be listed; required for limit", aliases=("platser", "tak")),
    TableColumn(
        "parameters", "The region's parameters as a JSON object; for policy", aliases=("parametrar",)
    ),
)
NAMES = {column_key(heading): column.name for column in COLUMNS for heading in (column.name, *column.aliases)}
PARAMETERS = frozenset(parameters())
_NOTHING = frozenset({"none", "unlimited", "ingen", "inget", "obegränsat"})
NULLABLE = frozenset(
    {
        "change_limit.max_changes",
        "queue.offer_days",
        "queue.reminder_days",
        "cap.max_months",
        "cap.per_full_time_doctor",
        "paper.form_valid_days",
    }
)
LISTS = frozenset(
    {
        "change_limit.special_reasons",
        "change_limit.not_counted",
        "queue.priority_reasons",
        "cap_exemptions.codes",
        "non_choice.fallbacks",
    }
)


def cell_value(path: str, text: str, kind: type | None) -> Any:
    """A cell of a parameter's column as the value that a record holds; what cannot be read stays text.

    Lists are separated by bars, `none` (ingen) is an empty list or no limit, yes and no are met in both
    languages. `kind` is int or bool where the parameter is one.
    """
    text = text.strip()
    if path in LISTS:
        return [] if text.casefold() in _NOTHING else [one.strip() for one in text.split("|") if one.strip()]
    if path in NULLABLE and text.casefold() in _NOTHING:
        return None
    if kind is int:
        return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else text
    if kind is bool and text.casefold() in YES | NO:
        return text.casefold() in YES
    return text


def json_object(text: str) -> tuple[dict[str, Any], tuple[Trouble, ...]]:
    """The cell `parameters`."""
    if not text.strip():
        return {}, ()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return {}, (
            Trouble("parameters", 'write a JSON object such as {"queue": {"kind": "unit"}}', "error"),
        )
    return value, ()
