"""The product under the storm: `hittavard serve` with its own settings, started again when it has ended."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from bench.search.servers.server import family
from core.settings import ROOT, Settings

_PATIENCE = 90.0


class NotServing(Exception):
    """The server does not come up."""


class Server:
    """The supervisor process and all that it started."""

    def __init__(self, settings: Settings, workers: int = 2) -> None:
        self._settings = settings
        self._workers = workers
        self._log = settings.var_dir / "serve.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()
        self._minder = threading.Thread(target=self._mind, daemon=True)
        self.starts = 0

    def begin(self) -> None:
        """Start, and start again whenever the supervisor ends, as the system's service manager does."""
        self._minder.start()
        self.wait()

    def wait(self) -> None:
        """Until it answers a question that needs the database and the directory; raises `NotServing`."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self.answers() and self.pids("due") and self.pids("index"):
                return
            time.sleep(0.05)
        raise NotServing(f"no answer in {_PATIENCE:.0f} s; see {self._log}")

    def answers(self) -> bool:
        """Whether somebody who asks is answered from the database."""
        connection = http.client.HTTPConnection("127.0.0.1", self._settings.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    @property
    def top(self) -> int:
        """The supervisor."""
        return self._process.pid if self._process else 0

    def pids(self, what: str) -> list[int]:
        """The processes of one kind: `master`, `worker`, `due` or `index`."""
        top = self._process
        if top is None or top.poll() is not None:
            return []
        found = []
        for pid in family(top.pid):
            command, parent = _command(pid), _parent(pid)
            if "gunicorn" in command:
                kind = "master" if parent == top.pid else "worker"
            else:
                kind = next((name for name in ("due", "index") if f"{name} --follow" in command), "other")
            if kind == what:
                found.append(pid)
        return found

    def end(self) -> None:
        """Stop it as an administrator does."""
        self._stopped.set()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
        self._minder.join()

    def _mind(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HITTAVARD_")}
        environment |= {
            "HITTAVARD_VAR_DIR": str(self._settings.var_dir),
            "HITTAVARD_ENVIRONMENT": "development",
            "HITTAVARD_WORKERS": str(self._workers),
            "PORT": str(self._settings.port),
        }
        with self._log.open("wb") as log:
            while not self._stopped.is_set():
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "web.cli", "serve"],
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self.starts += 1
                if self._stopped.is_set():
                    self._process.terminate()
                self._process.wait()
                self._stopped.wait(0.5)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0
