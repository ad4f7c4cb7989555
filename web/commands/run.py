"""`hittavard run`: what `make run` does once everything is installed."""

import argparse
import sys
from dataclasses import replace

from core.settings import default_environment, settings


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `run`."""
    parser = subparsers.add_parser("run", help="make the database, migrate, load the demo data and serve")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")


def run(args: argparse.Namespace) -> int:
    """Prepare whatever is missing and serve; a second run finds it all in place."""

    default_environment("development")
    from core import cluster, migrate
    from core.database import engine_for
    from importers.shipped import is_loaded, load_shipped
    from listing.people.checking import confirm_keys_of
    from web.auth.provider.start import prepare as development_sign_in
    from web.auth.provider.start import told
    from web.supervisor import Child, check_port_is_free, supervise

    check_port_is_free(settings())
    url = cluster.ensure_running(settings())
    if migrate.current(url) != migrate.head():
        migrate.upgrade(url)
    engine = engine_for(url)
    confirm_keys_of(engine)
    if not is_loaded(engine):
        load_shipped(engine)
    from importers.demo import is_wanted, load_demo

    if not args.no_demo and is_wanted(engine):
        print("Loading the demo data, once; this takes a while ...", flush=True)
        load_demo(engine)
    plan = development_sign_in(engine, settings())
    engine.dispose()
    if plan is None:
        return supervise(settings())
    check_port_is_free(replace(settings(), host="127.0.0.1", port=plan.port))
    argv = [sys.executable, "-m", "web.cli", "development-sign-in"]
    return supervise(settings(), Child("sign-in", argv, restart=True), told=told(plan))
