"""The header that makes a change safe to send again."""

import pytest
from flask import Flask

from web.api.idempotency import HEADER, IdempotencyKeyInvalid, IdempotencyKeyMissing, idempotency_key


def key(value: str | None) -> str:
    headers = {} if value is None else {HEADER: value}
    with Flask("test").test_request_context(headers=headers):
        return idempotency_key()


@pytest.mark.parametrize("value", ["a", "x" * 255, "0197a0c2-7e1b-7c1e", "!~", '"', '""'])
def test_visible_ascii_is_taken_as_it_is(value: str) -> None:
    assert key(value) == value


def test_the_quotation_marks_of_the_draft_are_not_part_of_it() -> None:
    assert key('"8e03978e"') == "8e03978e"
    assert key('"' + "x" * 255 + '"') == "x" * 255


def test_without_it_the_call_is_refused_with_its_own_code() -> None:
    with pytest.raises(IdempotencyKeyMissing) as error:
        key(None)
    assert (error.value.status, error.value.code) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("value", ["", " ", "a b", "å", "x" * 256, "\x7f"])
def test_another_form_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid) as error:
        key(value)
    assert error.value.status == 400
    assert not value.strip() or value not in error.value.detail
