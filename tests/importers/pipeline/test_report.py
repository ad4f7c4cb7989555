"""The report: published keys, one entry per rejected row, no long values."""

import json

from directory.services import Outcome
from importers.issues import Issue
from importers.pipeline.report import MAX_VALUE, Report

PUBLISHED = ["kind", "file", "source", "read", "created", "updated", "unchanged", "closed", "rejected"]


def issue(severity: str, code: str, row: int = 2, value: str | None = "x") -> Issue:
    return Issue(severity, code, row, "SE2321000016-1ABC", "name", value, "a message")  # type: ignore[arg-type]


def test_the_published_keys_stand_first() -> None:
    shown = Report("units", "a.csv", "s").as_json()
    assert list(shown)[: len(PUBLISHED)] == PUBLISHED
    assert json.loads(json.dumps(shown)) == shown


def test_a_rejected_row_is_one_entry_with_all_its_errors() -> None:
    report = Report("units", "a.csv", "s")
    report.take([issue("error", "hsa-id-invalid"), issue("warning", "phone"), issue("error", "name-missing")])
    report.take([issue("error", "hsa-id-missing", row=3)])
    shown = report.as_json()
    assert shown["rejectedRows"] == 2
    assert [entry["row"] for entry in shown["rejected"]] == [2, 3]
    assert set(shown["rejected"][1]) == {"row", "key", "field", "value", "code", "message"}
    assert [entry["code"] for entry in shown["rejected"][0]["also"]] == ["name-missing"]
    assert [entry["code"] for entry in shown["warnings"]] == ["phone"]
    assert shown["issueCounts"]["hsa-id-missing"] == 1


def test_values_are_cut_and_never_hold_what_a_database_refuses() -> None:
    report = Report("units", "a.csv", "s")
    report.take([issue("error", "too-long", value="å\0" * 500)])
    value = report.as_json()["rejected"][0]["value"]
    assert len(value) == MAX_VALUE
    assert "\0" not in value


def test_the_diff_speaks_of_units() -> None:
    report = Report("units", "a.csv", "s")
    here = {"lat": 59.0, "lon": 18.0, "origin": "wgs84"}
    report.diff.take(
        [
            Outcome("SE2321000016-1A", "created", {"name": (None, "A")}),
            Outcome("SE2321000016-1B", "updated", {"name": ("B", "Bb")}),
            Outcome("SE2321000016-1C", "updated", {"position": (here, {**here, "lat": 59.001})}),
            Outcome("SE2321000016-1D", "updated", {"position": (here, {**here, "lat": 59.000001})}),
            Outcome("SE2321000016-1E", "updated", {"position": (None, here)}),
            Outcome("SE2321000016-1F", "updated", {"status": ("closed", "active")}),
            Outcome("SE2321000016-1G", "unchanged"),
        ]
    )
    shown = report.as_json()
    assert (shown["created"], shown["updated"], shown["unchanged"]) == (1, 5, 1)
    assert (shown["renamed"], shown["moved"], shown["reopened"]) == (1, 1, 1)
    assert shown["changes"]["renamed"] == [{"key": "SE2321000016-1B", "from": "B", "to": "Bb"}]
    assert shown["changes"]["moved"][0]["metres"] == 111
    assert shown["fields"]["position"] == 3
