"""Several rows of one unit become one record."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from importers.pipeline.combine import KeyedRow, combine

KEY = "SE2321000016-1ABC"


def row(number: int, as_of: datetime | None = None, **record: Any) -> KeyedRow:
    return KeyedRow(number, KEY, record, as_of)  # type: ignore[arg-type]


def test_one_row_is_left_as_it_is() -> None:
    one = row(2, name="Ala vårdcentral", languages=["sv"])
    assert combine([one]).record == one.record


def test_lists_are_joined_without_doubles_in_the_order_of_the_file() -> None:
    combined = combine([row(2, activities=["1502", "1104"]), row(9, activities=["1104", "2003"])])
    assert combined.record["activities"] == ["1502", "1104", "2003"]
    assert combined.issues == ()


def test_contacts_are_joined_per_kind() -> None:
    combined = combine(
        [row(2, contacts={"phone": ["+4681"]}), row(3, contacts={"phone": ["+4682"], "email": ["a@b.se"]})]
    )
    assert combined.record["contacts"] == {"phone": ["+4681", "+4682"], "email": ["a@b.se"]}


def test_a_later_row_fills_what_the_first_left_out() -> None:
    combined = combine([row(2, name="Ala"), row(3, name="Ala", place="Ala by")])
    assert combined.record == {"name": "Ala", "place": "Ala by"}
    assert combined.issues == ()


def test_of_two_names_the_first_is_kept_and_the_other_can_be_searched() -> None:
    combined = combine(
        [row(2, name="Ala vårdcentral"), row(7, name="Ala idrottshall"), row(8, name="ALA idrottshall")]
    )
    assert combined.record["name"] == "Ala vårdcentral"
    assert combined.record["alternative_names"] == ["Ala idrottshall"]
    assert [(i.code, i.severity, i.row, i.field) for i in combined.issues] == [
        ("rows-differ", "warning", 7, "name"),
        ("rows-differ", "warning", 8, "name"),
    ]


def test_a_second_position_is_told_and_not_used() -> None:
    first, second = ({"lat": 59.0, "lon": lon, "origin": "wgs84"} for lon in (18.0, 17.0))
    combined = combine([row(2, position=first), row(5, position=second)])
    assert combined.record["position"] == first
    assert combined.issues[0].field == "position"
    assert combined.issues[0].message.startswith("row 5 says otherwise than row 2")


def test_two_halves_of_an_address_are_put_together() -> None:
    combined = combine(
        [
            row(2, addresses={"visiting": {"street": "Storgatan 1"}}),
            row(3, addresses={"visiting": {"street": "STORGATAN  1", "city": "Ala"}}),
        ]
    )
    assert combined.record["addresses"]["visiting"] == {"street": "Storgatan 1", "city": "Ala"}
    assert combined.issues == ()


def test_another_address_is_told() -> None:
    combined = combine(
        [
            row(2, addresses={"visiting": {"street": "Storgatan 1"}}),
            row(3, addresses={"visiting": {"street": "Lillgatan 2"}}),
        ]
    )
    assert combined.record["addresses"]["visiting"] == {"street": "Storgatan 1"}
    assert combined.issues[0].field == "addresses.visiting"


def test_the_newest_date_of_the_rows_is_the_units() -> None:
    old, new = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    assert combine([row(2, new, name="Ala"), row(3, old, name="Ala"), row(4, name="Ala")]).as_of == new


lists = st.lists(st.sampled_from(["1502", "1104", "2003", "1506"]), unique=True, min_size=1)


@given(st.lists(lists, min_size=1, max_size=5))
def test_joining_again_adds_nothing(rows: list[list[str]]) -> None:
    keyed = [row(number, activities=codes) for number, codes in enumerate(rows)]
    once = combine(keyed).record
    assert combine([row(0, **once), *keyed]).record == once
    assert set(once["activities"]) == {code for codes in rows for code in codes}
