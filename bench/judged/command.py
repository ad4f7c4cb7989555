"""The command: load the data, ask everyone every query, print the figures."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.judged import slips, targets
from bench.judged.engines import OURS, engines
from bench.judged.judged_set import Judged, judge, read_meanings, read_queries
from bench.judged.metrics import Outcome, figures, outcome
from bench.judged.report import failures, table, write_json
from bench.judged.world import DataMissing, World, built
from core.settings import settings


def main(argv: Sequence[str] | None = None) -> int:
    """Returns 0; 1 with `--check` when a target is missed; 2 when the set cannot be asked of the data."""
    arguments = _parser().parse_args(argv)
    try:
        with built(arguments.data) as world:
            return _run(world, arguments)
    except DataMissing as problem:
        print(problem, file=sys.stderr)
        return 2


def _run(world: World, arguments: argparse.Namespace) -> int:
    if arguments.names:
        judged = slips.judged(world.records, arguments.seed, arguments.names)
    else:
        judged, without = judge(read_queries(), read_meanings(), world.records)
        if without:
            for query in without:
                print(f"line {query.line}: no loaded unit answers {query.text!r}", file=sys.stderr)
            return 2
    if arguments.show:
        _show(judged, world)
        return 0
    asked = engines(world)
    if arguments.only_ours:
        asked = {OURS: asked[OURS]}
    outcomes = {name: [outcome(one, ask(one.query)) for one in judged] for name, ask in asked.items()}
    print(f"{len(judged)} queries over {len(world.units)} units")
    for name, found in outcomes.items():
        print("\n".join(table(name, figures(found))))
    if arguments.failures:
        print("\nfailed\n" + "\n".join(failures(outcomes[OURS], world.records)))
    write_json(arguments.output or settings().var_dir / "bench" / "judged.json", outcomes, len(world.units))
    return _verdict(outcomes[OURS]) if arguments.check else 0


def _verdict(outcomes: Sequence[Outcome]) -> int:
    missed = targets.missed(figures(outcomes)[-1])
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed else 0


def _show(judged: Sequence[Judged], world: World) -> None:
    names = {unit.hsa_id: unit.record["name"] for unit in world.units}
    for one in judged:
        some = " | ".join(names[hsa_id] for hsa_id in sorted(one.acceptable)[:4])
        print(f"{one.query.category:14}{len(one.acceptable):4}  {one.query.text!r}: {some}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.judged", description="How well the search finds.")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with the files that the set is judged on"
    )
    parser.add_argument(
        "--failures", action="store_true", help="list what our search failed, with its first hits"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--only-ours", action="store_true", help="leave the baselines out")
    parser.add_argument("--show", action="store_true", help="show the units that answer each query, and stop")
    parser.add_argument(
        "--names",
        type=int,
        default=0,
        metavar="N",
        help="instead of the set: N units' names, typed carelessly",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the careless typing")
    parser.add_argument("--output", type=Path, help="where the JSON goes; var/bench/judged.json unless given")
    return parser
