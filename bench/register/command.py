"""The run: a register of each size, the server over it, the requests, and pgbench beside them."""

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.register import asking, recorded, world
from bench.register.asking import KINDS, Kind
from bench.register.programs import pgbench
from bench.register.world import World
from bench.report import Figure, Result
from bench.search import client, environments
from bench.search.client import Sample
from bench.search.servers import server as servers
from bench.search.servers.server import Broken
from core import cluster
from core.cluster.extensions import libpq_url
from core.settings import ROOT, settings

SIZES = (10_000, 1_000_000)
CONNECTIONS = (1, 4, 16)
ABLE = 24_000
SECONDS = 3


def add_options(parser: argparse.ArgumentParser) -> None:
    """How many people, and how long."""
    parser.add_argument("--people", type=int, nargs="+", default=list(SIZES), help="sizes of the register")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"seconds for each load ({SECONDS})")


def run(args: argparse.Namespace) -> Result:
    """Measure each size; figures of the largest are compared with the smallest."""
    figures: list[Figure] = []
    p95: dict[int, float] = {}
    with tempfile.TemporaryDirectory(prefix="register-", dir=_folder()) as scratch:
        for people in sorted(args.people):
            with world.made(people, min(ABLE, people * 6 // 10), _server()) as made:
                one = _measure(made, args.seconds, Path(scratch))
                figures += one
                p95[people] = next(figure.value for figure in one if figure.key == f"list_4_p95_ms_{people}")
    if len(p95) > 1:
        small, large = min(p95), max(p95)
        meaning = f"p95 of a listing, {large} people against {small}"
        figures.append(Figure("list_p95_large_times_small", p95[large] / p95[small], "times", meaning))
    conditions = {"workers": servers.WORKERS, "threads": servers.THREADS, "durable": True}
    return Result("register", {"people": max(args.people)}, figures, conditions)


def _server() -> str:
    """A database server of our own that writes to disk before it says so: that is what is promised."""
    server = cluster.Cluster(settings().var_dir / "postgres-bench")
    cluster.hold(server)
    return server.url("postgres")


def _folder() -> Path:
    folder = environments.folder()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _measure(made: World, seconds: int, folder: Path) -> list[Figure]:
    tokens = list(asking.tokens(made, settings()))
    figures: list[Figure] = []
    bench = {count: _pgbench(made, count, seconds, folder) for count in CONNECTIONS}
    with _serving(made.url, folder) as port:
        # Listings go from the first of those who sign in, queues from the middle: nobody is asked for twice.
        first = {"list": 0, "queue": len(tokens) // 2, "status": 0, "person_listings": 0}
        for kind in KINDS:
            file = asking.write(kind, made, tokens, first[kind.key], folder)
            position = 0
            for connections in CONNECTIONS:
                sample = _load(port, connections, seconds, file, position)
                position += sample.requests + connections
                _check(kind, sample)
                peer = bench[connections] if kind.key == "list" else None
                figures += _figures(kind, made.people, connections, sample, peer)
    return figures


def _check(kind: Kind, sample: Sample) -> None:
    wrong = sample.refused + sample.failed
    if wrong:
        raise Broken(f"{kind.meaning}: {wrong} of {sample.requests} answers were errors")


def _figures(kind: Kind, people: int, connections: int, sample: Sample, peer: float | None) -> list[Figure]:
    about = f"{kind.meaning}, {people} people, {connections} connections"
    name = f"{kind.key}_{connections}"
    peers = {"pgbench": peer} if peer else {}
    made = [Figure(f"{name}_per_second_{people}", sample.per_second, "/s", f"{about}: operations", peers)]
    for part in (0.5, 0.95, 0.99):
        key, value = f"{name}_p{round(part * 100)}_ms_{people}", sample.percentile(part)
        made.append(Figure(key, value, "ms", f"{about}: p{round(part * 100)}"))
    if peer:
        rate = sample.per_second / peer
        made.append(Figure(f"{name}_times_pgbench_{people}", rate, "times", f"{about}: against pgbench"))
    return made


def _load(port: int, connections: int, seconds: int, file: Path, first: int) -> Sample:
    program, variables = environments.wrk()
    script = Path(__file__).with_name("client.lua")
    command = [*program, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script)]
    command += [f"http://127.0.0.1:{port}", "--", str(file), str(first)]
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, timeout=seconds + 60, check=True
    )
    return client.parsed(done.stdout)


def _pgbench(made: World, connections: int, seconds: int, folder: Path) -> float:
    """Transactions a second of pgbench, with people of its own who are asked for nowhere else."""
    script = folder / "listing.sql"
    number = CONNECTIONS.index(connections)
    share = (made.people - len(made.signed) - 1) // len(CONNECTIONS)
    first = world.FIRST_PERSON + len(made.signed) + number * share
    script.write_text(recorded.script(made.url, made.people, first, share // connections), encoding="utf-8")
    each = min(share // connections - 1, 400 * seconds)
    command = [pgbench(), "-n", "-M", "prepared", "-f", str(script), "-D", "n=0", "-c", str(connections)]
    command += ["-j", "1", "-t", str(each), libpq_url(made.url)]
    # What the product's connections for changes begin with, so that plans cost pgbench the same.
    variables = {"PGOPTIONS": "-c jit=off -c plan_cache_mode=force_generic_plan"}
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, timeout=600, check=False
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise Broken(f"pgbench failed: {done.stderr.strip()[-300:]}")
    return float(found.group(1))


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[int]:
    """The product as `hittavard serve` runs it, from when it is ready."""
    port = servers.free_port()
    variables = {
        "HITTAVARD_DATABASE_URL": url,
        "HITTAVARD_INDEX_DIR": str(folder / "index"),
        "HITTAVARD_ENVIRONMENT": "development",
        "HITTAVARD_HOST": "127.0.0.1",
        "HITTAVARD_WORKERS": str(servers.WORKERS),
        "HITTAVARD_THREADS": str(servers.THREADS),
        "PORT": str(port),
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "serve"],
            cwd=ROOT,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await(port, process, folder / "server.log")
        yield port
    finally:
        servers.end(process)


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise Broken(f"the server did not start: {log.read_text(errors='replace').strip()[-300:]}")
