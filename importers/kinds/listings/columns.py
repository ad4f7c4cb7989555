"""The columns of a register that is taken over, and the words that its cells may hold."""

from importers.kinds.table import TableColumn

COLUMNS = (
    TableColumn("type", "listing (the default) or queue", aliases=("typ", "radtyp")),
    TableColumn("person_id", "Identity number of a person who is in the register", True, ("personnummer",)),
    TableColumn("hsa_id", "HSA-id of the unit", True, ("hsaid", "hsa-id", "enhet")),
    TableColumn(
        "listing_type",
        "health-centre (the default), child-health-centre, midwifery or rehabilitation",
        aliases=("listningstyp",),
    ),
    TableColumn("valid_from", "First day of the listing; required for listing", aliases=("gäller från",)),
    TableColumn("valid_to", "Last day; empty: until further notice", aliases=("gäller till",)),
    TableColumn("chosen_at", "When the person chose; empty: the first day", aliases=("vald", "valdatum")),
    TableColumn("basis", "active (the default) or passive: not the person's choice", aliases=("grund",)),
    TableColumn("counted", "yes when it used up a change of the limit", aliases=("räknas",)),
    TableColumn("end_reason", "Why it ended: changed (the default), left, moved …", aliases=("avslut",)),
    TableColumn("queued_at", "When the person queued; required for queue", aliases=("köat", "ködatum")),
    TableColumn("priority", "0 (the default) to 9; higher goes first", aliases=("förtur",)),
    TableColumn("priority_reason", "medical-need or home-care; required above 0", aliases=("förturskäl",)),
    TableColumn(
        "decision_reference",
        "The decision on the priority; required above 0",
        aliases=("beslut", "diarienummer"),
    ),
)
TYPES = {"": "listing", "listing": "listing", "listning": "listing", "queue": "queue", "kö": "queue"}
BASES = {"": True, "active": True, "aktiv": True, "passive": False, "passiv": False}
END_REASONS = (
    "changed",
    "left",
    "moved",
    "closed",
    "contract-ended",
    "deceased",
    "emigrated",
    "deregistered",
)
PRIORITY_REASONS = ("medical-need", "home-care")
MOST_PRIORITY = 9
