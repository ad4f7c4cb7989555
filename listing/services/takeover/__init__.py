"""Taking over a register that has been kept elsewhere, with its queues in their order."""

from listing.services.takeover.applying import Result, Takeover
from listing.services.takeover.entries import Fault, Held, Waiting

__all__ = ["Fault", "Held", "Result", "Takeover", "Waiting"]
