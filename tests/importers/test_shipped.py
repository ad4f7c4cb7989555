"""The shipped lists are loaded once, and again when they or what loads them have changed."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.audit import AuditEvent
from importers import shipped


def _told(engine: Engine) -> int:
    with Session(engine) as session:
        query = select(func.count()).where(AuditEvent.subject_kind == shipped.SUBJECT)
        return session.scalar(query) or 0


def test_loaded_lists_are_known_until_they_change(
    clean_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _told(clean_database)
    for round_, print_ in enumerate(("one", "another"), start=1):
        monkeypatch.setattr(shipped, "fingerprint", lambda print_=print_: print_)
        assert not shipped.is_loaded(clean_database)
        for _ in range(2):
            shipped.load_shipped(clean_database)
            assert shipped.is_loaded(clean_database)
            assert _told(clean_database) == before + round_


def test_the_fingerprint_follows_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "ROOT", tmp_path)
    data = tmp_path / "codes" / "data"
    data.mkdir(parents=True)
    (data / "a.tsv").write_text("1")
    first = shipped.fingerprint()
    (data / "a.tsv").write_text("2")
    second = shipped.fingerprint()
    (data / "a.tsv").rename(data / "b.tsv")
    assert len({first, second, shipped.fingerprint()}) == 3
