"""The private server: made, used again, mended after a crash, and kept apart from every other."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core import cluster
from core.cluster import Cluster, DatabaseUnavailable, processes
from core.cluster.configuration import _memory, buffers
from core.cluster.extensions import libpq_url
from core.settings import ROOT, Settings


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that the server's account can walk to; pytest's own `tmp_path` is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="hittavard test "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def made(place: Path) -> Iterator[Cluster]:
    """One server for the module, in a path with a space and Swedish letters."""
    server = Cluster(place / "vård" / "postgres", durable=False)
    server.home.parent.mkdir()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def server(made: Cluster) -> Cluster:
    """The same server, running."""
    made.start()
    return made


def _ask(server: Cluster, query: str) -> object:
    with psycopg.connect(libpq_url(server.url("postgres")), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def _kill(server: Cluster) -> int:
    """Kill the server without a word, and wait for its children to notice."""
    pid = processes.postmaster(server.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    processes_gone(server)
    return pid


def processes_gone(server: Cluster) -> None:
    """Wait for the death of everything that served the data folder."""
    for pid in processes.standing_in(server.data):
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        except ProcessLookupError:
            pass
        finally:
            os.close(handle)
    while processes.standing_in(server.data):
        os.sched_yield()


def test_it_listens_on_its_own_socket_only(server: Cluster) -> None:
    assert _ask(server, "SHOW listen_addresses") == ""
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    assert _ask(server, "SHOW data_directory") == str(server.data)


@pytest.mark.parametrize(
    ("gigabytes", "megabytes"), [(0.5, 128), (1, 128), (2, 256), (4, 512), (8, 1024), (512, 1024)]
)
def test_it_keeps_an_eighth_of_the_memory_within_bounds(gigabytes: float, megabytes: int) -> None:
    assert buffers(int(gigabytes * 2**30)) == megabytes


def test_it_starts_with_what_the_machine_or_the_container_allows(server: Cluster) -> None:
    kept = _ask(server, "SELECT setting::bigint * 8192 / 2^20 FROM pg_settings WHERE name = 'shared_buffers'")
    assert kept == buffers(_memory())


def test_the_server_does_not_run_as_root(server: Cluster) -> None:
    pid = processes.postmaster(server.data)
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_ctrl_c_in_our_terminal_does_not_reach_it(server: Cluster) -> None:
    pid = processes.postmaster(server.data)
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)


def test_a_second_start_changes_nothing(server: Cluster) -> None:
    pid = processes.postmaster(server.data)
    assert server.start() is False
    assert processes.postmaster(server.data) == pid


def test_a_killed_server_starts_again_with_its_data(server: Cluster) -> None:
    with psycopg.connect(libpq_url(server.url("postgres")), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        connection.execute("CHECKPOINT")
    killed = _kill(server)
    assert (server.data / "postmaster.pid").exists()
    server.start()
    assert processes.postmaster(server.data) != killed
    assert _ask(server, "SELECT count(*) FROM kept") == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT], ids=["killed", "stopped immediately"])
def test_a_watched_server_that_ends_is_started_again(server: Cluster, how: signal.Signals) -> None:
    watch = cluster.Watch(server, delay=0.0)
    watch.begin()
    before = processes.postmaster(server.data)
    assert before is not None
    os.kill(before, how)
    while watch.starts == 0:
        os.sched_yield()
    watch.end()
    assert processes.postmaster(server.data) != before
    assert _ask(server, "SELECT 1") == 1


def test_a_server_that_ends_after_the_watch_stays_ended(server: Cluster) -> None:
    watch = cluster.Watch(server, delay=0.0)
    watch.begin()
    watch.end()
    _kill(server)
    assert watch.starts == 0
    assert processes.postmaster(server.data) is None


def test_only_our_own_server_is_watched(place: Path) -> None:
    given = Settings(var_dir=place / "nothing here", database_url="postgresql://elsewhere/hittavard")
    with cluster.watched(given):
        assert not given.var_dir.exists()


def test_a_pid_file_that_names_a_foreign_process_does_not_stop_it(server: Cluster) -> None:
    _kill(server)
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    lock = server.socket_folder / ".s.PGSQL.5432.lock"
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    assert _ask(server, "SELECT 1") == 1


def test_a_lost_socket_is_made_again(server: Cluster) -> None:
    before = processes.postmaster(server.data)
    (server.socket_folder / ".s.PGSQL.5432").unlink()
    server.start()
    assert processes.postmaster(server.data) != before
    assert _ask(server, "SELECT 1") == 1


def test_the_last_one_out_stops_it(server: Cluster) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from core.cluster import Cluster, hold
hold(Cluster(Path({str(server.home)!r}), durable=False))
print("ready", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        assert server.release() is False
        assert server.answers()
    assert not server.answers()
    assert processes.standing_in(server.data) == []


def test_processes_that_start_it_at_once_share_one_server(server: Cluster) -> None:
    server.release()
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from core.cluster import Cluster, processes
server = Cluster(Path({str(server.home)!r}), durable=False)
server.start()
print(processes.postmaster(server.data), flush=True)
sys.stdin.read()
"""
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    pids = {starter.stdout.readline() for starter in starters if starter.stdout}
    for starter in starters:
        starter.communicate()
    assert len(pids) == 1


