"""The benchmark's files: as many rows as asked for, nobody known or born twice, and events of every kind."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from bench import population


@pytest.mark.parametrize(("people", "events"), [(400, 200), (200, 200)])
def test_the_files_hold_what_is_asked_for(tmp_path: Path, people: int, events: int) -> None:
    known, happened = (
        list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
        for path in population._files(tmp_path, people, events)
    )
    assert len({row["person_id"] for row in known}) == people
    assert len({row["person_id"] for row in happened}) == events
    assert Counter(row["event"] for row in happened) == {
        "moved": events * 18 // 20,
        "born": events // 20,
        "died": events // 20,
    }
    ids = {row["person_id"] for row in known}
    for row in happened:
        known_by = row["guardians"] if row["event"] == "born" else row["person_id"]
        assert known_by in ids
