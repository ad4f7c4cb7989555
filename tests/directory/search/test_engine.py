"""Search from request to answer, on real tables and a real index."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod
from sqlalchemy.orm import Session

from core import clock
from core.problems import Invalid
from directory.search.engine import search
from directory.search.errors import IndexUnavailable
from directory.search.index import TextIndex
from directory.search.relaxed import CLOSED_TOO, MOST_WORDS, Relaxed
from directory.search.types import SearchRequest, SearchResult
from tests.directory.search.units import (
    ASKIM,
    AT,
    EYES,
    FUTURE,
    HIDDEN,
    KROKSLATT,
    MIDWIFE,
    MOLNDAL,
    NOWHERE,
    PHARMACY,
    UNITS,
    UPPSALA,
)

World = tuple[Session, TextIndex]
GOTHENBURG = (57.7, 11.97)


def ask(world: World, *, now: datetime = AT, **request: Any) -> SearchResult:
    session, index = world
    return search(session, SearchRequest(**request), index=index, now=now)


def ids(result: SearchResult) -> list[str]:
    return [hit.view["hsaId"] for hit in result.hits]


def counts(result: SearchResult, facet: str) -> dict[str, int]:
    return {value.value: value.count for value in result.facets[facet]}


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("Vårdcentralen Krokslätt", KROKSLATT),
        ("vardcentral krokslatt", KROKSLATT),
        ("vårdcentral kroksläet", KROKSLATT),
        ("Närhälsan Mölndal", MOLNDAL),
        ("ekbackens läkarstation", KROKSLATT),
        ("bmm mölndal", MIDWIFE),
        ("barnmorskor i mölndal", MIDWIFE),
        ("barn ögon", EYES),
        ("ögonmottagning", EYES),
        ("vc uppsala", UPPSALA),
        ("vaccinera uppsala", UPPSALA),
        ("fredåsgatan", KROKSLATT),
        ("parkering", ASKIM),
        ("health centre uppsala", UPPSALA),
        (KROKSLATT.lower(), KROKSLATT),
        ("apoteket", PHARMACY),
        ("jag behöver en vårdcentral i uppsala", UPPSALA),
    ],
)
def test_words_find_the_unit_that_is_meant(world: World, q: str, first: str) -> None:
    assert ids(ask(world, q=q))[:1] == [first]


@pytest.mark.parametrize(
    "q", ["qwrtzxplm", "qwrtzxplm göteborg", "och", "%_'; DROP", "zebrafinkens", "kommande"]
)
def test_gibberish_and_unpublished_units_find_nothing(world: World, q: str) -> None:
    assert ask(world, q=q).total == 0


def test_unpublished_units_are_in_no_answer(world: World) -> None:
    everything = ask(world, limit=100)
    assert set(ids(everything)) == UNITS.keys() - {HIDDEN, FUTURE}
    later = ask(world, limit=100, now=datetime(2027, 2, 1, tzinfo=UTC))
    assert set(ids(later)) == UNITS.keys() - {HIDDEN}


def test_interpretation_tells_how_words_were_read(world: World) -> None:
    read = ask(world, q="bmm mölndal").interpretation
    assert [(s["system"], s["code"], s["matched"]) for s in read.services] == [
        ("care-service", "1505", "bmm")
    ]
    assert read.place is not None
    assert (read.place["name"], read.place["kind"], read.place["code"]) == ("Mölndal", "municipality", "1481")
    assert (read.text, read.widened, read.open_at) == ("", None, None)


def test_literal_words_are_only_words(world: World) -> None:
    result = ask(world, q="vc mölndal", literal=True)
    assert result.interpretation.services == ()
    assert result.interpretation.place is None


def test_near_orders_by_true_distance(world: World) -> None:
    result = ask(world, near=GOTHENBURG, limit=100)
    measured = [hit.distance for hit in result.hits if hit.distance is not None]
    assert measured == sorted(measured)
    assert ids(result)[-1] == NOWHERE
    earth = Geod(ellps="WGS84")
    for hit in result.hits:
        if position := hit.view["position"]:
            metres = earth.inv(11.97, 57.7, position["lon"], position["lat"])[2]
            assert hit.distance == pytest.approx(metres, abs=1)


def test_a_service_near_a_position_is_nearest_first(world: World) -> None:
    assert ids(ask(world, q="vårdcentral", near=GOTHENBURG)) == [KROKSLATT, MOLNDAL, ASKIM, UPPSALA]


def test_radius_and_box_limit(world: World) -> None:
    assert set(ids(ask(world, near=GOTHENBURG, radius=3200))) == {EYES, PHARMACY}
    assert set(ids(ask(world, bbox=(17.0, 59.0, 18.0, 60.0)))) == {UPPSALA}
    assert set(ids(ask(world, place="Uppsala", radius=30_000))) == {UPPSALA}


def test_filters_are_any_of_within_and_all_between(world: World) -> None:
    assert set(ids(ask(world, municipality=("1481", "0380")))) == {KROKSLATT, MOLNDAL, MIDWIFE, UPPSALA}
    assert set(ids(ask(world, municipality=("1481",), language=("ara",)))) == {MOLNDAL}
    assert set(ids(ask(world, listing=("open", "queue")))) == {KROKSLATT, MOLNDAL}
    assert set(ids(ask(world, service=("1335",)))) == {EYES}
    assert set(ids(ask(world, service=("g-primary",), region=("03",)))) == {UPPSALA}
    assert set(ids(ask(world, unit_type=("02",), region=("14",)))) == {KROKSLATT, MOLNDAL, ASKIM}
    assert ids(ask(world, q="vårdcentral", municipality=("1481",), listing=("closed",))) == []


def test_facets_count_under_all_other_filters(world: World) -> None:
    result = ask(world, unit_type=("02",), municipality=("1481",))
    assert result.total == 2
    assert counts(result, "municipality") == {"1481": 2, "1480": 1, "0380": 1}
    assert counts(result, "listing") == {"open": 1, "queue": 1}
    assert counts(result, "language") == {"fin": 2, "ara": 1}
    assert counts(result, "unitType") == {"02": 2}
    assert counts(result, "service") == {"1502": 2}
    labels = {value.label for value in result.facets["municipality"]}
    assert labels == {"Mölndal", "Göteborg", "Uppsala"}


def test_each_facet_count_is_what_choosing_it_gives(world: World) -> None:
    arguments = {"municipality": "municipality", "unitType": "unit_type", "listing": "listing"}
    for q in ("", "vårdcentral", "mölndal"):
        for name, argument in arguments.items():
            for value, count in counts(ask(world, q=q), name).items():
                chosen: dict[str, Any] = {argument: (value,)}
                assert ask(world, q=q, **chosen).total == count, (q, name, value)


def test_open_at(world: World) -> None:
    assert set(ids(ask(world, open_at=AT))) == {KROKSLATT, MOLNDAL, ASKIM, EYES, PHARMACY, NOWHERE}
    assert set(ids(ask(world, open_at=AT + timedelta(days=1)))) == {ASKIM, NOWHERE}
    evening = ask(world, q="vårdcentral öppet nu", now=AT + timedelta(hours=12))
    assert ids(evening) == [ASKIM]
    assert evening.interpretation.open_at == AT + timedelta(hours=12)


def test_open_status_of_a_hit(world: World) -> None:
    hits = {hit.view["hsaId"]: hit for hit in ask(world, limit=100).hits}
    assert hits[KROKSLATT].open_now is True
    assert hits[KROKSLATT].closes_at == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert hits[UPPSALA].open_now is None
    closed = {h.view["hsaId"]: h for h in ask(world, limit=100, now=AT - timedelta(hours=4)).hits}[KROKSLATT]
    assert (closed.open_now, closed.opens_at) == (False, datetime(2026, 11, 20, 7, tzinfo=UTC))


def test_sorting(world: World) -> None:
    names = [hit.view["name"] for hit in ask(world, sort="name").hits]
    assert names[:3] == ["Apoteket Hjorten", "Askims vårdcentral", "Barnmorskemottagning Mölndal"]
    assert names[-1] == "Vårdcentralen Krokslätt"
    assert ids(ask(world, sort="queue"))[:3] == [KROKSLATT, MOLNDAL, ASKIM]
    assert ids(ask(world, sort="distance", near=(59.85, 17.6)))[0] == UPPSALA


def test_pages_are_stable_and_disjoint(world: World) -> None:
    for sort in ("relevance", "name", "queue"):
        pages = [ids(ask(world, sort=sort, limit=3, page=page)) for page in (1, 2, 3, 4)]
        together = [key for page in pages for key in page]
        assert together == ids(ask(world, sort=sort, limit=100))
    beyond = ask(world, page=50)
    assert (beyond.total, beyond.hits) == (8, ())
    assert counts(beyond, "municipality")["1481"] == 3


def test_a_place_with_too_little_is_widened_and_said_so(world: World) -> None:
    result = ask(world, q="ögonmottagning mölndal")
    assert ids(result) == [EYES]
    assert result.interpretation.widened == Relaxed("wider-area", place="Mölndal", metres=10_000)
    far = ask(world, q="apotek uppsala")
    assert ids(far) == [PHARMACY]
    assert far.interpretation.widened == Relaxed("whole-country", place="Uppsala")


def test_a_given_place_is_where_the_units_are(world: World) -> None:
    assert set(ids(ask(world, place="Mölndal"))) == {KROKSLATT, MOLNDAL, MIDWIFE}
    assert ids(ask(world, q="vc", place="Uppsala")) == [UPPSALA]


def test_most_of_the_words_will_do_when_not_all_match(world: World) -> None:
    result = ask(world, q="krokslätt flogsta askims")
    assert result.total > 0
    assert result.interpretation.widened == MOST_WORDS


def test_open_now_is_counted_under_all_other_filters(world: World) -> None:
    """Friday at nine: the pharmacy is open at all hours, of the others those with weekday hours."""
    everyone = ask(world)
    opened = ask(world, open_at=AT)
    assert everyone.open_now == opened.total == opened.open_now
    at_night = ask(world, open_at=AT + timedelta(hours=14))
    assert (at_night.total < opened.total, at_night.open_now) == (True, opened.total)
    in_molndal = ask(world, municipality=("1481",), open_at=AT + timedelta(hours=14))
    assert in_molndal.open_now == ask(world, municipality=("1481",), open_at=AT).total
    assert ask(world, q="xyzzyx").open_now == 0


def test_when_nothing_is_open_now_the_closed_are_shown(world: World) -> None:
    result = ask(world, q="apotek öppet nu", now=AT + timedelta(days=1))
    assert ids(result) == [PHARMACY]
    assert result.interpretation.widened == CLOSED_TOO
    assert result.interpretation.open_at is None


def test_an_exact_name_is_above_everything_else(world: World) -> None:
    result = ask(world, q="Barnmorskemottagning Mölndal", near=(59.85, 17.6))
    assert ids(result)[0] == MIDWIFE


@pytest.mark.parametrize(
    "request_",
    [
        {"sort": "distance"},
        {"sort": "best"},
        {"sort": "quality:unknown"},
        {"radius": 100},
        {"radius": 0, "near": GOTHENBURG},
        {"near": (91.0, 0.0)},
        {"near": (float("nan"), 0.0)},
        {"bbox": (18.0, 59.0, 17.0, 60.0)},
        {"limit": 0},
        {"limit": 1001},
        {"page": 0},
        {"page": 10**9},
        {"municipality": ("9999",)},
        {"region": ("99",)},
        {"service": ("nope",)},
        {"listing": ("maybe",)},
        {"unit_type": ("77",)},
        {"language": ("??",)},
        {"q": "a\x00b"},
        {"q": "ord " * 100},
        {"open_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - the point of the case
        {"open_at": datetime(1066, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_is_unknown_or_contradicts_itself_is_refused(world: World, request_: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        ask(world, **request_)


def test_without_an_index_words_are_refused_and_filters_answered(world: World, tmp_path: Path) -> None:
    session, _ = world
    lost = TextIndex(tmp_path)
    with pytest.raises(IndexUnavailable):
        search(session, SearchRequest(q="vc"), index=lost, now=AT)
    assert search(session, SearchRequest(municipality=("1481",)), index=lost, now=AT).total == 3


def test_the_clock_is_asked_when_no_moment_is_given(world: World) -> None:
    session, index = world
    with clock.frozen(datetime(2027, 2, 1, tzinfo=UTC)):
        assert search(session, SearchRequest(), index=index).total == 9