def test_a_path_too_long_for_a_socket_gets_a_short_folder_of_its_own(place: Path) -> None:
    deep = Cluster(place / ("d" * 60) / ("e" * 60) / "postgres", durable=False)
    try:
        deep.start()
        assert len(str(deep.socket_folder)) < 80
        assert deep.socket_folder.stat().st_mode & 0o777 == 0o700
        assert _ask(deep, "SHOW data_directory") == str(deep.data)
    finally:
        deep.remove()
    assert not deep.socket_folder.exists()


def test_a_socket_folder_of_somebody_else_is_not_used(place: Path) -> None:
    trap = Cluster(place / "a,b" / "postgres", durable=False)
    trap.socket_folder.symlink_to(place)
    try:
        with pytest.raises(DatabaseUnavailable, match="belongs to somebody else"):
            trap.start()
    finally:
        trap.socket_folder.unlink()
        trap.remove()


def test_a_closed_parent_folder_is_left_closed(place: Path) -> None:
    """Root's server runs as another account, so its data lie elsewhere; anybody else's stay."""
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    server = Cluster(closed / "postgres", durable=False)
    try:
        server.start()
        data = server.place
        assert closed.stat().st_mode & 0o777 == 0o700
        assert (data.parent == Path("/var/lib")) is (os.geteuid() == 0)
        assert _ask(server, "SELECT 1") == 1
    finally:
        server.remove()
    assert not data.exists()


def test_a_given_database_is_used_as_it_is(database_url: str, tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, database_url=libpq_url(database_url))
    assert cluster.ensure_running(settings) == database_url
    assert list(tmp_path.iterdir()) == []


def test_a_given_database_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path, database_url=f"postgresql://x@/x?host={tmp_path}")
    with pytest.raises(DatabaseUnavailable, match="cannot reach the database") as caught:
        cluster.ensure_running(settings)
    assert "\n" not in caught.value.detail


def test_missing_extensions_that_we_may_not_make_are_named(test_server: str) -> None:
    from tests.support.database import on_server

    role = f"hv_test_{os.getpid()}"
    with psycopg.connect(libpq_url(test_server), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role}")
        connection.execute(f"CREATE DATABASE {role} TEMPLATE template0")
        try:
            url = on_server(test_server, role)
            url += ("&" if "?" in url else "?") + f"options=-c%20role%3D{role}"
            with pytest.raises(DatabaseUnavailable, match=r"CREATE EXTENSION for postgis, pg_trgm"):
                cluster.create_extensions(url)
        finally:
            connection.execute(f"DROP DATABASE {role} WITH (FORCE)")
            connection.execute(f"DROP ROLE {role}")
