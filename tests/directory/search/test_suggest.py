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


def test_every_suggestion_leads_to_a_hit(world: World) -> None:
    session, index = world
    tried = 0
    for letter in "abcdefghijklmnoprstuvåäö":
        for group, items in ask(world, letter, 20).items():
            for item in items:
                request = {
                    "services": SearchRequest(service=(item["value"],)),
                    "places": SearchRequest(place=item["value"]),
                    "units": SearchRequest(q=item["value"]),
                }[group]
                assert search(session, request, index=index, now=AT).total > 0, item
                tried += 1
    assert tried > 20


def test_limit_is_per_group(world: World) -> None:
    assert all(len(items) <= 2 for items in ask(world, "v", 2).values())
