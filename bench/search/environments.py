"""What the benchmark needs besides the product: peers in virtual environments of their own, and two tools.

Everything lands under `var/bench`; nothing is installed on the machine. A tool that the machine has is used
as it is, else its Debian packages are fetched with apt and unpacked beside the environments.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from core.settings import settings

REQUIREMENTS = Path(__file__).resolve().parent / "peers"
_WRK = ("wrk", "libluajit-5.1-2", "libluajit-5.1-common")
_SPATIALITE = ("libsqlite3-mod-spatialite",)


class Unavailable(Exception):
    """Something that could not be installed here; the message says what and why."""


def folder() -> Path:
    """Where the benchmark keeps what it makes."""
    return settings().var_dir / "bench"


def environment(name: str) -> Path:
    """The Python of the peer's environment, made anew when its requirements changed."""
    requirements = REQUIREMENTS / f"{name}.txt"
    home = folder() / "envs" / name
    stamp = home / ".requirements"
    digest = hashlib.sha256(requirements.read_bytes() + str(home).encode()).hexdigest()
    python = home / "bin" / "python"
    if python.exists() and stamp.exists() and stamp.read_text() == digest:
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    _run([*pip, "-r", str(requirements)])
    stamp.write_text(digest)
    return python


def versions(name: str) -> dict[str, str]:
    """The pinned packages of a peer."""
    lines = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {package.strip(): version.strip() for package, version in pairs}


def wrk() -> tuple[list[str], dict[str, str]]:
    """How to start wrk, and the environment variables that it needs."""
    found = shutil.which("wrk")
    if found:
        return [found], {}
    root = _unpacked(_WRK)
    program = root / "usr" / "bin" / "wrk"
    libraries = ":".join(str(path) for path in sorted((root / "usr" / "lib").glob("*-linux-gnu*")))
    if not program.exists():
        raise Unavailable("wrk: the package has no program for this machine")
    return [str(program)], {"LD_LIBRARY_PATH": libraries}


def spatialite() -> str:
    """The path of SpatiaLite as an extension of SQLite."""
    for place in (Path("/usr/lib"), Path("/usr/local/lib")):
        for path in sorted([*place.glob("mod_spatialite.so"), *place.glob("*/mod_spatialite.so")]):
            return str(path)
    for path in sorted(_unpacked(_SPATIALITE).glob("usr/lib/*/mod_spatialite.so")):
        return str(path)
    raise Unavailable("mod_spatialite: the package has no library for this machine")


def _unpacked(packages: tuple[str, ...]) -> Path:
    """The folder into which these Debian packages are unpacked."""
    root = folder() / "tools" / packages[0]
    if (root / "usr").exists():
        return root
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Unavailable(f"{packages[0]} is not installed, and there is no apt to fetch it with")
    downloads = root / "packages"
    shutil.rmtree(root, ignore_errors=True)
    downloads.mkdir(parents=True)
    _run(["apt-get", "-q", "-q", "download", *packages], downloads)
    for package in sorted(downloads.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(root)])
    return root


def _run(command: list[str], where: Path | None = None) -> None:
    done = subprocess.run(
        command, cwd=where, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise Unavailable(f"{' '.join(command[:4])} … failed: {last}")
