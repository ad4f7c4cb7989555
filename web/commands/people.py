"""`hittavard people merge`: two rows of the register that turned out to be one person become one."""

import argparse
import sys
from uuid import uuid4

# Whoever is signed in as the row that is merged signs in anew, and is the other.
_SIGN_OUT = "DELETE FROM web_session WHERE person_id = :merged"


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `people merge`."""
    parser = subparsers.add_parser("people", help="mend the register of people")
    doing = parser.add_subparsers(metavar="WHAT", required=True)
    merge = doing.add_parser(
        "merge",
        help="let two rows be one person; the numbers are read from standard input",
        description="Reads two identity numbers from standard input, a line each: first the one that holds"
        " now, then the one that it replaced. They are never arguments, which others on the machine can see.",
    )
    merge.add_argument("--evidence", required=True, metavar="REF", help="where the proof is kept")
    merge.add_argument("--dry-run", action="store_true", help="tell what would be done and change nothing")


def run(args: argparse.Namespace) -> int:
    """Merge, and say what has been moved and ended; nothing of the person is written."""
    from sqlalchemy import text
    from sqlalchemy.orm import Session

    from core import cluster
    from core.database import engine_for
    from core.settings import settings
    from listing.actor import Actor
    from listing.people.checking import confirm_keys_of
    from listing.services.merging import merge

    engine = engine_for(cluster.ensure_running(settings()))
    confirm_keys_of(engine)
    with Session(engine, expire_on_commit=False) as session, session.begin() as transaction:
        kept, merged = (_found(session, name) for name in ("first", "second"))
        actor = Actor.internal("command-line")
        done = merge(session, actor, f"people merge {uuid4()}", kept, merged, evidence=args.evidence)
        session.execute(text(_SIGN_OUT), {"merged": merged})
        if args.dry_run:
            transaction.rollback()
    print(
        f"{'would be merged' if args.dry_run else 'merged'}: {done['moved']} listings moved,"
        f" {done['ended']} ended as errors, {done['queueEnded']} queue places ended"
    )
    return 0


def _found(session: "object", which: str) -> int:
    from codes.identifiers import InvalidIdentifier
    from core import clock
    from listing.people.errors import PersonUnknown
    from listing.people.queries import find_person_id

    try:
        found = find_person_id(session, sys.stdin.readline().strip(), on=clock.today())  # type: ignore[arg-type]
    except InvalidIdentifier as error:
        raise PersonUnknown(f"The {which} line is not an identity number") from error
    if found is None:
        raise PersonUnknown(f"The {which} number is nobody's in the register")
    return found
