"""A region's rules as data: the model, its defaults, its records, its words, and which one holds on a day."""

from listing.policy.defaults import default_policy
from listing.policy.model import LISTING_TYPES, ListingType, Policy, PolicyInForce

__all__ = ["LISTING_TYPES", "ListingType", "Policy", "PolicyInForce", "default_policy"]
