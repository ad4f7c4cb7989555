"""Identifiers of persons: what they say, what is refused, and that they never show themselves."""

import traceback
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codes.identifiers import (
    CoordinationNumber,
    InvalidIdentifier,
    LegalSex,
    NationalReserveNumber,
    PersonalIdentityNumber,
    RegionalReserveNumber,
    parse_person_id,
)
from codes.identifiers.checksum import luhn_digit

ON = date(2026, 5, 1)
BIRTHS = st.dates(date(1890, 1, 1), ON)
SERIALS = st.integers(0, 999).map(lambda number: f"{number:03}")


def number_for(born: date, serial: str, day_offset: int = 0) -> str:
    body = f"{born:%Y%m}{born.day + day_offset:02}{serial}"
    return body + luhn_digit(body[2:])


@given(BIRTHS, SERIALS)
def test_personal_identity_number_round_trip(born: date, serial: str) -> None:
    number = PersonalIdentityNumber.parse(number_for(born, serial))
    assert number.birth_date == born
    assert number.legal_sex == (LegalSex.MALE if int(serial) % 2 else LegalSex.FEMALE)
    assert PersonalIdentityNumber.parse(f"{number.value[:8]}-{number.value[8:]}") == number
    assert parse_person_id(number.value) == number


@given(BIRTHS, SERIALS)
def test_ten_digits_are_read_back_on_the_day_they_were_written(born: date, serial: str) -> None:
    number = PersonalIdentityNumber.parse(number_for(born, serial))
    assume(ON.year - born.year < 200)
    assert PersonalIdentityNumber.parse(number.display(ON), on=ON) == number


@given(BIRTHS, SERIALS)
def test_coordination_number_round_trip(born: date, serial: str) -> None:
    number = CoordinationNumber.parse(number_for(born, serial, 60))
    assert number.birth_date == born
    assert parse_person_id(number.display(ON), on=ON) == number
    with pytest.raises(InvalidIdentifier):
        PersonalIdentityNumber.parse(number.value)


@given(BIRTHS, SERIALS, st.integers(2, 11), st.integers(1, 9))
def test_a_single_wrong_digit_is_noticed(born: date, serial: str, place: int, shift: int) -> None:
    good = number_for(born, serial)
    wrong = str((int(good[place]) + shift) % 10)
    with pytest.raises(InvalidIdentifier):
        PersonalIdentityNumber.parse(good[:place] + wrong + good[place + 1 :])


@given(BIRTHS, SERIALS, st.sampled_from([0, 60]))
def test_nothing_prints_the_number(born: date, serial: str, day_offset: int) -> None:
    value = number_for(born, serial, day_offset)
    number = parse_person_id(value)
    for shown in (str(number), repr(number), f"{number}", "%s" % number, repr([number])):  # noqa: UP031
        assert "***" in shown
        assert value[8:] not in shown
        assert value[2:8] not in shown


@given(st.text("0123456789-+PTFKMXS ", max_size=16))
def test_no_refusal_repeats_what_was_given(text: str) -> None:
    for parse in (parse_person_id, PersonalIdentityNumber.parse, CoordinationNumber.parse):
        try:
            parse(text, on=ON)
        except InvalidIdentifier as refusal:
            digits = "".join(character for character in text if character.isdigit())
            story = "".join(traceback.format_exception_only(refusal)) + repr(refusal.extra)
            assert len(digits) < 4 or digits not in story


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("121212-1212", "201212121212"),
        ("121212+1212", "191212121212"),
        ("1212121212", "201212121212"),
        ("121212\u20131212", "201212121212"),
        ("19121212+1212", "191212121212"),
        ("19121212 1212", "191212121212"),
    ],
)
def test_the_century_of_ten_digits(text: str, value: str) -> None:
    assert PersonalIdentityNumber.parse(text, on=ON).value == value


def test_the_plus_sign_counts_from_the_year_of_turning_100() -> None:
    born = PersonalIdentityNumber.parse(number_for(date(1926, 12, 24), "123"))
    assert born.display(date(2025, 12, 31))[6] == "-"
    assert born.display(date(2026, 1, 1))[6] == "+"
    for separator in "+-":
        written = born.value[2:8] + separator + born.value[8:]
        assert PersonalIdentityNumber.parse(written, on=ON) == born


def test_ten_digits_without_a_day_are_refused() -> None:
    with pytest.raises(InvalidIdentifier, match="twelve digits"):
        PersonalIdentityNumber.parse("121212-1212")


def test_a_birth_in_the_future_is_refused() -> None:
    number = number_for(date(2026, 5, 2), "123")
    assert PersonalIdentityNumber.parse(number).birth_date > ON
    with pytest.raises(InvalidIdentifier, match="future"):
        PersonalIdentityNumber.parse(number, on=ON)


@pytest.mark.parametrize(
    "text", ["", "191212121213", "191302301212", "221212121212", "19121212121", "1912121212122"]
)
def test_what_is_no_personal_identity_number(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        parse_person_id(text, on=ON)


@pytest.mark.parametrize("text", ["191212121212", "189002029800"])
def test_published_test_numbers(text: str) -> None:
    assert PersonalIdentityNumber.parse(text).may_be_test_number


def test_an_ordinary_number_is_not_a_test_number() -> None:
    assert not PersonalIdentityNumber.parse(number_for(date(1985, 3, 4), "123")).may_be_test_number


@pytest.mark.parametrize("text", ["22810101-TM48", "23050228TMK4", "00012040AB12"])
def test_national_reserve_numbers(text: str) -> None:
    number = parse_person_id(text.lower())
    assert isinstance(number, NationalReserveNumber)
    assert number.value == text.replace("-", "")
    assert text[-4:] not in f"{number!r}{number}"


@pytest.mark.parametrize(
    "text", ["19810101TM48", "22811301TM48", "22810101IM48", "22810101TMKL", "00010101AB12", "24000229AB12"]
)
def test_what_is_no_national_reserve_number(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        NationalReserveNumber.parse(text)


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("991981000010", "region-stockholm"),
        ("991945000023", "region-stockholm"),
        ("991981000011", None),
        ("19810829M071", "vastra-gotaland"),
        ("19450829K088", "vastra-gotaland"),
        ("19930829X802", "vastra-gotaland"),
        ("19810829M072", None),
        ("19810829SU3A", "varmland"),
        ("198108320014", "inera"),
        ("198108320015", None),
        ("19810829T123", "unspecified"),
    ],
)
def test_regional_reserve_numbers(text: str, series: str | None) -> None:
    if series is None:
        with pytest.raises(InvalidIdentifier):
            RegionalReserveNumber.parse(text)
        return
    number = parse_person_id(text)
    assert isinstance(number, RegionalReserveNumber)
    assert number.series == series
