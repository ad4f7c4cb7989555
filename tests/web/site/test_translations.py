"""Every Swedish text of the site has an English one."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from core.settings import ROOT

KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def _used() -> set[str]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(ROOT / "web"), _under(methods), _under_options(options), KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _file, _line, message, *_ in found}


def _under(methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The patterns of the configuration stand from the root; extraction starts in `web`."""
    return [(pattern.removeprefix("web/"), method) for pattern, method in methods]


def _under_options(options: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {pattern.removeprefix("web/"): values for pattern, values in options.items()}


def _english() -> dict[str, object]:
    with Path(ROOT / "web/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalog = read_po(file, locale="en")
    return {
        message.id[0] if isinstance(message.id, tuple) else str(message.id): message.string
        for message in catalog
        if message.id and not message.fuzzy
    }


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    used, english = _used(), _english()
    assert len(used) > 200
    assert used - english.keys() == set()
    assert english.keys() - used == set()
    assert [text for text, translation in english.items() if not translation] == []
