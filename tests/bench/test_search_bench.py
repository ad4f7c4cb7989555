"""The benchmark of search: its questions, its client, its sums, and that it ends what it starts."""

import json
import os
import sys
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rapidfuzz.distance import OSA
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.report import TARGETS
from bench.search import data, queries, results
from bench.search.client import Fallback, Sample, parsed
from bench.search.data import Row
from bench.search.measure import Measured, Plan, check, measure
from bench.search.queries import Kind, Query
from bench.search.servers import floor, ours
from bench.search.servers.server import Broken, Running, Server, running
from core import clock
from directory.services import Incoming, apply_records, ensure_source

ROWS = [
    Row(
        f"SE1-{number}",
        f"{name} {city}",
        city,
        city,
        "1502",
        ("1502", "1504"),
        59.0 + number / 10,
        17.0,
    )
    for number, (name, city) in enumerate(
        (name, city)
        for name in ("Vårdcentralen Ekbacken", "Barnmorskan Linden")
        for city in ("Uppsala", "Östersund")
    )
]
VOCABULARY = {"1502": ["allmänmedicin", "vårdcentral", "vc"]}


@pytest.mark.parametrize("kind", list(Kind))
def test_questions_of_every_kind_are_different_and_come_again_with_the_seed(kind: Kind) -> None:
    found = queries.make(kind, ROWS, VOCABULARY, 40)
    assert found
    assert len(set(found)) == len(found) <= 40
    assert found == queries.make(kind, ROWS, VOCABULARY, 40)
    assert found != queries.make(kind, ROWS, VOCABULARY, 40, seed=2)


def test_a_typo_is_one_edit_away_in_one_word() -> None:
    known = {"allmänmedicin", "vårdcentral", "vc", "uppsala", "östersund"}
    for query in queries.make(Kind.TYPO, ROWS, VOCABULARY, 60):
        wrong = [word for word in query.q.split() if word not in known]
        assert len(wrong) == 1
        assert min(OSA.distance(wrong[0], word) for word in known) == 1


def test_positions_lie_near_a_unit() -> None:
    for query in queries.make(Kind.POSITION_SERVICE, ROWS, VOCABULARY, 40):
        north = min(abs(query.lat - (row.lat or 0)) for row in ROWS) * 111_320
        assert north <= 5_001
        assert abs(query.lon - 17.0) < 0.1


def test_words_and_moments_can_be_asked_for() -> None:
    for query in queries.make(Kind.TWO_WORDS_FACETS_OPEN, ROWS, VOCABULARY, 40):
        assert len(query.words) == 2
        assert query.q == " ".join(query.words)
        assert "2026-01-12T07:00:00Z" <= query.open_at <= "2026-01-16T16:00:00Z"


