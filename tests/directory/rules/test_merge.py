"""Several sources, one record: the rules that decide whose word counts."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from directory.record import flatten, unflatten
from directory.rules.merge import Statement, is_visible, merge, moments

EARLY = datetime(2010, 6, 30, tzinfo=UTC)
LATE = datetime(2021, 5, 24, tzinfo=UTC)
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def said(source_id: int, at: datetime, **values: object) -> Statement:
    return Statement(source_id, values, dict.fromkeys(values, at.isoformat()))


def gone(statement: Statement) -> Statement:
    return replace(statement, present=False)


def test_the_newer_word_wins_and_the_older_fills_the_gaps() -> None:
    catalogue = said(1, EARLY, name="Vårdcentralen Ekbacken", place="Mölndal")
    snapshot = said(2, LATE, name="Närhälsan Ekbacken")
    merged = merge([catalogue, snapshot])
    assert merged.values["name"] == "Närhälsan Ekbacken"
    assert merged.values["place"] == "Mölndal"
    assert merged.origin == {"name": 2, "place": 1}


def test_the_outcome_does_not_depend_on_the_order_of_sources() -> None:
    statements = [
        said(1, EARLY, name="Vårdcentralen Ekbacken"),
        said(2, LATE, name="Närhälsan Ekbacken"),
        said(3, NOW, municipality="1481"),
    ]
    outcomes = [merge(list(order)).values for order in permutations(statements)]
    for outcome in outcomes:
        outcome["former_names"] = sorted(outcome["former_names"])
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_a_name_that_loses_stays_as_a_former_name() -> None:
    merged = merge([said(1, EARLY, name="Gamla namnet"), said(2, LATE, name="Nya namnet")])
    assert merged.values["former_names"] == ["Gamla namnet"]


def test_a_replaced_name_becomes_former_and_a_name_that_returns_does_not() -> None:
    renamed = merge([said(1, LATE, name="Nya namnet")], {"name": "Gamla namnet"})
    assert renamed.values["former_names"] == ["Gamla namnet"]
    back = merge(
        [said(1, NOW, name="Gamla namnet")], {"name": "Nya namnet", "former_names": ["Gamla namnet"]}
    )
    assert back.values["former_names"] == ["Nya namnet"]


def test_only_case_does_not_make_a_former_name() -> None:
    assert "former_names" not in merge([said(1, NOW, name="BVC Ekbacken")], {"name": "Bvc ekbacken"}).values


def test_a_unit_is_closed_when_no_source_lists_it_and_open_while_one_does() -> None:
    closed = gone(said(1, EARLY, name="Ekbacken"))
    assert merge([closed]).values["status"] == "closed"
    assert merge([closed, said(2, EARLY, name="Ekbacken")]).values["status"] == "active"


def test_a_list_of_offerings_alone_does_not_keep_a_unit_open() -> None:
    closed = gone(said(1, EARLY, name="Ekbacken"))
    assert merge([closed, said(2, NOW, offerings=[{"code": "1504"}])]).values["status"] == "closed"


def test_a_missing_postal_code_comes_from_a_source_with_the_same_street() -> None:
    new = said(2, LATE, **{"addresses.visiting": {"street": "Ekgatan 1", "city": "Mölndal"}})
    same = said(1, EARLY, **{"addresses.visiting": {"street": "EKGATAN 1", "postal_code": "43167"}})
    moved = said(1, EARLY, **{"addresses.visiting": {"street": "Storgatan 2", "postal_code": "43167"}})
    assert merge([same, new]).values["addresses.visiting"]["postal_code"] == "43167"
    assert "postal_code" not in merge([moved, new]).values["addresses.visiting"]


def test_a_list_of_professions_made_by_hand_adds_to_the_catalogues() -> None:
    catalogue = said(1, EARLY, professions=[{"code": "LK"}, {"code": "SJ"}])
    by_hand = said(
        2, NOW, professions=[{"code": "SJ", "origin": "manual"}, {"code": "PS", "origin": "manual"}]
    )
    merged = merge([catalogue, by_hand]).values["professions"]
    assert {entry["code"]: entry.get("origin") for entry in merged} == {
        "LK": None,
        "SJ": "manual",
        "PS": "manual",
    }


def test_the_municipality_decides_the_region() -> None:
    merged = merge([said(1, EARLY, municipality="1481"), said(2, NOW, region="07")])
    assert merged.values["region"] == "14"


def test_a_first_word_counts_from_the_sources_own_date_but_never_from_the_future() -> None:
    assert moments(None, {"name": "A"}, EARLY, NOW) == {"name": EARLY.isoformat()}
    assert moments(None, {"name": "A"}, datetime(2030, 1, 1, tzinfo=UTC), NOW) == {"name": NOW.isoformat()}
    assert moments(None, {"name": "A"}, None, NOW) == {"name": NOW.isoformat()}


def test_a_repeated_value_keeps_its_moment_and_a_changed_one_is_news() -> None:
    before = said(1, EARLY, name="A", place="X")
    again = moments(before, {"name": "A", "place": "Y"}, EARLY, NOW)
    assert again == {"name": EARLY.isoformat(), "place": NOW.isoformat()}


def test_the_public_sees_what_the_catalogue_lets_it_see() -> None:
    assert is_visible({})
    assert is_visible({"visible_for": ["01", "03"]})
    assert not is_visible({"visible_for": ["01", "02"]})


_paths = st.sampled_from(
    ["place", "languages", "hours.opening", "contacts.phone", "contacts.website", "parent"]
)
_values = st.one_of(st.text(min_size=1), st.lists(st.text(), min_size=1))


@given(st.dictionaries(_paths, _values))
def test_flatten_undoes_unflatten(flat: dict[str, object]) -> None:
    assert flatten(unflatten(flat)) == flat


@given(st.lists(st.tuples(st.dictionaries(_paths, _values), st.sampled_from([EARLY, LATE, NOW])), max_size=4))
def test_every_path_that_a_source_states_is_in_the_outcome(sources: list[tuple[dict, datetime]]) -> None:
    statements = [said(number, at, **values) for number, (values, at) in enumerate(sources)]
    merged = merge(statements).values
    for statement in statements:
        assert statement.values.keys() <= merged.keys()
        assert all(merged[path] in [s.values.get(path) for s in statements] for path in statement.values)
