"""How the benchmarks of freshness and growth tell workers apart, change files and count."""

import csv
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import freshness, growth
from bench.freshness import workers
from bench.freshness.readers import Readers
from bench.search.client import Sample
from bench.search.queries import Kind
from bench.search.servers.server import Broken


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200 if self.path != "/none" else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_worker_is_known_by_the_process_at_the_other_end(port: int) -> None:
    (worker,) = workers.connect(port, os.getpid(), 1)
    assert worker.pid == os.getpid()
    assert worker.ask("/x") == {}
    assert worker.ask("/none") is None
    worker.close()


def test_a_missing_worker_is_noticed(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_ATTEMPTS", 5)
    with pytest.raises(Broken, match="1 of 2"):
        workers.connect(port, os.getpid(), 2)


def test_every_second_unit_gets_another_name_and_nothing_else(tmp_path: Path) -> None:
    source, target = tmp_path / "units.csv", tmp_path / "changed.csv"
    rows = [{"hsa_id": f"SE{number}", "name": f"Enhet; {number}", "city": "Å"} for number in range(3000)]
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    some = freshness._changed_file(source, target, {row["hsa_id"] for row in rows})
    with target.open(encoding="utf-8", newline="") as file:
        changed = list(csv.DictReader(file, delimiter=";"))
    assert len(changed) == len(rows)
    assert [row for row in changed if row in rows] == rows[::2]
    assert len({row["name"] for row in changed}) == len(rows)
    names = {row["hsa_id"]: row["name"] for row in changed}
    assert len(some) == 2
    assert all(names[hsa_id].endswith(f" {word}") for word, hsa_id in some.items())


@pytest.mark.parametrize(("part", "value"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)])
def test_percentiles_are_of_what_was_seen(part: float, value: float) -> None:
    assert freshness._percentile([float(n) for n in range(100, 0, -1)], part) == value
    assert freshness._percentile([], part) == 0.0


class _Client:
    name = "canned"

    def __init__(self) -> None:
        self.firsts: list[int] = []

    def run(self, port: int, connections: int, seconds: float, file: Path, first: int) -> Sample:
        self.firsts.append(first)
        sample = Sample(requests=10, seconds=seconds)
        sample.histogram[1000] += 10
        return sample


def test_readers_never_ask_the_same_twice_and_keep_phases_apart(tmp_path: Path) -> None:
    client = _Client()
    readers = Readers(client, 1, 4, tmp_path)
    readers.phase = "before"
    with readers.asking():
        while len(client.firsts) < 3:
            pass
        readers.phase = "after"
        while not readers.samples["after"].requests:
            pass
    assert client.firsts == [14 * number for number in range(len(client.firsts))]
    assert readers.samples["before"].requests >= 20
    assert sum(sample.requests for sample in readers.samples.values()) == 10 * len(client.firsts)


def test_growth_is_the_slope_between_the_smallest_and_the_largest() -> None:
    times = {str(kind): {"p50": 1.0, "p95": 2.0} for kind in Kind}
    one = {"ready_s": 1.0, "index_build_s": 2.0, "all_processes_mb": 300, "index_mb": 3.0, "times": times}
    measured = {
        3_000: {**one, "worker_mb": 100, "published": 2_000},
        20_000: {**one, "worker_mb": 190, "published": 20_000},
    }
    (slope,) = growth._growth(measured)
    assert slope.value == 50
    assert growth._growth({3_000: measured[3_000]}) == []
    assert "| 100 | 190 |" in growth.table(measured)
    keys = {figure.key for figure in growth._figures(3_000, measured[3_000])}
    assert {"worker_mb_at_3000", "typo_p95_ms_at_3000"} <= keys
