"""One private server: make it, start it, stop it, and recover from whatever killed it last time."""

import hashlib
import logging
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.pq import PGconn, Ping

from core.cluster import binaries, processes
from core.cluster.account import Account, server_account
from core.cluster.configuration import PORT, configuration
from core.cluster.errors import DatabaseUnavailable
from core.cluster.extensions import libpq_url
from core.cluster.guard import Guard

DATABASE = "hittavard"
USER = "hittavard"
_LONGEST_SOCKET = 107  # sun_path holds 108 bytes with the closing zero
_log = logging.getLogger("hittavard.cluster")


@dataclass(frozen=True)
class Cluster:
    """The server whose locks live in `home`. `durable=False` trades crash safety for speed, for tests."""

    home: Path
    durable: bool = True

    @property
    def place(self) -> Path:
        """The folder that holds the data: `home`, or where `home/server` leads."""
        link = self.home / "server"
        return link.resolve() if link.is_symlink() else self.home.resolve()

    @property
    def data(self) -> Path:
        """The server's own data folder."""
        return self.place / "data"

    @property
    def socket_folder(self) -> Path:
        """Beside the data when the path is short and plain enough for a socket, else in a short place."""
        folder = self.place / "run"
        path = str(folder / f".s.PGSQL.{PORT}")
        if len(os.fsencode(path)) <= _LONGEST_SOCKET and not set(path) & set(",\"'\\%"):
            return folder
        name = "hittavard-" + hashlib.sha256(os.fsencode(self.place)).hexdigest()[:12]
        short = Path(tempfile.gettempdir()) / name
        too_long = len(os.fsencode(short)) + len(f"/.s.PGSQL.{PORT}") > _LONGEST_SOCKET
        return Path("/tmp") / name if too_long else short

    def url(self, database: str = DATABASE) -> str:
        """The SQLAlchemy address of `database`; valid once the server has been made."""
        host = quote(str(self.socket_folder), safe="/")
        return f"postgresql+psycopg://{USER}@/{database}?host={host}&port={PORT}"

    def start(self) -> bool:
        """Have the server running and in use by this process; False when this process had it already."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            raise DatabaseUnavailable(f"cannot make {self.home}; set HITTAVARD_VAR_DIR") from error
        guard = Guard(self.home)
        with guard.alone():
            entered = guard.enter()
            try:
                self._start()
            except BaseException:
                if entered:
                    guard.leave()
                raise
            return entered

    def release(self) -> bool:
        """End this process's use; the last one stops the server. True when the server is stopped."""
        if not self.home.exists():
            return True
        guard = Guard(self.home)
        with guard.alone():
            if not guard.leave():
                return False
            self._stop()
            return True

    def remove(self) -> None:
        """Stop the server and delete its data."""
        if not self.release():
            raise DatabaseUnavailable(f"{self.home} is in use by another process; end that one first")
        for folder in (self.socket_folder, self.place, self.home):
            shutil.rmtree(folder, ignore_errors=True)

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        return self._ping() == Ping.OK

    def _ping(self) -> Ping:
        return Ping(PGconn.ping(libpq_url(self.url("postgres")).encode()))

    def _start(self) -> None:
        if self.answers():
            self._verify()
            return
        account = server_account(self.data)
        if processes.postmaster(self.data) is not None:
            if self._wait_for_answer():
                self._verify()
                return
            self._pg_ctl(account, "stop", "-m", "immediate")  # it lives but its socket is gone
        self._choose_place(account)
        if not (self.data / "PG_VERSION").exists():
            self._make(account)
        processes.clear_stale(self.data)
        account.make_folder(self.socket_folder)
        for stale in self.socket_folder.glob(".s.PGSQL.*"):
            stale.unlink()
        self._write(account, self.data / "hittavard.conf", configuration(self.socket_folder, self.durable))
        self._write(account, self.place / "server.log", "")
        self._pg_ctl(account, "start", "-l", str(self.place / "server.log"))
        self._verify()

    def _wait_for_answer(self) -> bool:
        """Give a server that is starting or stopping time to settle."""
        silent_until = time.monotonic() + 2
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and processes.postmaster(self.data) is not None:
            ping = self._ping()
            if ping == Ping.OK:
                return True
            if ping == Ping.NO_RESPONSE and time.monotonic() > silent_until:
                return False
            time.sleep(0.05)
        return False

    def _verify(self) -> None:
        """Make sure that the server behind our socket serves our data and nobody else's."""
        with psycopg.connect(libpq_url(self.url("postgres")), autocommit=True) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        served = Path(row[0]) if row else Path()
        if not served.exists() or not served.samefile(self.data):
            raise DatabaseUnavailable(f"the server at {self.socket_folder} serves {served}; stop that one")

    def _choose_place(self, account: Account) -> None:
        if self.home.stat().st_uid == os.geteuid():
            self.home.chmod(0o755)
        if (self.home / "server").is_symlink() or account.can_walk_to(self.home):
            return
        digest = hashlib.sha256(os.fsencode(self.home.resolve())).hexdigest()[:12]
        elsewhere = Path("/var/lib") / f"hittavard-{digest}"
        elsewhere.mkdir(mode=0o755, exist_ok=True)
        elsewhere.chmod(0o755)
        (self.home / "server").symlink_to(elsewhere)
        _log.warning("the database lies in %s, because its account may not walk to %s", elsewhere, self.home)

    def _make(self, account: Account) -> None:
        """Run initdb beside the final place and move it there, so that a killed run leaves no half."""
        new = self.place / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        account.make_folder(new)
        result = account.run(
            [
                self._program("initdb"),
                *("-D", new, "--username", USER, "--auth-local=trust", "--auth-host=reject"),
                *("--encoding=UTF8", "--locale=C.UTF-8"),
                *(() if self.durable else ("--no-sync",)),
            ]
        )
        if result.returncode != 0:
            raise DatabaseUnavailable(f"initdb failed: {_last_line(result.stderr)}")
        with (new / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'hittavard.conf'\n")
        new.rename(self.data)

    def _stop(self) -> None:
        if processes.postmaster(self.data) is not None:
            self._pg_ctl(server_account(self.data), "stop", "-m", "fast")

    def _pg_ctl(self, account: Account, *arguments: str) -> None:
        result = account.run([self._program("pg_ctl"), *arguments, "-D", self.data, "-w", "-t", "120"])
        if result.returncode != 0:
            log = self.place / "server.log"
            reason = _last_line(log.read_text(errors="replace")) if log.exists() else result.stderr
            raise DatabaseUnavailable(
                f"pg_ctl {arguments[0]} failed: {reason or _last_line(result.stderr)} (see {log})"
            )

    def _program(self, name: str) -> Path:
        version_file = self.data / "PG_VERSION"
        version = int(version_file.read_text()) if version_file.exists() else None
        folder = binaries.find(version)
        if folder is None:
            wanted = f"PostgreSQL {version}" if version else f"PostgreSQL {binaries.OLDEST} or newer"
            raise DatabaseUnavailable(f"{wanted} with PostGIS is not installed; run `make setup`")
        return folder / name

    def _write(self, account: Account, path: Path, content: str) -> None:
        path.write_text(content)
        path.chmod(0o600)
        if account.switch:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
