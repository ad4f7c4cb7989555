"""Suggestions: the right groups, and no way to a page without hits."""

from functools import cache
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.hours.instants import local_date
from directory.search.engine import search
from directory.search.held.model import Maker, Model
from directory.search.index import TextIndex
from directory.search.suggest import suggest
from directory.search.types import SearchRequest
from tests.directory.search.units import AT

World = tuple[Session, TextIndex]


def ask(world: World, q: str, limit: int = 5) -> dict[str, list[dict[str, Any]]]:
    return {group["group"]: group["items"] for group in suggest(held(world), q, limit, now=AT)}


@cache
def held(world: World) -> Model:
    session, index = world
    return Maker(index).load(session, local_date(AT))


def test_groups_and_their_order(world: World) -> None:
    groups = suggest(held(world), "m", 5, now=AT)
    assert [group["group"] for group in groups] == sorted(
        (group["group"] for group in groups), key=["services", "places", "units"].index
    )
    assert all(group["items"] for group in groups)


@pytest.mark.parametrize(
    ("q", "group", "label"),
    [
        ("barnm", "services", "Barnmorskemottagning"),
        ("mvc", "services", "Barnmorskemottagning"),
        ("upps", "places", "Uppsala"),
        ("kroks", "units", "Vårdcentralen Krokslätt"),
        ("vårdcentralen k", "units", "Vårdcentralen Krokslätt"),
        ("narh", "units", "Närhälsan Mölndal vårdcentral"),
        ("ekback", "units", "Vårdcentralen Krokslätt"),
    ],
)
def test_beginnings_are_completed(world: World, q: str, group: str, label: str) -> None:
    assert label in [item["label"] for item in ask(world, q)[group]]


@pytest.mark.parametrize("q", ["", " ", "qwrtz", "zebra", "kommande", "kiruna", "dialys", "%", "_"])
def test_nothing_is_suggested_that_leads_nowhere(world: World, q: str) -> None:
    assert ask(world, q) == {}


@pytest.mark.parametrize(
    ("q", "group", "label", "words"),
    [
        ("barnmrsk", "services", "Barnmorskemottagning", ""),
        ("brnmoska", "services", "Barnmorskemottagning", ""),
        ("barnmorskan", "services", "Barnmorskemottagning", ""),
        ("uspsa", "places", "Uppsala", ""),
        ("molndla", "places", "Mölndal", ""),
        ("krosklä", "units", "Vårdcentralen Krokslätt", ""),
        ("vårdcentralen korksl", "units", "Vårdcentralen Krokslätt", ""),
        ("vardcnetralen kroks", "units", "Vårdcentralen Krokslätt", ""),
        ("ekbakcen", "units", "Vårdcentralen Krokslätt", ""),
        ("vårdcentral upps", "places", "Uppsala", "vårdcentral"),
        ("Vårdcentral i uppsla", "places", "Uppsala", "Vårdcentral i"),
        ("Mölndal, barnmo", "services", "Barnmorskemottagning", "Mölndal"),
        ("mölndal brnmorsk", "services", "Barnmorskemottagning", "mölndal"),
        ("mölndal vårdc", "units", "Närhälsan Mölndal vårdcentral", ""),
    ],
)
def test_typos_and_words_before(world: World, q: str, group: str, label: str, words: str) -> None:
    assert (label, words) in [(item["label"], item["words"]) for item in ask(world, q)[group]]


def test_words_before_are_respected(world: World) -> None:
    """No midwife is in Uppsala, and no unit in Mölndal is called Flogsta."""
    assert "places" not in ask(world, "barnmorska uppsala")
    assert "units" not in ask(world, "mölndal flogst")
    assert ask(world, "blörfska upps") == {}


def test_a_place_goes_with_no_other_place(world: World) -> None:
    assert "places" not in ask(world, "vårdcentral krokslätt upps")


def test_what_begins_so_stands_before_what_nearly_does(world: World) -> None:
    labels = [item["label"] for item in ask(world, "askims", 20)["units"]]
    assert labels == ["Askims vårdcentral"]
    assert ask(world, "mölnd")["places"][0]["label"] == "Mölndal"


def test_a_whole_word_is_not_taken_for_another(world: World) -> None:
    """Eken and akten are one edit away from each other, but Krokslätt is what there is."""
    assert [item["label"] for item in ask(world, "krokslätt", 20)["units"]] == ["Vårdcentralen Krokslätt"]


def test_a_known_misspelling_is_read_and_not_shown(world: World) -> None:
    items = ask(world, "bvs")
    shown = [item["detail"] for group in items.values() for item in group]
    assert "bvs" not in shown


def test_every_suggestion_leads_to_a_hit(world: World) -> None:
    session, index = world
    tried = 0
    for letter in "abcdefghijklmnoprstuvåäö":
        for group, items in ask(world, letter, 20).items():
            for item in items:
                for request in chosen(group, item):
                    assert search(session, request, index=index, now=AT).total > 0, item
                tried += 1
    assert tried > 20


def chosen(group: str, item: dict[str, Any]) -> list[SearchRequest]:
    """What may be asked when a suggestion is chosen: by the API's value, and as the site's form does."""
    words, value = item["words"], item["value"]
    if group == "services":
        written = f"{words} {item['label']}"
        return [SearchRequest(q=words, service=(value,)), SearchRequest(q=written)]
    return [SearchRequest(q=words, place=value) if group == "places" else SearchRequest(q=value)]


def test_limit_is_per_group(world: World) -> None:
    assert all(len(items) <= 2 for items in ask(world, "v", 2).values())
