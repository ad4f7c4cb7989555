"""Reads of the listing register."""
