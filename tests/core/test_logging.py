"""Log lines: one JSON object each in a pipe, whoever writes them."""

import io
import json
import logging as standard

import pytest

from core import logging


@pytest.fixture(autouse=True)
def _restore_logging() -> object:
    root = standard.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers, level = before
    root.setLevel(level)


def test_both_kinds_of_logger_write_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("INFO", json=True)
    logging.get("index").info("rebuilt", units=3)
    standard.getLogger("other").warning("from %s", "Åmål")
    standard.getLogger("other").debug("not shown")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["units"], first["logger"]) == ("rebuilt", 3, "hittavard.index")
    assert (second["event"], second["level"]) == ("from Åmål", "warning")


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("INFO", json=True)
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logging.get("index").exception("failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "RuntimeError: broken" in json.loads(line)["exception"]


def test_lines_go_to_what_standard_error_is_when_they_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as of_a_command:
        errors = io.StringIO()
        of_a_command.setattr("sys.stderr", errors)
        logging.configure("INFO", json=True)
    errors.close()
    logging.get("index").info("rebuilt")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "rebuilt"
