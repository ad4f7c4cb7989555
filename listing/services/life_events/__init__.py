"""What happens in life, as the population register tells it, and what it means for listings."""

from listing.services.life_events.applying import REGISTER, Population, Result, apply_statements
from listing.services.life_events.people import Applied, Origin
from listing.services.life_events.statement import Care, Statement, Told, Trouble, Visit

__all__ = [
    "REGISTER",
    "Applied",
    "Care",
    "Origin",
    "Population",
    "Result",
    "Statement",
    "Told",
    "Trouble",
    "Visit",
    "apply_statements",
]
