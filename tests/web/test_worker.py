"""The worker under connections that say little, much, or several things at once."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT

_APPLICATION = """
import os
import threading
from web import at_once

def application(environ, start_response):
    path = environ["PATH_INFO"]
    body = path.encode()
    if "large" in path:
        body = b"x" * 8_000_000 + body
    if "waits" in path:
        at_once.or_in_thread()
    if "pid" in path:
        body = f"{os.getpid()}.".encode()
    if "who" in path:
        here = threading.current_thread() is threading.main_thread()
        body = (path + (" loop" if here else " thread") + ".").encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """One worker with one thread, which serves the path that was asked for."""
    yield from _served(tmp_path, workers=1)


@pytest.fixture
def address_of_two(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Two such workers."""
    yield from _served(tmp_path, workers=2)


def _served(tmp_path: Path, workers: int) -> Iterator[tuple[str, int]]:
    (tmp_path / "echo.py").write_text(_APPLICATION)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = probe.getsockname()
    code = "from web import worker; worker.HEAD_SECONDS = 1.5; from gunicorn.app.wsgiapp import run; run()"
    arguments = ["-k", "web.worker.PatientWorker", "-w", str(workers), "--threads", "1", "--keep-alive", "30"]
    arguments += ["--no-control-socket", "--pythonpath", str(tmp_path), "-b", f"127.0.0.1:{found[1]}", "echo"]
    server = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    for line in server.stderr:
        workers -= "Booting worker" in line
        if not workers:
            break
    yield found
    server.terminate()
    server.communicate(timeout=30)


def _connect(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=20)


def _answer(connection: socket.socket) -> bytes:
    """One answer of the echoing application, or what came before the end."""
    found = b""
    while b"\r\n\r\n" not in found or not found.endswith(b"."):
        data = connection.recv(1 << 20)
        if not data:
            break
        found += data
    return found


def _get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def test_silent_and_half_open_connections_hold_no_thread(address: tuple[str, int]) -> None:
    waiting = [_connect(address) for _ in range(40)]
    for connection in waiting[::2]:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
    with _connect(address) as other:
        other.sendall(_get("/served."))
        assert _answer(other).endswith(b"/served.")
    began = time.monotonic()
    assert {connection.recv(100) for connection in waiting} == {b""}  # each is closed in the end
    assert time.monotonic() - began < 15
    for connection in waiting:
        connection.close()


def test_requests_in_pieces_one_after_another_and_together(address: tuple[str, int]) -> None:
    with _connect(address) as connection:
        for piece in (b"GE", b"T /pieces. HTTP/1.1\r\nHost: x\r", b"\n\r\n"):
            connection.sendall(piece)
        assert _answer(connection).endswith(b"/pieces.")
        connection.sendall(_get("/again."))
        assert _answer(connection).endswith(b"/again.")
        connection.sendall(_get("/one") + _get("/two") + _get("/three.")[:-2])
        connection.sendall(b"\r\n")
        found = _answer(connection)
        assert [found.count(path) for path in (b"\r\n/one", b"\r\n/two", b"\r\n/three.")] == [1, 1, 1]


def test_letters_beyond_ascii_in_an_address_are_taken_as_urls_have_them(address: tuple[str, int]) -> None:
    with _connect(address) as connection:
        for piece in ("GET /vå", "rd. HTTP/1.1\r\nHost: x\r\nX: ", "y\r\n\r\n"):
            connection.sendall(piece.encode())
        path = "/vård.".encode().decode("latin-1")  # as WSGI hands it to the application
        assert _answer(connection).endswith(path.encode())
        connection.sendall("POST /ö. HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n".encode() + b"\xff\xfe")
        assert b" 200 " in _answer(connection)
        connection.sendall(_get("/next."))
        assert _answer(connection).endswith(b"/next.")


def test_a_body_reaches_the_application(address: tuple[str, int]) -> None:
    with _connect(address) as connection:
        connection.sendall(b"POST /body. HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        connection.sendall(b"cd")
        assert _answer(connection).endswith(b"/body.")
        connection.sendall(_get("/next."))
        assert _answer(connection).endswith(b"/next.")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 100_000, b"431"),
        (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"\x16\x03\x01\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_proper_head_is_refused(address: tuple[str, int], sent: bytes, status: bytes) -> None:
    with _connect(address) as connection:
        connection.sendall(sent)
        assert connection.recv(4096).split()[1] == status


MEMORY = "/api/v1/care-units/"


def test_what_memory_answers_is_answered_in_the_loop_and_the_rest_in_threads(
    address: tuple[str, int],
) -> None:
    with _connect(address) as connection:
        for path, where in (("who", b"loop."), ("who-waits", b"thread."), ("who", b"loop.")):
            connection.sendall(_get(MEMORY + path))
            assert _answer(connection).endswith(where)
        with _connect(address) as last:
            last.sendall(_get(MEMORY + "who-waits", "Connection: close"))
            assert _answer(last).endswith(b"thread.")
        connection.sendall(_get("/who"))
        assert _answer(connection).endswith(b"/who thread.")
        connection.sendall(_get(MEMORY + "who", "Content-Length: 2") + b"ab")
        assert _answer(connection).endswith(b"thread.")


def test_requests_for_memory_that_come_together_are_all_answered(address: tuple[str, int]) -> None:
    with _connect(address) as connection:
        connection.sendall(_get(MEMORY + "one") + _get(MEMORY + "two") + _get(MEMORY + "who"))
        found = b""
        while not found.endswith((b"loop.", b"thread.")):
            found += connection.recv(4096)
        assert [found.count(b"care-units/" + path) for path in (b"one", b"two", b"who")] == [1, 1, 1]


def test_one_who_reads_slowly_keeps_nobody_waiting(address: tuple[str, int]) -> None:
    with _connect(address) as slow, _connect(address) as other:
        slow.sendall(_get(MEMORY + "large."))
        other.sendall(_get(MEMORY + "who"))
        assert _answer(other).endswith(b"loop.")
        assert len(_answer(slow)) > 8_000_000
        slow.sendall(_get(MEMORY + "who"))
        assert _answer(slow).endswith(b"loop.")


def test_a_caller_who_is_told_to_close_or_goes_away_harms_nobody(address: tuple[str, int]) -> None:
    with _connect(address) as connection:
        connection.sendall(_get(MEMORY + "bye.", "Connection: close"))
        assert b"".join(iter(lambda: connection.recv(4096), b"")).endswith(b"/bye.")
    with _connect(address) as connection:
        connection.sendall(_get(MEMORY + "large."))
    with _connect(address) as connection:
        connection.sendall(_get(MEMORY + "who"))
        assert _answer(connection).endswith(b"loop.")


def test_connections_are_shared_out_evenly(address_of_two: tuple[str, int]) -> None:
    seen: list[bytes] = []

    def served() -> socket.socket:
        connection = _connect(address_of_two)
        connection.sendall(_get("/pid"))
        seen.append(_answer(connection).rpartition(b"\r\n")[2])
        return connection

    for _ in range(2000):
        if len(set(seen)) == 2:  # both take part
            break
        served().close()
    seen.clear()
    kept = [served() for _ in range(12)]
    for connection in kept:
        connection.close()
    assert 4 <= seen.count(seen[0]) <= 8
