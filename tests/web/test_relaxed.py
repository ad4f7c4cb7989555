"""Every code of what a search gave up has its sentence in both languages."""

from typing import get_args

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from core.settings import ROOT
from directory.search.relaxed import Code, Relaxed
from web.relaxed import relaxed_text

FULL = {"words": ("röntgn", "xyz"), "place": "Ytterby", "metres": 25_000, "service": "g-x", "display": "Ögon"}


@pytest.fixture
def app(translations: None) -> Flask:
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "web" / "translations")
    Babel(app)
    return app


@pytest.mark.parametrize("code", get_args(Code))
def test_every_code_is_said_in_both_languages(app: Flask, code: Code) -> None:
    with app.test_request_context():
        said = {}
        for language in ("sv", "en"):
            with force_locale(language):
                said[language] = relaxed_text(Relaxed(code, **FULL))  # type: ignore[arg-type]
    assert all(text.endswith(".") and "%(" not in text and "None" not in text for text in said.values())
    assert said["sv"] != said["en"]


def test_arguments_are_said(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert "Ytterby" in relaxed_text(Relaxed("wider-area", place="Ytterby", metres=25_000))
        assert "25 km" in relaxed_text(Relaxed("wider-area", place="Ytterby", metres=25_000))
        assert "röntgn, xyz" in relaxed_text(Relaxed("words-unknown", ("röntgn", "xyz")))
        assert "Eyes" in relaxed_text(Relaxed("related-services", ("x",), service="g", display="Eyes"))
