"""`hittavard serve` as a whole: it answers, keeps its port to itself, and ends cleanly when told to."""

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.support.database import empty_database, scratch_database


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A port that nobody uses and a place for the index."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "PORT": str(port),
        "HITTAVARD_INDEX_DIR": str(tmp_path / "index"),
        "HITTAVARD_WORKERS": "1",
        "HITTAVARD_ENVIRONMENT": "development",
        "HITTAVARD_KEYS_FILE": str(tmp_path / "keys.json"),
    }


@contextmanager
def _serve(environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """The server, which does not outlive a test that fails."""
    with subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield server
        finally:
            server.terminate()


def test_it_answers_keeps_its_port_and_stops(test_server: str, environment: dict[str, str]) -> None:
    with scratch_database(test_server) as url:
        environment["HITTAVARD_DATABASE_URL"] = url
        address = f"http://127.0.0.1:{environment['PORT']}"
        with _serve(environment) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == f"Hitta vård answers on {address} (Ctrl-C stops it)\n"
            with urllib.request.urlopen(f"{address}/health/live", timeout=10) as answer:
                assert answer.status == 200
            with _serve(environment) as second:
                _, errors = second.communicate(timeout=30)
            assert second.returncode == 1
            assert errors.startswith(f"hittavard: cannot listen on 127.0.0.1:{environment['PORT']}")
            assert errors.count("\n") == 1
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=30)
    assert server.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(environment["PORT"])), timeout=5)


def test_it_refuses_a_database_that_is_not_migrated(test_server: str, environment: dict[str, str]) -> None:
    with empty_database(test_server) as url, _serve({**environment, "HITTAVARD_DATABASE_URL": url}) as server:
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 1
    assert errors == ("hittavard: the database is not at the newest revision; run `hittavard db upgrade`\n")


def test_it_refuses_to_start_in_production_without_its_keys(
    database_url: str, environment: dict[str, str]
) -> None:
    """Production is what `serve` takes it to be unless somebody says otherwise."""
    environment["HITTAVARD_DATABASE_URL"] = database_url
    for said in ("production", ""):
        with _serve({**environment, "HITTAVARD_ENVIRONMENT": said}) as server:
            _, errors = server.communicate(timeout=30)
        assert server.returncode == 1
        assert errors.startswith(f"hittavard: the key file {environment['HITTAVARD_KEYS_FILE']} is missing; ")
        assert errors.count("\n") == 1
        assert not Path(environment["HITTAVARD_KEYS_FILE"]).exists()


def test_it_refuses_weights_that_make_no_sense(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ranking.toml"
    file.write_text("[weights]\ntext = 1\n", "utf-8")
    with _serve({**environment, "HITTAVARD_RANKING_FILE": str(file)}) as server:
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 1
    assert errors.startswith(f"hittavard: {file}: [weights] lacks distance")
    assert errors.count("\n") == 1
