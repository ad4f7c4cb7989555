"""A small storm over the real thing: gunicorn, the timed work and a PostgreSQL stopped in the middle."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.storm import report
from bench.storm.command import arguments, run


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the database's account can walk to; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="storm-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "var"


def test_a_small_storm_leaves_everything_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HITTAVARD_DATABASE_URL", raising=False)
    size = ["--operations", "300", "--clients", "30", "--units", "9", "--people", "300"]
    # How soon a change shows is measured by `make storm`; here other tests have the processors.
    wrath = ["--kills", "3", "--stops", "1", "--shown-within", "20", "--calm", "3"]
    storm = run(arguments([*size, *wrath, "--folder", str(folder)]))
    assert storm.holds, report.text(storm)
    assert sum(storm.done.values()) == 4
    assert storm.done["database"] == 1
    assert len(storm.ledger.entries) >= 300
    assert any(entry.was_unknown or len(entry.attempts) > 1 for entry in storm.ledger.entries)
    [exempt] = [one for one in storm.findings if one.name.startswith("each exemption")]
    assert exempt.looked > 0, report.text(storm)
    assert "OK: everything holds" in report.text(storm)
