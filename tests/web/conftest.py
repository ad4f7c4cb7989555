"""What every test of the web needs: the translations, compiled."""

import os

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.settings import ROOT


@pytest.fixture(scope="session")
def translations() -> None:
    """English compiled, as the set-up does; whole at every moment, because other processes read it."""
    for source in (ROOT / "web" / "translations").rglob("*.po"):
        made = source.with_suffix(f".{os.getpid()}.mo")
        with source.open("rb") as text, made.open("wb") as compiled:
            write_mo(compiled, read_po(text, locale="en"))
        made.replace(source.with_suffix(".mo"))
