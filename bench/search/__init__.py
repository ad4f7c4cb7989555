"""Search and look-up by id over HTTP, beside the floor of this stack and three peers, in one run."""

from bench.search.command import add_options, main, run

__all__ = ["add_options", "main", "run"]
