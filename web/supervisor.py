"""Runs the web server, the index writer and the timed work side by side, and ends them together.

The latter two are started again when they die, later each time, and so is our own database server; when the
web server dies, all ends. Signals are waited for rather than handled, so nothing happens between two lines of
code and nothing polls.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from core import cluster, logging, metrics
from core.problems import Problem
from core.settings import ROOT, Settings

_WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT}
_PATIENCE = 15.0
_PR_SET_PDEATHSIG = 1
_log = logging.get("supervisor")


class PortTaken(Problem):
    """Something else listens where we should."""

    code = "port-taken"
    status = 503
    title = "The port is taken"


def check_port_is_free(settings: Settings) -> None:
    """Refuse before anything is started, and say how to go on."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise PortTaken(
                f"cannot listen on {settings.host}:{settings.port} ({reason}); "
                "stop what is there or choose another port, for example PORT=8001 make run"
            ) from error


@dataclass
class Child:
    """One program that we keep: started again after `delay` seconds when it dies, if `restart`.

    `nice` is how far it gives way to the others when processors are short.
    """

    name: str
    argv: list[str]
    restart: bool
    nice: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 1.0
    due: float = field(default=0.0)

    def start(self, now: float) -> None:
        self.process = subprocess.Popen(
            self.argv,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(self._in_child, os.getpid()),
        )
        self.started = now

    def check(self, now: float) -> int | None:
        """Start again if it is time; the exit status when the program has just died."""
        if self.process is None:
            if now >= self.due:
                self.start(now)
            return None
        status = self.process.poll()
        if status is not None:
            metrics.ended(self.process.pid)
            self.delay = 1.0 if now - self.started > 60 else min(self.delay * 2, 30.0)
            self.due = now + self.delay
            self.process = None
        return status

    def _in_child(self, parent: int) -> None:
        """Unblock the signals that only the parent waits for, and end when the parent is killed."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before we had asked to be told
            os._exit(1)
        os.nice(self.nice)


def supervise(settings: Settings, *beside: Child, told: str = "") -> int:
    """Run until SIGTERM or Ctrl-C; 0 when asked to stop, 1 when the web server died by itself.

    `beside` are further programs; `told` is said once the site answers.
    """
    children = [
        *beside,
        Child("web", [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn.conf.py"], restart=False),
        Child("index", [sys.executable, "-m", "web.cli", "index", "--follow"], restart=True, nice=5),
        Child("due", [sys.executable, "-m", "web.cli", "due", "--follow"], restart=True),
    ]
    metrics.share(settings.var_dir / "run" / f"metrics-{settings.port}")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        for child in children:
            child.start(time.monotonic())
        threading.Thread(target=_announce, args=(settings, told), daemon=True).start()
        with cluster.watched(settings):
            return _watch(children)
    finally:
        _stop(children)
        metrics.keep_to_oneself()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watch(children: list[Child]) -> int:
    while True:
        now = time.monotonic()
        waits = [child.due - now for child in children if child.process is None]
        signalled = signal.sigtimedwait(_WATCHED, max(0.0, min(waits, default=60.0)))
        if signalled is not None and signalled.si_signo != signal.SIGCHLD:
            return 0
        for child in children:
            status = child.check(time.monotonic())
            if status is None:
                continue
            _log.error("program ended", program=child.name, status=status)
            if not child.restart:
                return 1


def _stop(children: list[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _PATIENCE
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        if process.poll() is None:
            process.kill()
            process.wait()


def _announce(settings: Settings, told: str) -> None:
    """Say so once requests are answered; to who is told how to begin, once searches are, or after a while."""
    address = f"http://{settings.host}:{settings.port}"
    if _wait_until(lambda: _answers(settings, "/health/live"), 120):
        if told:
            _wait_until(lambda: _answers(settings, "/health/ready"), 60)
        print(f"Hitta vård answers on {settings.public_url or address} (Ctrl-C stops it)", flush=True)
        if told:
            print(told, flush=True)


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def _answers(settings: Settings, path: str) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
