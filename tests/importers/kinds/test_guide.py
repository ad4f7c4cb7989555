"""The import guide tells of every column, kind and refusal that there is."""

import re
from pathlib import Path

from core.settings import ROOT
from importers.columns import UNIT_COLUMNS
from importers.kinds import KINDS, kind_named, listings, offerings, population, professions, rules
from importers.mapping import load_mapping

GUIDE = (ROOT / "docs" / "import-guide.md").read_text(encoding="utf-8")


def test_every_column_is_described_as_it_is() -> None:
    described = [(c.name, c.description) for c in UNIT_COLUMNS]
    tables = (
        *offerings.COLUMNS,
        *professions.COLUMNS,
        *rules.COLUMNS,
        *population.COLUMNS,
        *listings.COLUMNS,
    )
    described += [(c.name, c.description) for c in tables]
    for name, description in described:
        assert f"| `{name}` | {description} |" in GUIDE, name


def test_every_kind_is_told_and_can_be_made() -> None:
    for name in KINDS:
        assert f"`{name}`" in GUIDE
        assert callable(kind_named(name).load)


def test_the_mapping_in_the_guide_is_valid(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    path = tmp_path / "my-region.toml"
    path.write_text(found[1], encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.name == "my-region"
    assert {"name", "region", "street", "postal_code", "city"} <= mapping.targets()
