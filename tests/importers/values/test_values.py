"""Parsers of messy values, on values as real catalogues hold them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.values import codes, contacts
from importers.values.addresses import Address, postal_address, postal_code, visiting_address
from importers.values.ages import AgeRule, parse_age_rule
from importers.values.dates import generalized_time, instant, last_day, local_date
from importers.values.notices import Notice, parse_notice
from importers.values.text import prose, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Västgötavägen 30, 451 34, Uddevalla", Address("Västgötavägen 30", "45134", "Uddevalla")),
        ("Ikeagatan 8, 343 36 Älmhult", Address("Ikeagatan 8", "34336", "Älmhult")),
        ("Ringen 76, 93631 Boliden", Address("Ringen 76", "93631", "Boliden")),
        ("Storgatan 29, Aneby", Address("Storgatan 29", "", "Aneby")),
        ("Anderstorpsleden 1", Address("Anderstorpsleden 1")),
        ("Fredåsgatan 13\r$431 67  Mölndal", Address("Fredåsgatan 13", "43167", "Mölndal")),
        ("Ekängsvägen 15\r$541 40 Skövde\r", Address("Ekängsvägen 15", "54140", "Skövde")),
        ("Jullen 3\r$444 21 Stenungsund\r$(Nere)", Address("Jullen 3", "44421", "Stenungsund", "", "(Nere)")),
        (
            "Hus B\r$Rurik Holms väg 10A\r$448 30 Floda",
            Address("Rurik Holms väg 10A", "44830", "Floda", "", "Hus B"),
        ),
        ("Nolia, Signalvägen 3, Umeå", Address("Signalvägen 3", "", "Umeå", "", "Nolia")),
        ("Stubbekasvägen 5, 668 30, Ed, Hallen", Address("Stubbekasvägen 5", "66830", "Ed", "", "Hallen")),
        ("", Address()),
    ],
)
def test_visiting_addresses(text: str, expected: Address) -> None:
    assert visiting_address(text) == (expected, ())


def test_separate_columns_fill_what_the_cell_does_not_say() -> None:
    found, _ = visiting_address("Storgatan 1", postal="451 34", city="Ale")
    assert found == Address("Storgatan 1", "45134", "Ale")
    found, _ = visiting_address("Storgatan 1, 449 30, Nödinge", postal="00000", city="Ale")
    assert found == Address("Storgatan 1", "44930", "Nödinge")
    found, _ = visiting_address("Götgatan 12, Göteborg, inne på apoteket", city="göteborg")
    assert found == Address("Götgatan 12", "", "Göteborg", "", "inne på apoteket")


def test_postal_addresses() -> None:
    assert postal_address("Vårdcentralen Åby$ $Box 4$ $431 61$Mölndal") == Address(
        "Box 4", "43161", "Mölndal", "Vårdcentralen Åby"
    )


def test_postal_codes() -> None:
    assert [postal_code(text)[0] for text in ("451 34", "S-45134", "00000", "0", "", "4513")] == [
        "45134",
        "45134",
        None,
        None,
        None,
        None,
    ]
    assert [bool(postal_code(text)[1]) for text in ("00000", "", "4513")] == [False, False, True]


def test_instants_are_utc_and_dates_swedish() -> None:
    assert generalized_time("20081112230000Z")[0] == datetime(2008, 11, 12, 23, tzinfo=UTC)
    assert generalized_time("20100630123454+0200")[0] == datetime(2010, 6, 30, 10, 34, 54, tzinfo=UTC)
    assert local_date("20081112230000Z")[0] == date(2008, 11, 13)
    assert local_date("2025-05-31")[0] == local_date("20250531")[0] == date(2025, 5, 31)
    assert last_day("20101231230000Z")[0] == date(2010, 12, 31)
    assert last_day("20101231")[0] == date(2010, 12, 31)
    assert instant("2025-07-01")[0] == datetime(2025, 6, 30, 22, tzinfo=UTC)
    assert instant("2025-07-01T12:00:00")[0] == datetime(2025, 7, 1, 10, tzinfo=UTC)
    assert [trouble.code for text in ("31/12/2025", "20251301", "x") for trouble in local_date(text)[1]] == [
        "date-ambiguous",
        "date",
        "date",
    ]


@given(text=st.text(alphabet="0123456789-Z+:T ./", max_size=20))
def test_dates_never_raise(text: str) -> None:
    for parse in (local_date, last_day, instant, generalized_time):
        value, troubles = parse(text)
        assert value is not None or troubles or not text.strip()


def test_notices() -> None:
    vgr, _ = parse_notice("20100617-20100827 Ändrade tider\r\n\r\n\r\n\r\nse nedan")
    assert vgr == Notice("Ändrade tider\n\nse nedan", date(2010, 6, 17), date(2010, 8, 27))
    assert parse_notice(";20250101;;Stängt; åter kl 13")[0] == Notice("Stängt; åter kl 13", date(2025, 1, 1))
    assert parse_notice("Stängt i dag")[0] == Notice("Stängt i dag")
    assert parse_notice("20100617-20100827 ") == (None, ())
    for wrong in (";20250230;;Text", "20100827-20100617 Text"):
        found, troubles = parse_notice(wrong)
        assert found is None
        assert [trouble.code for trouble in troubles] == ["notice-dates"]


def test_ages() -> None:
    assert parse_age_rule("02-08#barn")[0] == AgeRule(2, 8, "barn")
    assert parse_age_rule("18-99")[0] == AgeRule(18)
    assert parse_age_rule("från 18 år och uppåt")[0] == AgeRule(18)
    assert parse_age_rule("") == (None, ())
    assert [parse_age_rule(text)[1][0].code for text in ("08-02", "vuxna")] == ["age-rule", "age-rule"]


def test_geography_codes() -> None:
    assert [codes.county_code(text)[0] for text in ("14", "7", "007", "004", "", "00", "02x", "26")] == [
        "14",
        "07",
        "07",
        "04",
        None,
        None,
        None,
        None,
    ]
    assert [
        codes.municipality_code(*pair)[0]
        for pair in (("1480", None), ("80", "14"), ("380", None), ("80", None))
    ] == [
        "1480",
        "1480",
        "0380",
        None,
    ]


def test_lists_and_words() -> None:
    assert codes.code_list(["1502, 1504", "1502"]) == ["1502", "1504"]
    assert codes.padded(["1", "02", "x"], 2) == ["01", "02", "x"]
    good, troubles = codes.activity_codes(["1502", "15", "BVC"])
    assert good == ["1502"]
    assert "15, BVC" in troubles[0].message
    assert [codes.boolean(text)[0] for text in ("J", "ja", "TRUE", "nej", "N", "", "kanske")] == [
        True,
        True,
        True,
        False,
        False,
        None,
        None,
    ]
    assert codes.whole_number("1 200")[0] == 1200
    assert codes.whole_number("-1")[1]


def test_phones() -> None:
    values = ["031-86 27 50 (växel)", "+4631862750; 0522-933 20", "tfn 1177", "0", "ring oss"]
    found, troubles = contacts.phones(values)
    assert found == ["+4631862750", "+4652293320", "1177"]
    assert [trouble.code for trouble in troubles] == ["phone"]


def test_addresses_on_the_web() -> None:
    assert contacts.website("www.kvarterskliniken.se")[0] == "https://www.kvarterskliniken.se"
    assert contacts.website("http://www.vgregion.se/å?x=1")[0] == "http://www.vgregion.se/å?x=1"
    for wrong in (
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "inte en adress",
        "http://[x",
        'http://a.se/"><b',
    ):
        found, troubles = contacts.website(wrong)
        assert found is None
        assert [trouble.code for trouble in troubles] == ["url"]
    assert contacts.named_url("Boka tid=https://e.se/?a=b")[0] == ("Boka tid", "https://e.se/?a=b")
    assert contacts.named_url("https://e.se/?a=b")[0] == ("https://e.se/?a=b", "https://e.se/?a=b")
    mails, troubles = contacts.emails(["mailto:a@b.se, c@d.se;a@b.se", "e@f"])
    assert mails == ["a@b.se", "c@d.se"]
    assert [trouble.code for trouble in troubles] == ["email"]


def test_text() -> None:
    assert segments("a\r$b$ $c\r\n") == ["a", "b", "c"]
    assert prose("En\r$\r$\r$Två kostar 5$") == "En\n\nTvå kostar 5"
    assert prose("Kostar 5$ i dag\x00") == "Kostar 5$ i dag"
    assert prose("\r$\r$") == ""
