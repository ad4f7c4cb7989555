"""The rule language, the metrics and the tables of the judged set, on a handful of made-up units."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bench.judged import targets
from bench.judged.engines import sqlite
from bench.judged.judged_set import (
    ASKED_AT,
    GIBBERISH,
    Judged,
    Query,
    SetInvalid,
    judge,
    read_meanings,
    read_queries,
)
from bench.judged.metrics import DEPTH, Figures, Outcome, figures, outcome
from bench.judged.report import failures, table, write_json
from bench.judged.rules import (
    STOCKHOLM,
    RuleInvalid,
    acceptable,
    compile_meanings,
    compile_rule,
    distance_km,
)
from bench.judged.world import DataMissing, Unit, built

SATURDAY_MORNING = {"weekly": [{"weekday": 6, "opens": "10:00", "closes": "14:00"}]}

RECORDS: dict[str, dict[str, Any]] = {
    "SE1-A": {
        "name": "Storby vårdcentral",
        "former_names": ["Läkarhuset Torget"],
        "alternative_names": ["SVC"],
        "municipality": "1480",
        "region": "14",
        "unit_types": ["02"],
        "activities": ["1502", "1504"],
        "position": {"lat": 57.70, "lon": 11.97},
        "hours": {"opening": SATURDAY_MORNING},
        "addresses": {"visiting": {"street": "Storgatan 1", "postal_code": "41101", "city": "Storby"}},
    },
    "SE1-B": {
        "name": "Lillby BVC",
        "municipality": "1481",
        "region": "14",
        "place": "Lillby",
        "texts": {"description": "Vi har barnmorska på torsdagar."},
        "position": {"lat": 57.65, "lon": 12.01},
    },
    "SE1-C": {"name": "Apoteket Örnen", "municipality": "2480", "region": "24"},
}


def found(rule: str, meanings: dict[str, str] | None = None) -> str:
    """The last letters of the acceptable units, in order."""
    named = compile_meanings((meanings or {}).items())
    return "".join(sorted(hsa_id[-1] for hsa_id in acceptable(compile_rule(rule, named), RECORDS)))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("hsa=se1-a|SE1-C", "AC"),
        ("name=storby vårdcentral", "A"),
        ("name=storby", ""),
        ("was=läkarhuset torget", "A"),
        ("was~^läkar", "A"),
        ("names=SVC", "A"),
        ("name~läkarhuset", ""),
        ("names~läkarhuset|apoteket", "AC"),
        ("text~barnmorsk", "B"),
        ("municipality=1480|2480", "AC"),
        ("region=14", "AB"),
        ("city=storby|lillby", "AB"),
        ("postal=411", "A"),
        ("postal=412", ""),
        ("street~^storgatan", "A"),
        ("activity=1504", "A"),
        ("type=02", "A"),
        ("near=57.70,11.97<1", "A"),
        ("near=57.70,11.97<7", "AB"),
        ("open=2021-07-03T13:59", "A"),
        ("open=2021-07-03T14:00", ""),
        ("open=2021-07-03", "A"),
        ("open=2021-07-04", ""),
        ("region=14 & activity=1504", "A"),
        ("activity=1504 ; name~bvc", "AB"),
        ("name~apotek ; region=14 & name~bvc", "BC"),
        ("none", ""),
    ],
)
def test_a_rule_finds_exactly_the_units_that_satisfy_it(rule: str, expected: str) -> None:
    assert found(rule) == expected


def test_a_named_rule_stands_for_all_its_alternatives() -> None:
    meanings = {"child": "activity=1504 ; name~bvc", "child-lillby": "@child & city=Lillby"}
    assert found("@child", meanings) == "AB"
    assert found("@child & municipality=1480", meanings) == "A"
    assert found("@child-lillby", meanings) == "B"


@pytest.mark.parametrize(
    "rule", ["", "vårdcentral", "colour=red", "municipality~14", "@nobody", "near=here<3"]
)
def test_a_rule_outside_the_language_is_refused(rule: str) -> None:
    with pytest.raises(RuleInvalid):
        compile_rule(rule)


def test_a_name_is_defined_once() -> None:
    with pytest.raises(RuleInvalid, match="twice"):
        compile_meanings([("vc", "type=02"), ("vc", "type=01")])


def test_distance_is_that_of_the_globe() -> None:
    # Göteborg to Stockholm, central stations: 397 km.
    assert distance_km((57.7089, 11.9736), (59.3300, 18.0586)) == pytest.approx(397, abs=2)


def query(text: str = "bvc", category: str = "lay", expected: str = "name~bvc", line: int = 1) -> Query:
    return Query(line, category, text, expected)


def answered(*hits: str, right: tuple[str, ...] = ("B",), category: str = "lay") -> Outcome:
    expected = "none" if category == GIBBERISH else "hsa=B"
    return outcome(Judged(query(category=category, expected=expected), frozenset(right)), hits)


def test_the_rank_is_that_of_the_first_right_unit() -> None:
    assert answered("A", "B", "B").rank == 2
    assert answered("A", "C").rank is None
    assert answered().rank is None
    assert answered(*["A"] * DEPTH, "B").rank is None


def test_figures_per_category_and_in_all() -> None:
    outcomes = [
        answered("B"),
        answered("A", "C", "B"),
        answered("A", "C", "D", "B", category="typo"),
        answered(category="typo"),
        answered(right=(), category=GIBBERISH),
        answered("A", right=(), category=GIBBERISH),
    ]
    rows = figures(outcomes)
    assert [row.category for row in rows] == ["lay", "typo", GIBBERISH, "all"]
    assert rows[0] == Figures("lay", 2, 0.5, 1.0, (1 + 1 / 3) / 2, 0.0, 0)
    assert rows[1] == Figures("typo", 2, 0.0, 0.0, 0.125, 0.5, 0)
    assert rows[2] == Figures(GIBBERISH, 2, None, None, None, None, 1)
    assert rows[3] == Figures("all", 6, 0.25, 0.5, (1 + 1 / 3 + 1 / 4) / 4, 0.25, 1)


def test_targets_name_what_is_missed() -> None:
    assert targets.missed(Figures("all", 300, 0.9, 0.97, 0.95, 0.005, 0)) == []
    missed = targets.missed(Figures("all", 300, 0.9, 0.96, 0.95, 0.01, 2))
    assert [line.split(" ")[0] for line in missed] == ["success", "zero-result", "2"]


def test_the_report_lists_failures_with_what_came_first(tmp_path: Path) -> None:
    wrong = Outcome(query("barnavård", line=7), ("SE1-A", "SE1-C"), None)
    right = Outcome(query(), ("SE1-B",), 1)
    told = "\n".join(failures([wrong, right], RECORDS))
    assert "'barnavård'" in told
    assert "line 7" in told
    assert "1. Storby vårdcentral" in told
    assert "'bvc'" not in told
    assert "50.0%" in "\n".join(table("ours", figures([wrong, right])))
    write_json(tmp_path / "bench" / "judged.json", {"ours": [wrong, right]}, units=3)
    assert '"rank": 1' in (tmp_path / "bench" / "judged.json").read_text(encoding="utf-8")


def test_queries_that_no_unit_answers_are_told_apart() -> None:
    asked = [query(), query("tandläkare", expected="name~tand"), query("xqz", GIBBERISH, "none")]
    judged, without = judge(asked, {}, RECORDS)
    assert [one.query.text for one in judged] == ["bvc", "xqz"]
    assert judged[0].acceptable == {"SE1-B"}
    assert without == [asked[1]]


def written(path: Path, *rows: str) -> Path:
    path.write_text("# said\ncategory\tquery\texpected\tnear\topen_at\n" + "\n".join(rows), encoding="utf-8")
    return path


def test_a_query_is_read_with_its_parameters(tmp_path: Path) -> None:
    row = "position\tvc\ttype=02\t57.7,11.97\t2021-07-03T12:00"
    assert read_queries(written(tmp_path / "set.tsv", row, "lay\tbvc\tname~bvc")) == [
        Query(3, "position", "vc", "type=02", (57.7, 11.97), datetime(2021, 7, 3, 12, tzinfo=STOCKHOLM)),
        Query(4, "lay", "bvc", "name~bvc"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ["lay\tvc"],
        ["lay\tvc\ttype=02", "typo\tvc\tname~x"],
        ["lay\txqz\tnone"],
        [f"{GIBBERISH}\txqz\ttype=02"],
    ],
    ids=["too few columns", "asked twice", "answerable with none", "gibberish with an answer"],
)
def test_a_faulty_set_is_refused(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(SetInvalid):
        read_queries(written(tmp_path / "set.tsv", *rows))


def test_the_set_itself_is_sound() -> None:
    queries, meanings = read_queries(), read_meanings()
    assert len(queries) >= 240
    assert ASKED_AT.isoweekday() == 3
    for one in queries:
        compile_rule(one.expected, meanings)
    used = " ".join(one.expected for one in queries)
    assert [name for name in meanings if f"@{name}" not in used] == []


def test_full_text_search_of_sqlite_asks_for_all_words_then_for_any() -> None:
    units = [Unit(hsa_id, record, (), ()) for hsa_id, record in RECORDS.items()]
    ask = sqlite(units)
    assert ask(query("storby vardcentral")) == ["SE1-A"]
    assert sorted(ask(query("örnen bvc"))) == ["SE1-B", "SE1-C"]
    assert ask(query("xqz")) == []
    assert ask(query("!?")) == []
    nearest = Query(1, "position", "vårdcentral bvc", "none", near=(57.65, 12.01))
    assert ask(nearest) == ["SE1-B", "SE1-A"]


def test_data_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="hsa-vastra-gotaland"), built(tmp_path):
        pass
