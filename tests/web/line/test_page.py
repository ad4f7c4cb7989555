"""The waiting page: what it says, and that it needs nothing else."""

import base64
import hashlib
import re
from datetime import UTC, datetime

import pytest

from web.line import page
from web.line.page import Waiting

AT = datetime(2026, 11, 20, 9, 30, 5, tzinfo=UTC)


def _page(told: Waiting, target: str = "/sok?q=x", language: str = "sv") -> str:
    return page.html(told, target, language, AT).decode()


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [
        (None, None),
        (0.1, 0),
        (59, 0),
        (60, 1),
        (61, 2),
        (600, 10),
        (620, 15),
        (1810, 40),
        (3600, 60),
        (7000, 120),
    ],
)
def test_the_estimate_is_rounded_up_and_the_coarser_the_longer(
    seconds: float | None, minutes: int | None
) -> None:
    assert Waiting(9, 9, seconds).minutes == minutes


@pytest.mark.parametrize(
    ("seconds", "sv", "en"),
    [
        (None, "Vi kan inte säga än", "We cannot say yet"),
        (20, "Mindre än en minut", "Less than a minute"),
        (60, "Ungefär 1 minut<", "About 1 minute<"),
        (150, "Ungefär 3 minuter", "About 3 minutes"),
        (9000, "Mer än en timme", "More than an hour"),
    ],
)
@pytest.mark.usefixtures("translations")
def test_it_says_place_and_time_in_both_languages(seconds: float | None, sv: str, en: str) -> None:
    page._template.cache_clear()
    page._page.cache_clear()
    told = Waiting(1234, 2000, seconds)
    swedish, english = _page(told), _page(told, language="en")
    assert sv in swedish
    assert en in english
    assert "1\N{NO-BREAK SPACE}234" in swedish
    assert "1,234" in english
    assert "kl. 10.30.05" in swedish
    assert '<html lang="en">' in english
    assert 'max="2000" value="766"' in swedish
    assert "lang=en" in swedish
    assert "\x02" not in swedish + english


def test_nearer_the_turn_it_looks_more_often() -> None:
    waits = [Waiting(9, 9, seconds).refresh for seconds in (0, 30, 60, 600)]
    assert waits == [4, 7, 15, 20]
    assert Waiting(9, 9, 600, new=True).refresh == 10
    assert Waiting(9, 9, None).refresh == 5


def test_it_fetches_nothing_and_its_policy_lets_its_own_style_alone_be() -> None:
    text = _page(Waiting(5, 9, 30))
    assert not re.findall(r"(?:src|href)=\"(?!tel:|\?|data:image/svg)", text)
    assert "<script" not in text
    assert "style=" not in text
    assert "url(" not in text
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers().decode()
    assert "no-store" in page.headers().decode()


def test_what_was_asked_for_cannot_become_markup() -> None:
    text = _page(Waiting(5, 9, 30), '/sok?q="><script>alert(1)</script>&lang=en')
    assert "<script" not in text
    assert 'href="?q=%22%3E%3Cscript%3E' in text
