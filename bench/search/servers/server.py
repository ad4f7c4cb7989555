"""One HTTP server in processes of its own: started, asked, weighed and stopped."""

import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.search.queries import Kind, Query
from core.settings import ROOT

WORKERS, THREADS = 2, 4
_PATIENCE = 300.0
"""Seconds to start in; ours builds its index meanwhile."""
_PR_SET_PDEATHSIG = 1

PathOf = Callable[[Query], str]
Environment = Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """`{port}` in the command and the variables stands for the port.

    `paths` has the kinds that the server answers; `differs` says how an answer is less than what was asked,
    `hits` counts what came back.
    """

    name: str
    command: Sequence[str]
    variables: Environment
    paths: Mapping[Kind, PathOf]
    hits: Callable[[Kind, Any], int]
    differs: Mapping[Kind, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def answer(self, kind: Kind, query: Query) -> bytes:
        """The answer to one question; raises `Broken` when it is an error."""
        path = self.server.paths[kind](query)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            said = f"{response.status} to {path}: {body[:200].decode('utf-8', 'replace')}"
            raise Broken(f"{self.server.name} answers {said}; its log ends: {_end_of(self.log)}")
        return body

    def hits(self, kind: Kind, query: Query) -> int:
        """How many hits this question gets."""
        return self.server.hits(kind, json.loads(self.answer(kind, query)))

    def memory_mb(self) -> dict[str, float]:
        """Resident memory of all its processes; `pss` shares out among them what they have in common."""
        processes = list(family(self.process.pid))
        sizes = [memory(pid) for pid in processes]
        return {
            "processes": len(processes),
            "rss": round(sum(rss for rss, _ in sizes) / 1024, 1),
            "pss": round(sum(pss for _, pss in sizes) / 1024, 1),
        }


class Broken(Exception):
    """A server that does not start or answers wrongly."""


@contextmanager
def running(server: Server, ready: Mapping[Kind, Query], log: Path) -> Iterator[Running]:
    """The server, from when it answers every one of `ready`, with hits in all, until the end of the block."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in server.command]
    variables = {name: value.replace("{port}", str(port)) for name, value in server.variables.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=server.cwd,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_in_child,
        )
    try:
        one = Running(server, port, process, log)
        _wait(one, ready)
        yield one
    finally:
        end(process)


def _wait(one: Running, ready: Mapping[Kind, Query]) -> None:
    deadline = time.monotonic() + _PATIENCE
    reason = "it never answered"
    while time.monotonic() < deadline:
        if one.process.poll() is not None:
            break
        try:
            if sum(one.hits(kind, ready[kind]) for kind in one.server.paths) > 0:
                return
            reason = "its answers have no hits"
        except (OSError, http.client.HTTPException):
            pass
        except (Broken, ValueError) as error:
            reason = str(error)
        time.sleep(0.2)
    raise Broken(f"{one.server.name} did not start: {reason}; its log ends: {_end_of(one.log)}")


def _end_of(log: Path) -> str:
    try:
        return log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
    except OSError:
        return "(there is none)"


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to stop, then stop whatever is left of its processes."""
    processes = list(family(process.pid))
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(15)
    for pid in processes:
        with suppress(ProcessLookupError):
            if pid == process.pid and process.poll() is not None:
                continue
            os.kill(pid, signal.SIGKILL)
    process.wait()


def family(pid: int) -> Iterator[int]:
    """The process and everything that it started, as far as it lives."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def memory(pid: int) -> tuple[int, int]:
    """RSS and PSS in kB; nothing for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    values = {name: rest.split()[0] for name, _, rest in (line.partition(":") for line in lines[1:])}
    return int(values.get("Rss", 0)), int(values.get("Pss", 0))


def _in_child() -> None:
    """End with the benchmark, even when it is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