def test_percentiles_are_those_of_all_answers() -> None:
    sample = Sample(histogram=Counter({1000 * value: 1 for value in range(1, 101)}))
    assert [sample.percentile(part) for part in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    sample.add(Sample(requests=900, seconds=3, refused=1, failed=2, histogram=Counter({500: 900})))
    assert sample.percentile(0.5) == 0.5
    assert (sample.per_second, sample.refused, sample.failed) == (300, 1, 2)
    assert Sample().percentile(0.5) == 0


def test_what_a_client_prints_last_is_what_counts() -> None:
    said = {
        "requests": 3,
        "microseconds": 2_000_000,
        "bytes": 30,
        "refused": 1,
        "failed": 0,
        "histogram": [[100, 2], [300, 1]],
    }
    sample = parsed(f"Running 1s test @ http://127.0.0.1\n  1 threads\n\n{json.dumps(said)}\n")
    assert (sample.requests, sample.seconds, sample.per_second, sample.refused) == (3, 2.0, 1.5, 1)
    assert sample.percentile(0.99) == 0.3


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[str] = []

    def do_GET(self) -> None:
        """One hit, or 404 where the path says so."""
        self.seen.append(self.path)
        body = b'{"items": [1]}'
        self.send_response(404 if "missing" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def port() -> Iterator[int]:
    _Answers.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_python_client_sends_the_paths_in_turn_and_counts_refusals(port: int, tmp_path: Path) -> None:
    file = tmp_path / "paths.txt"
    file.write_text("/zero\n/one\n/missing\n")
    sample = Fallback().run(port, 1, 0.2, file, 1)
    assert _Answers.seen[:4] == ["/one", "/missing", "/zero", "/one"]
    assert sample.requests == sample.histogram.total() > 0
    assert sample.refused == _Answers.seen[: sample.requests].count("/missing")
    assert sample.failed == 0
    assert 0.2 <= sample.seconds < 5


_PROGRAM = """
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b'{"items": [1, 2]}' if "wanted" in self.path else b"{}"
        self.send_response(200 if "wanted" in self.path else 500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def _server(name: str = ours.NAME, path: str = "/wanted", program: str = _PROGRAM) -> Server:
    return Server(
        name,
        [sys.executable, "-c", program, "{port}"],
        {},
        {Kind.TWO_WORDS: lambda query: f"{path}?q={query.q}"},
        lambda _, answer: len(answer["items"]),
    )


ASKED = {Kind.TWO_WORDS: [Query(q="a"), Query(q="b")]}


def test_a_server_is_asked_weighed_and_ended(tmp_path: Path) -> None:
    measured = Measured()
    with running(_server(), {Kind.TWO_WORDS: Query(q="a")}, tmp_path / "log") as one:
        check([one], ASKED, measured)
        measure([one], ASKED, Fallback(), Plan(0.1, 2, 0, (1, 2)), tmp_path, measured)
        process = one.process
    assert process.poll() is not None
    assert measured.found == {(ours.NAME, Kind.TWO_WORDS): 1.0}
    assert measured.memory[ours.NAME]["rss"] >= measured.memory[ours.NAME]["pss"] > 1
    for connections in (1, 2):
        sample = measured.samples[ours.NAME, Kind.TWO_WORDS, connections]
        assert sample.requests > 0
        assert sample.seconds >= 0.2


class _Silent:
    name = "silent"

    def run(self, port: int, connections: int, seconds: float, file: Path, first: int) -> Sample:
        """Nothing came back."""
        return Sample(seconds=seconds)


def test_no_answer_at_all_counts_as_the_whole_time(tmp_path: Path) -> None:
    measured = Measured()
    process: Any = SimpleNamespace(pid=os.getpid())
    one = Running(_server(), 1, process, tmp_path / "log")
    measure([one], ASKED, _Silent(), Plan(1.5, 2, 0, (4,)), tmp_path, measured)
    sample = measured.samples[ours.NAME, Kind.TWO_WORDS, 4]
    assert (sample.percentile(0.95), sample.per_second) == (1500, 0)


def test_a_server_that_refuses_at_first_is_waited_for(tmp_path: Path) -> None:
    counting = "served = []\n" + _PROGRAM.replace(
        'self.send_response(200 if "wanted" in self.path else 500)',
        "served.append(1); self.send_response(503 if len(served) < 3 else 200)",
    )
    with running(_server(program=counting), {Kind.TWO_WORDS: Query(q="a")}, tmp_path / "log") as one:
        assert one.hits(Kind.TWO_WORDS, Query(q="a")) == 2


def test_a_server_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    server = _server(program="raise SystemExit('no such table')")
    with (
        pytest.raises(Broken, match="no such table"),
        running(server, {Kind.TWO_WORDS: Query(q="a")}, tmp_path / "log"),
    ):
        pytest.fail("it did not start")


def test_an_error_among_the_answers_ends_the_run(port: int, tmp_path: Path) -> None:
    process: Any = None  # nothing of it is asked here
    one = Running(_server(path="/missing"), port, process, tmp_path / "log")
    with pytest.raises(Broken, match="answers 404"):
        check([one], ASKED, Measured())


def _measured() -> Measured:
    measured = Measured()

    def saw(name: str, kind: Kind, connections: int, milliseconds: int, per_second: int) -> None:
        histogram = Counter({milliseconds * 1000: per_second})
        measured.samples[name, kind, connections] = Sample(per_second, 1.0, 10, histogram=histogram)

    for kind in Kind:
        for connections, slower in ((1, 1), (16, 3)):
            saw(ours.NAME, kind, connections, 2 * slower, 1000 * slower)
            saw(floor.SQL, kind, connections, 2, 500)
    saw("datasette", Kind.TWO_WORDS, 1, 9, 100)
    saw("datasette", Kind.TWO_WORDS, 16, 9, 600)
    saw("tipg", Kind.TWO_WORDS, 1, 9, 200)
    saw("tipg", Kind.TWO_WORDS, 16, 9, 300)
    measured.memory = {name: {"rss": 100, "pss": 80, "processes": 3} for name in (ours.NAME, floor.SQL)}
    measured.found = {(ours.NAME, Kind.TWO_WORDS): 0.9, (ours.NAME, Kind.TYPO): 0.8}
    return measured


def test_figures_are_the_worst_over_the_numbers_of_connections() -> None:
    found = {figure.key: figure for figure in results.figures(_measured(), (1, 16))}
    assert found["by_id_p95_times_sql"].value == 3
    assert found["typo_p95_times_sql"].peers == {"at 1": 1.0, "at 16": 3.0}
    assert found["two_words_throughput_times_best_peer"].value == 5
    assert found["two_words_throughput_times_best_peer"].peers == {"datasette, /s": 600, "tipg, /s": 300}
    assert "typo_throughput_times_best_peer" not in found
    assert (found["found"].value, found["errors"].value, found["memory_mb"].value) == (0.8, 0, 80)


def test_every_target_of_search_is_one_of_its_figures() -> None:
    targets = tomllib.loads(TARGETS.read_text("utf-8"))["search"]
    measured = _measured()
    measured.samples |= {
        ("datasette", kind, connections): Sample(1, 1.0, histogram=Counter({1: 1}))
        for kind in Kind
        for connections in (1, 16)
    }
    keys = {figure.key for figure in results.figures(measured, (1, 16))}
    assert targets.keys() <= keys
    assert {f"{kind}_p95_times_sql" for kind in Kind if kind is not Kind.SUGGESTION} <= targets.keys()


def test_the_table_has_every_measurement_ours_first() -> None:
    measured = _measured()
    rows = results.measurements(measured)
    assert len(rows) == len(measured.samples)
    assert [row["server"] for row in rows if row["kind"] == "two_words"][:2] == [ours.NAME, ours.NAME]
    assert "two words" in results.table(measured)
    assert len(results.table(measured).splitlines()) == len(rows) + 3


def test_the_flat_table_has_what_the_record_says(session: Session) -> None:
    record = {
        "name": "Vårdcentralen Ekbacken",
        "municipality": "0380",
        "position": {"lat": 59.85, "lon": 17.63, "origin": "wgs84"},
        "addresses": {"visiting": {"street": "Ekgatan 1", "postal_code": "75310", "city": "Uppsala"}},
        "offerings": [{"code": "1502"}, {"code": "1504"}],
    }
    incoming = Incoming("SE2321000131-E000000000901", record)  # type: ignore[arg-type]
    source = ensure_source(session, "catalogue")
    apply_records(session, source=source, run=None, actor="test", at=clock.now(), incoming=[incoming])
    session.flush()
    session.connection().exec_driver_sql(data.FLAT_TABLE)
    (row,) = (Row(*values) for values in session.execute(text(data.ROWS)))
    assert (row.hsa_id, row.name, row.municipality) == (
        "SE2321000131-E000000000901",
        "Vårdcentralen Ekbacken",
        "Uppsala",
    )
    assert (row.service, list(row.services)) == ("1502", ["1502", "1504"])
    assert (row.lat, row.lon) == (59.85, 17.63)
    (hit,) = session.scalars(text("SELECT hit FROM bench.unit"))
    assert [service["code"] for service in json.loads(hit)["services"]] == ["1502", "1504"]
