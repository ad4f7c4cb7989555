"""Regions, municipalities, localities and postal codes: where a place is and which area a point lies in."""
