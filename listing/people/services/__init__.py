"""What may be done to people's records. Callers hold the right to do it; see `listing/rules`."""

from listing.people.services.auditing import audit_people, audit_person, read_details
from listing.people.services.identity import change_identity
from listing.people.services.protection import lift_protection, set_protection
from listing.people.services.records import add_people, update_people

__all__ = [
    "add_people",
    "audit_people",
    "audit_person",
    "change_identity",
    "lift_protection",
    "read_details",
    "set_protection",
    "update_people",
]
