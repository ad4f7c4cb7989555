"""A whole `hittavard serve` under callers that mean ill, over real sockets: others are answered meanwhile.

Each attack goes on while an ordinary caller asks; no answer to anybody may be a fault of ours.
"""

import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.support.database import scratch_database

Address = tuple[str, int]
PROMPT_SECONDS = 5.0
"""An ordinary caller waits less than this on whatever machine; without the defences it is for ever."""


@pytest.fixture(scope="module")
def address(test_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """The site as it is served, with two workers of two threads."""
    folder = tmp_path_factory.mktemp("hostile")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with scratch_database(test_server) as url:
        environment = {
            "PORT": str(port),
            "HITTAVARD_DATABASE_URL": url,
            "HITTAVARD_INDEX_DIR": str(folder / "index"),
            "HITTAVARD_KEYS_FILE": str(folder / "keys.json"),
            "HITTAVARD_ENVIRONMENT": "development",
            "HITTAVARD_WORKERS": "2",
            "HITTAVARD_THREADS": "2",
        }
        command = [sys.executable, "-m", "web.cli", "serve"]
        with (
            (folder / "errors").open("w") as errors,
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
            ) as server,
        ):
            assert server.stdout is not None
            try:
                assert server.stdout.readline().startswith("Hitta vård answers")
                yield "127.0.0.1", port
            finally:
                server.send_signal(signal.SIGINT)
                server.communicate(timeout=30)
        _no_fault(folder / "errors")


def _no_fault(log: Path) -> None:
    """Nothing of what was tried has ended in a trace or in a worker's death."""
    told = log.read_text()
    assert "Traceback" not in told
    assert "exited" not in told
    assert "Invalid" not in told  # nothing of what was sent, which may be about somebody
    assert SECRET not in told


def _connect(address: Address) -> socket.socket:
    return socket.create_connection(address, timeout=20)


def _status(connection: socket.socket) -> int:
    """The status of the next answer; 0 when the connection was closed without one."""
    found = b""
    with suppress(ConnectionResetError):
        while b"\r\n" not in found and (data := connection.recv(4096)):
            found += data
    return int(found.split(b" ")[1]) if found.startswith(b"HTTP/1.1 ") else 0


def _ask(address: Address, sent: bytes) -> int:
    with _connect(address) as connection:
        with suppress(ConnectionError):
            connection.sendall(sent)
        return _status(connection)


def _get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def _others_are_answered(address: Address, times: int = 20) -> float:
    """The slowest of some ordinary requests, in seconds, pages and API."""
    waited = []
    for number in range(times):
        began = time.monotonic()
        path = ("/health/live", "/api/v1/care-units?limit=1", "/om")[number % 3]
        assert 0 < _ask(address, _get(path, "Connection: close")) < 500, path
        waited.append(time.monotonic() - began)
    assert statistics.median(waited) < PROMPT_SECONDS
    return max(waited)


SECRET = "191212121212"


SLOW: dict[str, Callable[[int], bytes]] = {
    "nothing": lambda _: b"",
    "half a head": lambda n: f"GET /?{n} HTTP/1.1\r\nHost: x\r\n".encode(),
    "half a body": lambda _: b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
    "half a chunk": lambda _: (
        b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"
    ),
    "no length of chunk": lambda _: (
        b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nf"
    ),
    "waits for 100": lambda _: (
        b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    ),
}


@pytest.mark.parametrize("kind", SLOW)
def test_those_who_say_little_hold_up_nobody(address: Address, kind: str) -> None:
    with ExitStack() as stack:
        for number in range(60):
            connection = stack.enter_context(_connect(address))
            connection.sendall(SLOW[kind](number))
        assert _others_are_answered(address) < PROMPT_SECONDS


def test_a_body_that_does_not_come_is_given_up(address: Address) -> None:
    with _connect(address) as connection:
        connection.sendall(SLOW["half a body"](0))
        began = time.monotonic()
        assert _status(connection) == 408
        assert 5 < time.monotonic() - began < 18


def test_those_who_read_nothing_hold_up_nobody(address: Address) -> None:
    with ExitStack() as stack:
        for _ in range(30):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            connection.connect(address)
            connection.sendall(_get("/api/v1/openapi.json") * 20)
        assert _others_are_answered(address) < PROMPT_SECONDS


