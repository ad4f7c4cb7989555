"""Settings come from the environment, and every one is documented."""

import re
from pathlib import Path

import pytest

from core.problems import Invalid
from core.settings import ROOT, Settings

_NAME = re.compile(r"\bHITTAVARD_[A-Z_]*[A-Z]\b")
_CODE = ("core", "codes", "directory", "listing", "importers", "web", "scripts", "migrations", "bench")


def test_var_dir_carries_the_index_along(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HITTAVARD_VAR_DIR", str(tmp_path))
    monkeypatch.delenv("HITTAVARD_INDEX_DIR", raising=False)
    assert Settings().index_dir == tmp_path / "index"


@pytest.mark.parametrize("value", ["http", "80.5", "-1", "٣"])
def test_a_port_that_is_no_number_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(Invalid, match="PORT must be a whole number"):
        Settings()


def test_every_setting_in_the_code_is_documented_and_the_other_way_round() -> None:
    documented = set(_NAME.findall((ROOT / "docs" / "settings.md").read_text()))
    used: set[str] = set()
    for folder in _CODE:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".sh"}:
                used |= set(_NAME.findall(path.read_text(encoding="utf-8")))
    assert used == documented
    assert "HITTAVARD_DATABASE_URL" in used
