"""Every statement of a policy has its sentence, in both languages, with its numbers and words in it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import HealthCheck, given, settings

from core.settings import ROOT
from listing.policy import LISTING_TYPES, Policy, default_policy
from listing.policy.model import CapExemptions, ChangeLimit, Effective, NonChoice, Queue, SpecialReason
from listing.policy.words import statements
from tests.listing.policy.strategies import policies
from web.site.policy_words import chapters, sentence


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with the English catalogue of the tree."""
    folder = tmp_path_factory.mktemp("translations") / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with Path(ROOT / "web/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    with (folder / "messages.mo").open("wb") as compiled:
        write_mo(compiled, catalogue)
    found = Flask("words")
    found.config["BABEL_DEFAULT_LOCALE"] = "sv"
    found.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder.parent.parent)
    Babel(found)
    with found.app_context():
        yield found


def _all(policy: Policy, language: str) -> list[str]:
    with force_locale(language):
        return [sentence(one) for one in statements(policy)]


@pytest.mark.usefixtures("app")
@given(policies())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_statement_of_any_policy_has_a_sentence_in_both_languages(policy: Policy) -> None:
    swedish, english = _all(policy, "sv"), _all(policy, "en")
    own = set(vars_of(policy))
    for statement, sv, en in zip(statements(policy), swedish, english, strict=True):
        if statement.topic == "more":
            continue
        assert sv != en, statement.code
        assert not re.search(r"%\(|\{", sv + en), statement.code
        assert sv[0].isupper()
        assert sv.endswith("."), sv
        assert en.endswith("."), en
    assert own <= set(swedish)


def vars_of(policy: Policy) -> list[str]:
    """The region's own Swedish texts."""
    texts = policy.texts
    return [text for text in (texts.about_sv, texts.non_choice_sv, texts.contact_sv) if text]


@pytest.mark.usefixtures("app")
def test_the_law_in_words() -> None:
    swedish, english = (
        _all(default_policy("health-centre"), "sv"),
        _all(default_policy("health-centre"), "en"),
    )
    assert "Du kan byta mottagning 2 gånger under 12 månader." in swedish
    assert "You can change clinic 2 times in any 12 months." in english
    assert any(line.startswith("En fast läkare på heltid bör ha högst 1\xa0100 personer") for line in swedish)
    assert any("at most 1,100 people" in line for line in english)
    moved = "Du får byta fler gånger om du har särskilda skäl: du har flyttat."
    assert any(line.startswith(moved) for line in swedish)


@pytest.mark.usefixtures("app")
def test_one_and_many() -> None:
    one = replace(
        Policy(),
        change_limit=ChangeLimit(max_changes=1, months=1),
        queue=Queue(serving="offer", offer_days=1),
        effective=Effective("next-day", plus_days=1),
    )
    assert "Du kan byta mottagning 1 gång under 1 månad." in _all(one, "sv")
    assert "You can change clinic 1 time in any 1 month." in _all(one, "en")
    assert any("Svara inom 1 dag;" in line for line in _all(one, "sv"))
    later = "Listningen gäller från dagen efter. Därtill kommer 1 dag innan den gäller."
    assert later in _all(one, "sv")


@pytest.mark.usefixtures("app")
def test_chapters_have_headings_and_the_regions_own_words() -> None:
    policy = replace(
        Policy(),
        texts=replace(Policy().texts, about_sv="Välkommen.", about_en="Welcome.", contact_sv="Ring oss."),
        non_choice=NonChoice("last-visited", ("nearest",), last_visited_years=1),
        cap_exemptions=CapExemptions(codes=()),
    )
    with force_locale("sv"):
        found = chapters(policy)
    assert [chapter.topic for chapter in found][:3] == ["who", "choose", "change"]
    assert found[-1].sentences == ("Välkommen.", "Ring oss.")
    assert "När det är fullt görs inga undantag." in {one for chapter in found for one in chapter.sentences}
    with force_locale("en"):
        english = chapters(policy)
    assert english[-1].sentences == ("Welcome.", "Ring oss.")
    assert english[0].heading == "Who can be listed"
    assert any(line.endswith("last visited within 1 year.") for line in english[-2].sentences)
    assert chapters(Policy())[-1].topic == "non-choice"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("decider", ["person", "register", "unit", "region"])
def test_who_decides_is_said(decider: str) -> None:
    reasons = (SpecialReason("moved", decider),)  # type: ignore[arg-type]
    policy = replace(Policy(), change_limit=replace(ChangeLimit(), special_reasons=reasons))
    lines = [line for line in _all(policy, "sv") if "särskilda skäl" in line]
    assert len(lines) == 1
    assert {"person": "räcker", "register": "folkbokföringen", "unit": "Mottagningen", "region": "Regionen"}[
        decider
    ] in lines[0]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("listing_type", LISTING_TYPES)
def test_defaults_are_said_without_repeating(listing_type: str) -> None:
    said = _all(default_policy(listing_type), "sv")  # type: ignore[arg-type]
    assert len(said) == len(set(said))
