"""`hittavard keys`: the keys that people's details are kept with. docs/runbooks/key-rotation.md says when."""

import argparse
from typing import TYPE_CHECKING

from core.settings import settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from listing.people.keys import Use

_USES = ("lookup", "seal", "audit", "digest")


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `keys` and its actions."""
    parser = subparsers.add_parser("keys", help="list, add, rotate and retire the keys to people's details")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser(
        "create", help="write the first key file (HITTAVARD_KEYS_FILE); refuses to replace one"
    )
    actions.add_parser("list", help="show the keys by use and number, and how many rows need each")
    add = actions.add_parser("add", help="add a new key that is not used for anything new yet")
    rotate = actions.add_parser(
        "rotate", help="use the newest key for what is new, and bring every row to it, in small steps"
    )
    retire = actions.add_parser("retire", help="take an old key away for good; refused while rows need it")
    for action in (add, rotate, retire):
        action.add_argument("use", metavar="USE", choices=_USES, help=", ".join(_USES))
    rotate.add_argument(
        "--batch", metavar="ROWS", type=_positive, default=500, help="rows in one transaction (default 500)"
    )
    retire.add_argument("number", metavar="NUMBER", type=_positive)


def run(args: argparse.Namespace) -> int:
    """Carry out one action."""
    from listing.people import key_file
    from listing.people.keys import Use

    path = settings().keys_file
    match args.action:
        case "create":
            key_file.create(path)
            print(f"wrote {path}; keep a copy where the database's backups are not")
        case "list":
            _list()
        case "add":
            number = key_file.add(path, Use(args.use))
            print(f"added {args.use} key {number}; give every machine the file, then rotate")
        case "rotate":
            _rotate(Use(args.use), args.batch)
        case "retire":
            _retire(Use(args.use), args.number)
    return 0


def _positive(written: str) -> int:
    if not written.isascii() or not written.isdigit() or not 0 < int(written) <= 100_000:
        raise argparse.ArgumentTypeError("a whole number from 1 to 100000")
    return int(written)


def _list() -> None:
    from core.database import unit_of_work
    from listing.people import key_file
    from listing.people.keys import key_ring
    from listing.people.rotation import rows_using

    ring, made = key_ring(), key_file.created(settings().keys_file)
    print(f"{'use':8}{'number':>7}  {'made':12}{'rows':>10}")
    with unit_of_work(_engine()) as session:
        for use in ring.uses:
            for number in ring[use].numbers:
                current = "  current" if number == ring[use].current else ""
                rows = rows_using(session, use, number)
                print(f"{use:8}{number:>7}  {made.get((use, number), ''):12}{rows:>10}{current}")


def _rotate(use: "Use", batch: int) -> None:
    from listing.people import key_file
    from listing.people.keys import Use

    engine = _engine()
    number = key_file.make_current(settings().keys_file, use)
    rows = _rekey(engine, batch) if use in (Use.LOOKUP, Use.SEAL) else 0
    print(f"{use} key {number} is current; {rows} rows brought to the current keys")


def _rekey(engine: "Engine", batch: int) -> int:
    """Passes until one finds nothing to do; from the second on, rows that others hold are waited for."""
    from tqdm import tqdm

    from core.database import unit_of_work
    from listing.people.keys import key_ring
    from listing.people.rotation import rekey

    total = 0
    with tqdm(desc="rotate", unit="", unit_scale=True, leave=False, disable=None) as bar:
        wait = False
        while True:
            found, after = 0, -1
            while True:
                with unit_of_work(engine) as session:
                    done = rekey(session, key_ring(), after, size=batch, wait=wait)
                if done.last is None:
                    break
                after, found = done.last, found + done.rows
                bar.update(done.rows)
            total += found
            if wait and not found:
                return total
            wait = True


def _retire(use: "Use", number: int) -> None:
    from core.database import unit_of_work
    from listing.people import key_file
    from listing.people.rotation import refuse_while_in_use

    with unit_of_work(_engine()) as session:
        refuse_while_in_use(session, use, number)
    key_file.remove(settings().keys_file, use, number)
    print(f"{use} key {number} is gone; give every machine the file, and destroy the copies")


def _engine() -> "Engine":
    """The engine, when the key file is the one of the database."""
    from core import cluster
    from core.database import engine_for
    from listing.people.checking import confirm_keys_of

    engine = engine_for(cluster.ensure_running(settings()))
    confirm_keys_of(engine)
    return engine
