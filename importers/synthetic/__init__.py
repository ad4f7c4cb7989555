"""Invented files of national scale in the import formats: real geography, invented units and people.

Everything follows from the seed and the reference date. Nothing is kept in memory but counters, so the size
of the files is a matter of time and disk alone.
"""

from importers.synthetic.files import DEFAULT_SEED, Plan, Written, generate

__all__ = ["DEFAULT_SEED", "Plan", "Written", "generate"]
