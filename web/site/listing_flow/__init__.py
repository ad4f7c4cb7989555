"""Listing at a unit: what will happen, confirmed once, and then a receipt."""

from web.site.listing_flow import views

__all__ = ["views"]
