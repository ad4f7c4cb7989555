"""`python -m bench [NAME [options]]`: run, print a table each, write var/bench/<name>.json."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from bench.report import Result, is_met, save, show

BENCHMARKS = {
    "imports": "bench.imports",
    "search": "bench.search",
    "freshness": "bench.freshness",
    "growth": "bench.growth",
    "register": "bench.register",
    "allocation": "bench.allocation",
    "population": "bench.population",
}
"""Each module has `add_options(parser)` and `run(args) -> Result`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark with its options, or all with theirs left out.

    Exit status 1 when a figure misses its target.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m bench", description="Run the benchmarks.")
    subparsers = parser.add_subparsers(dest="name", metavar="NAME", help="default: all of them")
    modules = {name: import_module(where) for name, where in BENCHMARKS.items()}
    for name, module in modules.items():
        module.add_options(subparsers.add_parser(name, help=(module.__doc__ or "").strip().splitlines()[0]))
    chosen = [parser.parse_args(given)] if given else [parser.parse_args([name]) for name in BENCHMARKS]
    results: list[Result] = []
    for args in chosen:
        result = modules[args.name].run(args)
        results.append(result)
        print(show(result))
        print(f"written to {save(result)}\n")
    return 0 if all(is_met(result) for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
