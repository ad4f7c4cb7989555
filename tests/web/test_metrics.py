"""What monitoring is told: everything that must be watched, nothing about anybody, no label without end."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from timeit import timeit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from core import metrics, outbox
from core.database import unit_of_work
from core.settings import ROOT, Settings
from listing.errors import ListingRefused
from listing.policy.model import Policy
from listing.services.choosing import choose
from tests.support.register import a_limit, a_person, a_policy, a_unit, resident, wish
from web import read_model
from web.app import create_app
from web.line.shared import LINE
from web.metrics import requests

SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a migrated database without an index."""
    application = create_app(Settings(database_url=database_url, index_dir=tmp_path / "index"))
    application.testing = True
    yield application
    read_model.keeper(application).stop()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Who asks."""
    return app.test_client()


def _told(client: FlaskClient) -> list[tuple[str, dict[str, str], float]]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    found = []
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            series = SERIES.match(line)
            assert series, line
            found.append((series[1], dict(LABEL.findall(series[2] or "")), float(series[3])))
    return found


def _value(told: list[tuple[str, dict[str, str], float]], name: str, **labels: str) -> float:
    return sum(value for known, own, value in told if known == name and labels.items() <= own.items())


def test_answers_are_counted_by_rule_and_nothing_of_the_caller_is_told(client: FlaskClient) -> None:
    rule = {"route": "/api/v1/care-units/<hsa_id>", "method": "GET"}
    before = _value(_told(client), "hittavard_request_seconds_count", **rule)
    secrets = ["SE2321000016-9Q9Q", "191212121212", "hemlig-fraga", "Anna-Namnsdotter"]
    client.get(f"/api/v1/care-units/{secrets[0]}?q={secrets[2]}")
    client.get(f"/finns-inte/{secrets[1]}?namn={secrets[3]}", headers={"X-Name": secrets[3]})
    client.open(f"/{secrets[1]}", method=f"X{secrets[3].upper()}")
    answer = client.get("/metrics").text
    for secret in secrets:
        assert secret.lower() not in answer.lower()
    told = _told(client)
    assert _value(told, "hittavard_request_seconds_count", **rule) == before + 1
    assert _value(told, "hittavard_request_seconds_count", route="none", method="other", status="4xx")


def test_labels_have_an_end_whatever_is_asked(app: Flask, client: FlaskClient) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()} | {requests.NO_ROUTE}
    methods = requests.METHODS | {"other"}
    client.get("/metrics")
    before = _told(client)
    # Routes that another test's application has had in this process are no concern of this one.
    rules |= {labels["route"] for _, labels, _ in before if "route" in labels}
    for number in range(200):
        client.get(f"/inget/{number}?q={number}")
        client.open(f"/{number}", method=f"M{number}X")
        client.get(f"/api/v1/care-units/SE{number}")
    told = _told(client)
    assert len(told) - len(before) < 100
    for name, labels, _ in told:
        if name.startswith("hittavard_request_seconds"):
            assert labels["route"] in rules
            assert labels["method"] in methods
            assert re.fullmatch(r"[1-5]xx", labels["status"])
            assert labels["answered"] in {"loop", "thread"}
        assert set(labels) <= {
            *("route", "method", "status", "answered", "le"),
            *("operation", "outcome", "kind", "chore", "process"),
        }
        for label in labels.values():
            assert not re.search(r"\d{6}", label)


def test_how_far_behind_everything_is(client: FlaskClient, clean_database: Engine) -> None:
    with unit_of_work(clean_database) as session:
        outbox.publish(session, "care-unit", ["SE2321000016-1", "SE2321000016-2"])
    told = _told(client)
    assert _value(told, "hittavard_database_up") == 1
    assert _value(told, "hittavard_outbox_waiting_rows") >= 2
    names = {name for name, _, _ in told}
    assert names >= {
        "hittavard_registers_unsettled",
        "hittavard_queue_waiting",
        "hittavard_offers_open",
        "hittavard_offers_overdue",
        "hittavard_outbox_lag_seconds",
        "hittavard_audit_unsealed_seconds",
        "hittavard_database_connections_in_use",
    }


def test_operations_are_counted_by_kind_and_outcome(client: FlaskClient, clean_database: Engine) -> None:
    def counted(outcome: str) -> float:
        return _value(_told(client), "hittavard_operations_total", outcome=outcome)

    done, repeated, refused = (counted(outcome) for outcome in ("done", "repeated", "already-listed"))
    with unit_of_work(clean_database) as session:
        a_policy(session, Policy())
        unit, person = a_unit(session), a_person(session)
        a_limit(session, unit, 5)
        for _ in range(2):
            choose(session, resident(person), "same", [wish(person, unit)])
        with pytest.raises(ListingRefused):
            choose(session, resident(person), "other", [wish(person, unit)])
    assert counted("done") == done + 1
    assert counted("repeated") == repeated + 1
    assert counted("already-listed") == refused + 1


def test_a_database_that_is_away_is_told_and_the_counts_still_are(tmp_path: Path) -> None:
    nowhere = Settings(database_url=f"postgresql://nobody@/none?host={tmp_path}", index_dir=tmp_path)
    app = create_app(nowhere)
    told = _told(app.test_client())
    assert [value for name, _, value in told if name == "hittavard_database_up"] == [0]
    assert not any(name == "hittavard_queue_waiting" for name, _, _ in told)
    read_model.keeper(app).stop()


def test_counting_an_answer_costs_next_to_nothing(app: Flask) -> None:
    """Some microseconds; the limit has room for a machine that is busy with something else."""
    with app.test_request_context("/health/live"):
        app.preprocess_request()
        response = app.make_response("")
        requests._count(response)
        taken = min(timeit(lambda: requests._count(response), number=2000) / 2000 for _ in range(5))
    assert taken < 100e-6


def test_processes_that_share_a_folder_are_added_up(tmp_path: Path) -> None:
    """As under the supervisor: each process has a file of its own, and the dead have nothing in use."""

    code = (
        "from core import metrics; metrics.TIMED_WORK.labels('served').inc(2); metrics.POOL.inc();"
        "import os; print(os.getpid())"
    )
    environment = {metrics.FOLDER: str(tmp_path)}
    pids = [int(_run(code, environment)) for _ in range(2)]
    ask = (
        "from core import metrics; from prometheus_client import generate_latest;"
        f"metrics.ended({pids[0]}); print(generate_latest(metrics.collected()).decode())"
    )
    told = _run(ask, environment)
    assert 'hittavard_timed_work_total{kind="served"} 4.0' in told
    assert "hittavard_database_connections_in_use 1.0" in told


def _run(code: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def test_the_waiting_line_is_told(client: FlaskClient) -> None:
    before = _told(client)
    now = monotonic()
    number = LINE.join(now)
    assert number is not None
    LINE.ask(number, now, now, 60)
    waiting = _told(client)
    assert _value(waiting, "hittavard_line_waiting") == 1
    assert _value(waiting, "hittavard_line_joined_total") == _value(before, "hittavard_line_joined_total") + 1
    LINE.let_in(1, now)
    LINE.ask(number, now - 90, now, 60)
    told = _told(client)
    assert _value(told, "hittavard_line_waiting") == 0
    assert _value(told, "hittavard_line_let_in_total") == _value(before, "hittavard_line_let_in_total") + 1
    assert _value(told, "hittavard_line_waited_seconds_sum") >= 90
