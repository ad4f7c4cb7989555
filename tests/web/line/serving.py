"""A real server of two processes with one thread each, whose application takes time, or as long as told."""

import base64
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

from core.settings import ROOT

_APPLICATION = """
import os
from pathlib import Path
from threading import Event

released = Path(os.environ["RELEASED"])

def application(environ, start_response):
    path = environ["PATH_INFO"]
    while path.startswith("/held") and not released.exists():
        Event().wait(0.02)
    if path.startswith("/slow"):
        Event().wait(0.04)
    start_response("200 OK", [("Content-Length", "2"), ("X-Process", str(os.getpid()))])
    return [b"ok"]
"""
_START = "from gunicorn.app.wsgiapp import run; run()"
_PLACE = re.compile(r'turn__place">([^<]+)<')
PROCESSES, HELD = 2, 3


@dataclass
class Answer:
    """What came. `place`: the one told on a waiting page; 0 on any other."""

    status: int
    headers: dict[str, str]
    body: str
    place: int = field(init=False)

    def __post_init__(self) -> None:
        found = _PLACE.search(self.body)
        self.place = int("".join(filter(str.isdigit, found[1]))) if found else 0

    @property
    def cookie(self) -> str:
        """The ticket, as the browser sends it back."""
        return self.headers.get("set-cookie", "").partition(";")[0]

    @property
    def number(self) -> int:
        """The number on the ticket."""
        return number_of(self.cookie)


def number_of(cookie: str) -> int:
    """The number on a ticket; what stands there anybody may read."""
    value = cookie.partition("=")[2]
    return int.from_bytes(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))[:8], "big")


class Server:
    """Asked by tests. `environment` is what it was started with."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    @contextmanager
    def running(self) -> Iterator["Server"]:
        """Until the end of the block."""
        (self.folder / "taking_time.py").write_text(_APPLICATION)
        arguments = ["-k", "web.worker.PatientWorker", "-w", "2", "--threads", "1", "--no-control-socket"]
        arguments += ["--keep-alive", "30"]
        arguments += ["--pythonpath", str(self.folder), "-b", f"127.0.0.1:{self.port}", "taking_time"]
        environment = {"RELEASED": str(self._released), "HITTAVARD_VAR_DIR": str(self.folder)}
        with subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            cwd=ROOT,
            env={**environment, **self.environment},
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stderr is not None
            booted = 0
            while booted < 2 and (line := server.stderr.readline()):
                booted += "Booting worker" in line
            try:
                yield self
            finally:
                self._released.touch()
                server.terminate()
                told = server.communicate(timeout=30)[1]
        assert "Traceback" not in told, told

    @property
    def _released(self) -> Path:
        return self.folder / "released"

    def ask(self, path: str = "/", method: str = "GET", *, timeout: float = 30, **headers: str) -> Answer:
        """One request on a connection of its own; `_` in the names of headers is a hyphen."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, b"typed=1" if method == "POST" else None, named)
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, fields, response.read().decode())
        finally:
            connection.close()

    def _of_each_process(self) -> list[HTTPConnection]:
        """Connections that are kept, as many of each process as are held up there."""
        kept: dict[str, list[HTTPConnection]] = {}
        while len(kept) < PROCESSES or any(len(some) < HELD for some in kept.values()):
            connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", "/", headers={"Sec-Fetch-Dest": "empty"})
            response = connection.getresponse()
            response.read()
            kept.setdefault(response.headers["X-Process"], []).append(connection)
        return [connection for some in kept.values() for connection in some]

    def _stands(self) -> bool:
        """Whether newcomers are put in line by both processes; before that they come in, and wait there."""
        try:
            told = [self.ask("/probe", timeout=0.2, Sec_Fetch_Dest="empty").status for _ in range(8)]
        except TimeoutError:
            return False
        return told == [503] * 8

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Every thread is taken, and others wait for one, until the end of the block: a line forms."""
        self._released.unlink(missing_ok=True)
        held = self._of_each_process()
        try:
            for connection in held:
                connection.request("POST", "/held")
            Event().wait(1.2)  # longer than one may wait for a page
            until(self._stands)
            yield
        finally:
            self._released.touch()
            for connection in held:
                connection.close()
            until(lambda: self.ask("/probe", Sec_Fetch_Dest="empty").status == 200)


def until(done: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what comes by itself."""
    for _ in range(int(seconds / 0.05)):
        if done():
            return
        Event().wait(0.05)
    raise AssertionError("it did not come about")
