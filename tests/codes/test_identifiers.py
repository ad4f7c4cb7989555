"""The identifiers that are not a person's: HSA-id, organisation number, postal code, telephone number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.identifiers import HsaId, InvalidIdentifier, OrganisationNumber, PhoneNumber, PostalCode
from codes.identifiers.checksum import luhn_digit, luhn_holds

DIGITS = "0123456789"
TAIL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@st.composite
def organisation_numbers(draw: st.DrawFn) -> str:
    first = draw(st.text(DIGITS, min_size=2, max_size=2))
    rest = draw(st.sampled_from("23456789")) + draw(st.text(DIGITS, min_size=6, max_size=6))
    return first + rest + luhn_digit(first + rest)


@given(st.text(DIGITS, min_size=1, max_size=20), st.data())
def test_luhn_notices_every_single_wrong_digit(body: str, data: st.DataObject) -> None:
    number = body + luhn_digit(body)
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from(DIGITS.replace(number[place], "")))
    assert luhn_holds(number)
    assert not luhn_holds(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("SE2321000131-E000000000712", "232100-0131"),
        ("SE2321000115-O55547", "232100-0115"),
        ("SE2321000198-019448", "232100-0198"),
        ("SE162321000255-O11075", "232100-0255"),
        ("SE165560772419-11J1", "556077-2419"),
        ("SE2321000065-7330028995679", "232100-0065"),
    ],
)
def test_genuine_hsa_ids(text: str, owner: str) -> None:
    hsa_id = HsaId.parse(text)
    assert str(hsa_id) == hsa_id.value == text
    assert str(hsa_id.organisation_number) == owner
    assert not hsa_id.is_test


def test_hsa_id_is_compared_without_regard_to_case() -> None:
    assert HsaId.parse(" se2321000081-b3231 ") == HsaId.parse("SE2321000081-B3231")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "29997",
        "SE2321000131",
        "SE2321000131-",
        "SE232100013-E1",
        "SE23210001311-E1",
        "SE2321000131-E 1",
        "SE2321000131-Å1",
        "SE2321000131-E@1",
        "SE2321000131-E1-2",
        "SE2321000131-" + "E" * 19,
        "\u017fE2321000131-E1",
        "SE232100\u0660\u0661\u0662\u0663-E1",
        "NO2321000131-E1",
    ],
)
def test_what_is_no_hsa_id(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        HsaId.parse(text)


def test_the_longest_hsa_id() -> None:
    assert len(HsaId.parse("SE2321000131-" + "E" * 18).value) == 31


@pytest.mark.parametrize("text", ["TSTNMT2321000156-ALFA", "IFV1239877878-1041"])
def test_test_catalogues_only_when_asked(text: str) -> None:
    assert HsaId.parse(text.lower(), allow_test=True).is_test
    with pytest.raises(InvalidIdentifier, match="test catalogue"):
        HsaId.parse(text)


def test_an_owner_that_is_no_organisation_number() -> None:
    assert HsaId.parse("SE2321000132-E1").organisation_number is None
    assert HsaId.parse("SE191212121212-1001").organisation_number is None


@given(organisation_numbers(), st.text(TAIL, min_size=1, max_size=18))
def test_hsa_id_round_trip(owner: str, tail: str) -> None:
    hsa_id = HsaId.parse(f"se{owner}-{tail.lower()}")
    assert hsa_id == HsaId(f"SE{owner}-{tail}")
    assert hsa_id.organisation_number == OrganisationNumber(owner)


@given(organisation_numbers())
def test_organisation_number_round_trip(digits: str) -> None:
    number = OrganisationNumber.parse(digits)
    assert number == OrganisationNumber.parse(number.display) == OrganisationNumber.parse("16" + digits)
    assert number.value == digits
    assert number.display == f"{digits[:6]}-{digits[6:]}"


@pytest.mark.parametrize(
    "text", ["", "2321000132", "1212121212", "232100-01311", "232100/0131", "A321000131"]
)
def test_what_is_no_organisation_number(text: str) -> None:
    with pytest.raises(InvalidIdentifier) as refusal:
        OrganisationNumber.parse(text)
    assert not text or text not in refusal.value.detail


@pytest.mark.parametrize("text", ["45130", "451 30", " 451\u00a030 ", "SE-451 30", "S-45130", "se45130"])
def test_postal_codes(text: str) -> None:
    code = PostalCode.parse(text)
    assert (code.value, code.display, str(code)) == ("45130", "451 30", "45130")


@pytest.mark.parametrize("text", ["", "0", "00000", "4513", "451300", "45 130", "4513O", "Uddevalla"])
def test_what_is_no_postal_code(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        PostalCode.parse(text)


@pytest.mark.parametrize(
    ("text", "value", "display"),
    [
        ("+4631862750", "+4631862750", "031-86 27 50"),
        ("031-86 27 50", "+4631862750", "031-86 27 50"),
        ("+46 (0)31-86 27 50", "+4631862750", "031-86 27 50"),
        ("08\u2013123 456 78", "+46812345678", "08-123 456 78"),
        ("1177", "1177", "1177"),
        ("+461177", "1177", "1177"),
        ("112", "112", "112"),
        ("113 13", "11313", "113 13"),
        ("+45 33 12 34 56", "+4533123456", "+45 33 12 34 56"),
        ("0047 22 11 11 11", "+4722111111", "+47 22 11 11 11"),
    ],
)
def test_telephone_numbers(text: str, value: str, display: str) -> None:
    number = PhoneNumber.parse(text)
    assert (number.value, number.display, str(number)) == (value, display, value)
    assert PhoneNumber.parse(number.value) == PhoneNumber.parse(number.display) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "ring växeln",
        "Tel: 031-86 27 50",
        "031-86 27 50 (växel)",
        "031-86 27 50, 031-86 27 51",
        "010-55 26 00",
    ],
)
def test_what_is_no_telephone_number(text: str) -> None:
    with pytest.raises(InvalidIdentifier):
        PhoneNumber.parse(text)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (HsaId, "se2321000131-e1"),
        (OrganisationNumber, "232100-0131"),
        (PostalCode, "451 30"),
        (PhoneNumber, "031"),
    ],
)
def test_a_value_is_canonical_or_does_not_exist(kind: type, value: str) -> None:
    with pytest.raises(InvalidIdentifier):
        kind(value)
