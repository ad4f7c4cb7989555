"""Our identifiers agree with python-stdnum's independent reading of the same rules."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from stdnum.se import orgnr, personnummer

from codes.identifiers import InvalidIdentifier, OrganisationNumber, PersonalIdentityNumber

_births = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def _is_ours(parse: object, text: str) -> bool:
    try:
        parse(text)  # type: ignore[operator]
    except InvalidIdentifier:
        return False
    return True


@given(_births, st.integers(1, 9999))
def test_a_personal_identity_number_is_valid_to_both_or_neither(birth: date, last: int) -> None:
    text = f"{birth:%Y%m%d}-{last:04d}"
    ours = _is_ours(PersonalIdentityNumber.parse, text)
    assert ours == personnummer.is_valid(text) or last < 10  # 000x is no birth number to us


@given(st.integers(2_020_000_000, 9_999_999_999))
def test_an_organisation_number_that_we_take_is_one_to_both(number: int) -> None:
    text = str(number)
    if _is_ours(OrganisationNumber.parse, text):
        assert orgnr.is_valid(text)
    elif int(text[2]) >= 2:
        assert not orgnr.is_valid(text)
