"""How well the search finds: a judged set of queries, asked of our search and of two baselines.

`python -m bench.judged --data DIR` prints the figures; docs/search-quality.md tells what they mean.
"""

from bench.judged.command import main

__all__ = ["main"]
