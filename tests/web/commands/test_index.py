"""`hittavard index`: one way at a time, and what it does to the directory."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import cluster
from core.settings import Settings
from directory.search.index import IndexWriter
from web.cli import main
from web.commands import index


@pytest.fixture
def index_dir(engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line on this process's database, with an index directory of its own."""
    monkeypatch.setenv("HITTAVARD_INDEX_DIR", str(tmp_path / "index"))
    monkeypatch.setattr(index, "settings", Settings)
    monkeypatch.setattr(cluster, "ensure_running", lambda _: database_url)
    return tmp_path / "index"


def test_once_builds_what_is_missing_and_rebuild_builds_anew(index_dir: Path) -> None:
    assert main(["index"]) == 0
    assert IndexWriter(index_dir).state() is not None
    first = (index_dir / "current").readlink()
    assert main(["index", "--once"]) == 0
    assert (index_dir / "current").readlink() == first
    assert main(["index", "--rebuild"]) == 0
    assert (index_dir / "current").readlink() != first


def test_the_ways_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["index", "--once", "--follow"])
    assert ended.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
