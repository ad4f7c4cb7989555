"""The language of an answer."""

import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from web.language import preferred


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "sv"),
        ("sv-SE,en;q=0.5", "sv"),
        ("en-GB,sv;q=0.5", "en"),
        ("de,en;q=0.5", "en"),
        ("de", "sv"),
        ("en;q=0,sv", "sv"),
        ("*", "sv"),
    ],
)
def test_the_first_wish_that_we_speak(wish: str, language: str) -> None:
    assert preferred(parse_accept_header(wish, LanguageAccept)) == language
