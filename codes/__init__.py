"""Identifiers, code systems, concepts, the maps between them and the words that people use for them."""