def test_those_who_never_close_hold_up_nobody(address: Address) -> None:
    """After its last answer the server lets the caller close first, but waits for nobody."""
    with ExitStack() as stack:
        for _ in range(40):
            connection = stack.enter_context(_connect(address))
            connection.sendall(_get("/health/live", "Connection: close"))
        began = time.monotonic()
        assert _others_are_answered(address) < PROMPT_SECONDS
        assert time.monotonic() - began < 20 * PROMPT_SECONDS / 2


@pytest.mark.parametrize("path", ["/health/live", "/api/v1/care-units?limit=1"])
def test_a_flood_of_requests_on_one_connection_waits_its_turn(address: Address, path: str) -> None:
    flood = _get(path) * 5000
    with _connect(address) as connection:
        connection.setblocking(False)
        sent = 0
        with suppress(BlockingIOError):
            while sent < len(flood):
                sent += connection.send(flood[sent:])
        assert _others_are_answered(address) < PROMPT_SECONDS


def test_thousands_of_connections_make_room_for_others(address: Address) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    with ExitStack() as stack:
        for number in range(min(3000, most - 200)):
            connection = stack.enter_context(_connect(address))
            if number % 2:
                connection.sendall(b"GET / HT")
        assert _others_are_answered(address, 9) < 2 * PROMPT_SECONDS


CHUNKED = b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000, {431}),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5_000 + b"\r\n", {400, 431}),
        (b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", {413}),
        (b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", {400}),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", {400}),
        (CHUNKED + b"zz\r\n\r\n", {400}),
        (CHUNKED + b"2\r\nabcd\r\n0\r\n\r\n", {400}),
        (CHUNKED + b"ffffffff\r\n", {413}),
        (CHUNKED + b"fffffffffffffffffff\r\n", {400}),
        (CHUNKED + b"2\r\n{}\r\n" * 20_000, {413}),
        (CHUNKED + b"1;" + b"x" * 70_000, {400, 413}),
        (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", {401, 422}),
        (_get("/" + "a" * 8_000), {400, 414}),
        (_get("/sok?q=" + "a" * 3_900), {200, 303, 400, 414, 422, 503}),
        (_get("/api/v1/care-units?" + "&".join(f"q={n}" for n in range(600))), {400, 414, 422, 503}),
        (_get("/static/x/../../../../etc/passwd"), {404}),
        (_get("/static/x/%2e%2e/%2e%2e/etc/passwd"), {404}),
        (_get("/..%5c..%5cetc/passwd"), {404}),
        (_get("//etc/passwd"), {308, 404}),
        (_get("/%00"), {404}),
        (f"GET /?pnr={SECRET} \xff HTTP/1.1\r\nHost x\r\n\r\n".encode(), {400}),
        (f"{SECRET} / HTTP/1.1\r\n{SECRET}\r\n\r\n".encode(), {400}),
        (_get("/%ff%fe?q=%ff"), {404}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
        (b"CONNECT example.se:443 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 405}),
        (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", {400, 505}),
    ],
)
def test_what_is_no_proper_request_is_refused(address: Address, sent: bytes, statuses: set[int]) -> None:
    assert _ask(address, sent) in statuses


def test_chance_never_finds_a_fault(address: Address) -> None:
    dice = random.Random(7)
    for _ in range(150):
        noise = dice.randbytes(dice.randrange(1, 400)) + b"\r\n\r\n"
        assert _ask(address, noise) < 500
    good = _get("/sok?q=vc", "Accept-Language: sv", "Cookie: a=b", "Range: bytes=0-1")
    for _ in range(150):
        changed = bytearray(good)
        for _ in range(dice.randrange(1, 6)):
            changed[dice.randrange(len(changed) - 4)] = dice.randrange(256)
        status = _ask(address, bytes(changed))
        assert status < 500 or status == 503  # while the directory is being read
    assert _others_are_answered(address) < PROMPT_SECONDS


def test_bodies_in_pieces_of_any_size_arrive_whole(address: Address) -> None:
    whole = CHUNKED + b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n" + _get("/health/live")
    for size in (1, 3, 7, 50):
        with _connect(address) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start in range(0, len(whole), size):
                connection.sendall(whole[start : start + size])
            found = b""
            while b'"status":"ok"' not in found and (data := connection.recv(65536)):
                found += data
            assert found.startswith(b"HTTP/1.1 401 "), found[:300]
            assert b"HTTP/1.1 200 OK" in found


def test_whoever_waits_to_be_asked_for_the_body_is_asked_once(address: Address) -> None:
    with _connect(address) as connection:
        connection.sendall(SLOW["waits for 100"](0))
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"a": 1} ')
        assert connection.recv(4096).startswith(b"HTTP/1.1 401 ")
