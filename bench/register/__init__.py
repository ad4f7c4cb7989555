"""Listing, queueing and looking up over HTTP, beside pgbench running the same SQL transaction."""

from bench.register.command import add_options, run

__all__ = ["add_options", "run"]
