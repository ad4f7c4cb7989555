"""Tables of the listing register. The database refuses what must never be; rules and services explain it."""

# Foreign keys point at these tables by name, so their classes must be known before any statement.
import directory.models  # noqa: F401
from listing.models.closure import AllocationRun, UnitClosure
from listing.models.doctor import DoctorAssignment, DoctorSubstitute, RegularDoctor
from listing.models.form import RegisteredForm
from listing.models.history import ListingEvent, ListingNotice, Operation
from listing.models.person import FormerIdentity, Guardianship, Person, Representation
from listing.models.policy import ListingLimit, ListingPolicy, UnitContract
from listing.models.register import Listing, QueueEntry, UnitRegister

__all__ = [
    "AllocationRun",
    "DoctorAssignment",
    "DoctorSubstitute",
    "FormerIdentity",
    "Guardianship",
    "Listing",
    "ListingEvent",
    "ListingLimit",
    "ListingNotice",
    "ListingPolicy",
    "Operation",
    "Person",
    "QueueEntry",
    "RegisteredForm",
    "RegularDoctor",
    "Representation",
    "UnitClosure",
    "UnitContract",
    "UnitRegister",
]
