"""`hittavard audit`: seal the audit trail, verify it, and say what to keep elsewhere."""

import argparse
from typing import TYPE_CHECKING

from core.problems import Problem
from core.settings import settings

if TYPE_CHECKING:
    from core.audit.sealing import Head
    from core.audit.verifying import Verdict


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `audit` and its actions."""
    parser = subparsers.add_parser("audit", help="seal the audit trail and verify that nobody has changed it")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("seal", help="seal what has been committed since the last time; run it every minute")
    verify = actions.add_parser("verify", help="verify the whole trail; says where it breaks first")
    verify.add_argument(
        "--head",
        metavar="HEAD",
        type=_head,
        help="the last seal as `audit head` printed it, to notice an end that was cut off",
    )
    actions.add_parser("head", help="print the last seal, to be kept where nobody here can change it")


class TrailBroken(Problem):
    """The audit trail is not what was sealed."""

    code = "audit-trail-broken"
    status = 500
    title = "The audit trail has been tampered with"


def run(args: argparse.Namespace) -> int:
    """Carry out one action."""
    match args.action:
        case "seal":
            print(f"sealed {_seal()} rows")
        case "head":
            _print_head()
        case "verify":
            verdict = _verify(args.head)
            if verdict.breach is not None:
                raise TrailBroken(f"the audit trail breaks at {verdict.breach}")
            print(f"intact: {verdict.seals} seals over {verdict.rows} rows; {verdict.waiting} rows wait")
    return 0


def _head(written: str) -> "Head":
    from core.audit.sealing import Head

    try:
        return Head.parse(written)
    except ValueError:
        raise argparse.ArgumentTypeError("not a line that `hittavard audit head` printed") from None


def _seal() -> int:
    from tqdm import tqdm

    from core import cluster
    from core.audit.sealing import seal
    from core.database import engine_for, unit_of_work
    from listing.people.checking import confirm_keys_of
    from listing.people.keys import Use, key_ring

    engine = engine_for(cluster.ensure_running(settings()))
    confirm_keys_of(engine)
    with (
        unit_of_work(engine) as session,
        tqdm(desc="seal", unit="", unit_scale=True, leave=False, disable=None) as bar,
    ):
        return seal(session, key_ring()[Use.AUDIT], progress=bar.update)


def _verify(kept: "Head | None") -> "Verdict":
    from tqdm import tqdm

    from core import cluster
    from core.audit.verifying import verify
    from core.database import engine_for, unit_of_work
    from listing.people.checking import confirm_keys
    from listing.people.keys import Use, key_ring

    engine = engine_for(cluster.ensure_running(settings()))
    with unit_of_work(engine) as session:
        confirm_keys(session, remember=False)
    with (
        unit_of_work(engine) as session,
        tqdm(desc="verify", unit="", unit_scale=True, leave=False, disable=None) as bar,
    ):
        return verify(session, key_ring()[Use.AUDIT], kept, progress=bar.update)


def _print_head() -> None:
    from core import cluster
    from core.audit.sealing import head
    from core.database import engine_for, unit_of_work

    with unit_of_work(engine_for(cluster.ensure_running(settings()))) as session:
        found = head(session)
    if found is None:
        raise Problem("nothing has been sealed yet; run `hittavard audit seal`")
    print(found)
