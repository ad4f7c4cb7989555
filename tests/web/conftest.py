"""What every test of the web needs: the translations, compiled."""

from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.settings import ROOT


@pytest.fixture(scope="session")
def translations() -> None:
    """English compiled, as the set-up does."""
    for source in (ROOT / "web" / "translations").rglob("*.po"):
        with source.open("rb") as text, Path(source.with_suffix(".mo")).open("wb") as compiled:
            write_mo(compiled, read_po(text, locale="en"))
