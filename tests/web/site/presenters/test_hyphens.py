"""Where long words may be broken."""

import pytest

from web.site.presenters.hyphens import SOFT_HYPHEN, hyphenated


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Distriktssköterskemottagning", "Distrikts|sköterske|mottagning"),
        ("Diabetessköterskemottagningen", "Diabetes|sköterske|mottagningen"),
        ("Gottsunda barnmorskemottagning", "Gottsunda barnmorske|mottagning"),
        ("Barn- och ungdomspsykiatri (BUP)", "Barn- och ungdoms|psykiatri (BUP)"),
        ("Blåklintsmottagningen", "Blåklints|mottagningen"),
        ("Vårdcentralen", "Vård|centralen"),
        ("vårdcentral", "vårdcentral"),
        ("Obegripligheterna", "Obegripligheterna"),
        ("", ""),
    ],
)
def test_long_words_break_where_their_parts_meet(text: str, broken: str) -> None:
    assert hyphenated(text).replace(SOFT_HYPHEN, "|") == broken
    assert hyphenated(text).replace(SOFT_HYPHEN, "") == text
