"""The page on the rules tells of every parameter, listing type and rule that there is."""

from core.settings import ROOT
from listing.policy import LISTING_TYPES
from listing.policy.parse import parameters

GUIDE = (ROOT / "docs" / "listing-rules.md").read_text(encoding="utf-8")


def test_every_parameter_has_its_line() -> None:
    assert [path for path in parameters() if f"`{path}`" not in GUIDE] == []


def test_every_listing_type_is_told() -> None:
    assert [name for name in LISTING_TYPES if f"`{name}`" not in GUIDE] == []


def test_every_rule_named_is_there() -> None:
    named = {word for word in GUIDE.replace("`", " ").split() if word.startswith("listing/rules/")}
    files = {word.rstrip(".,:") for word in named if word.endswith(".py")}
    assert len(files) >= 9
    assert [name for name in files if not (ROOT / name).is_file()] == []
