"""The supervisor: a taken port is refused, programs are restarted, and all ends together."""

import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from core.settings import Settings
from web import supervisor
from web.supervisor import Child, PortTaken


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_that_somebody_listens_on_is_refused(shared: bool) -> None:
    with socket.socket() as other:
        if shared:  # another server with reuse_port would let us in silently
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = Settings(port=other.getsockname()[1])
        with pytest.raises(PortTaken, match=f"cannot listen on 127.0.0.1:{taken.port}"):
            supervisor.check_port_is_free(taken)
    supervisor.check_port_is_free(taken)


def test_a_port_that_cannot_be_is_refused() -> None:
    with pytest.raises(PortTaken):
        supervisor.check_port_is_free(Settings(port=70000))


def _watched(children: list[Child]) -> int:
    """Run the supervisor's loop over these programs, started and stopped as it does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, supervisor._WATCHED)
    try:
        for child in children:
            child.start(time.monotonic())
        return supervisor._watch(children)
    finally:
        supervisor._stop(children)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_all_ends_when_the_web_server_dies() -> None:
    waits = Child("index", [sys.executable, "-c", "import signal; signal.pause()"], restart=True)
    assert _watched([Child("web", [sys.executable, "-c", "raise SystemExit(3)"], restart=False), waits]) == 1
    assert waits.process is not None
    assert waits.process.poll() == -signal.SIGTERM


def test_a_writer_that_dies_is_started_again_and_a_signal_ends_all(tmp_path: Path) -> None:
    count = tmp_path / "count"
    code = (
        f"import os, signal; f = open({str(count)!r}, 'a'); f.write('x'); f.close();"
        f"os.path.getsize({str(count)!r}) < 2 or os.kill(os.getppid(), signal.SIGTERM)"
    )
    # The second run of the writer is the one that asks its parent to end.
    writer = Child("index", [sys.executable, "-c", code], restart=True, delay=0.005)
    assert threading.active_count() == 1
    assert _watched([writer]) == 0
    assert count.read_text() == "xx"


def test_restarts_come_later_each_time() -> None:
    child = Child("index", [sys.executable, "-c", ""], restart=True)
    delays = []
    for _ in range(7):
        child.start(0.0)
        assert child.process is not None
        child.process.wait()
        assert child.check(0.0) == 0
        delays.append(child.delay)
    assert delays == [2, 4, 8, 16, 30, 30, 30]
