"""The supervisor: a taken port is refused, programs are restarted, and all ends together."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.settings import ROOT, Settings
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


def _supervised(web: str, index: str, delay: float = 1.0) -> "subprocess.CompletedProcess[str]":
    """Supervise two small programs in a process of its own, because signals are the whole process's."""
    code = f"""
import signal, sys, time
from core import logging
from web import supervisor
from web.supervisor import Child
logging.configure()
signal.pthread_sigmask(signal.SIG_BLOCK, supervisor._WATCHED)
children = [
    Child("web", [sys.executable, "-c", {web!r}], restart=False),
    Child("index", [sys.executable, "-c", {index!r}], restart=True, delay={delay}),
]
for child in children:
    child.start(time.monotonic())
try:
    status = supervisor._watch(children)
finally:
    supervisor._stop(children)
print(status, *(child.process.poll() for child in children if child.process))
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as supervising:
        try:
            told, _ = supervising.communicate(timeout=60)  # the pipe ends with the last of the programs
        finally:
            supervising.kill()
    return subprocess.CompletedProcess(supervising.args, supervising.returncode, told)


WAITS = "import signal; signal.pause()"


def test_all_ends_when_the_web_server_dies() -> None:
    result = _supervised(web="raise SystemExit(3)", index=WAITS)
    assert result.stdout == f"1 {-signal.SIGTERM}\n"


def test_a_writer_that_dies_is_started_again_and_a_signal_ends_all(tmp_path: Path) -> None:
    count = tmp_path / "count"
    # The second run of the writer is the one that asks its parent to end.
    index = (
        f"import os, signal; f = open({str(count)!r}, 'a'); f.write('x'); f.close()\n"
        f"if os.path.getsize({str(count)!r}) == 2: os.kill(os.getppid(), signal.SIGTERM); signal.pause()"
    )
    result = _supervised(web=WAITS, index=index, delay=0.005)
    assert result.stdout == f"0 {-signal.SIGTERM} {-signal.SIGTERM}\n"
    assert count.read_text() == "xx"


def test_programs_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    pipe = tmp_path / "open while the program lives"
    os.mkfifo(pipe)
    web = (
        f"import os, signal; os.open({str(pipe)!r}, os.O_WRONLY)\n"
        "os.kill(os.getppid(), signal.SIGKILL); signal.pause()"
    )
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(_supervised, web=web, index=WAITS)
        assert pipe.read_bytes() == b""  # returns when the last writer has ended
        assert ended.result().returncode == -signal.SIGKILL


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
