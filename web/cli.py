"""The command line `hittavard`.

Exit status: 0 done, 1 refused or failed with nothing changed, 2 wrong usage. An error is one line on
standard error that says what and how to mend it.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from types import FrameType

from core import logging
from core.problems import Problem
from core.settings import settings
from web.commands import MODULES


def parser() -> argparse.ArgumentParser:
    """The whole command line; every subcommand's module becomes the default `handler` of its parsers."""
    result = argparse.ArgumentParser(
        prog="hittavard", description="Hitta vård: Sweden's care-unit directory."
    )
    subparsers = result.add_subparsers(metavar="COMMAND", required=True)
    for name in MODULES:
        if find_spec(f"web.commands.{name}") is None:
            continue
        module = import_module(f"web.commands.{name}")
        known = set(subparsers.choices)
        module.register(subparsers)
        for added in set(subparsers.choices) - known:
            subparsers.choices[added].set_defaults(handler=module.run)
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; see the module docstring for the exit status."""
    args = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        logging.configure(settings().log_level)
        return int(args.handler(args))
    except Problem as problem:
        return _fail(problem.detail)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output is gone (`| head`); Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
    except Exception as error:
        if _is_not_migrated(error):
            return _fail("the database is not migrated; run `hittavard db upgrade`")
        if _is_database_error(error):
            return _fail(f"the database refused: {str(error).strip().splitlines()[0]}")
        raise


def _is_database_error(error: Exception) -> bool:
    from psycopg import OperationalError as DriverError
    from sqlalchemy.exc import OperationalError

    return isinstance(error, DriverError | OperationalError)


def _is_not_migrated(error: Exception) -> bool:
    from psycopg.errors import UndefinedColumn, UndefinedTable

    cause = getattr(error, "orig", error)
    return isinstance(cause, UndefinedTable | UndefinedColumn)


def _fail(message: str) -> int:
    print(f"hittavard: {' '.join(message.split())}", file=sys.stderr)
    return 1


def _terminate(number: int, _frame: FrameType | None) -> None:
    """End as after any command, so that what has to be put away is."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
