"""`hittavard development-sign-in`: the provider where one chooses whom to be; `hittavard run` starts it."""

import argparse
import logging

from core.settings import settings


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `development-sign-in`."""
    subparsers.add_parser(
        "development-sign-in", help="serve the development sign-in (`run` starts it; never in production)"
    )


def run(args: argparse.Namespace) -> int:
    """Serve on this machine's own address until told to stop. Refuses in production."""
    from werkzeug.serving import make_server

    from web.auth.provider.app import create_provider
    from web.auth.provider.plan import load

    plan = load(settings())
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its lines hold one-time values
    server = make_server("127.0.0.1", plan.port, create_provider(plan), threaded=True)
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0
