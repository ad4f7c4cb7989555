"""Tickets: nobody makes or changes one but us."""

import base64

import pytest

from web.line import tickets
from web.line.tickets import Ticket

KEY = b"k" * 32
TICKET = Ticket(123_456, 98_765.25, 4_000, 17)


def test_a_ticket_comes_back_as_it_was() -> None:
    value = tickets.sealed(TICKET, KEY)
    assert tickets.opened(value, KEY) == TICKET
    assert len(value) < 80
    assert all(letter.isalnum() or letter in "-_" for letter in value)


def test_any_change_makes_it_worthless() -> None:
    value = tickets.sealed(TICKET, KEY)
    raw = bytearray(base64.urlsafe_b64decode(value + "=="))
    for at in range(len(raw)):
        changed = bytearray(raw)
        changed[at] ^= 1
        assert tickets.opened(base64.urlsafe_b64encode(bytes(changed)).decode().rstrip("="), KEY) is None
    assert tickets.opened(value, b"j" * 32) is None


@pytest.mark.parametrize("value", ["", "x", "1", "=" * 40, "å" * 40, "A" * 56, "A" * 10_000, "a b", "\x00"])
def test_what_is_no_ticket_counts_as_none(value: str) -> None:
    assert tickets.opened(value, KEY) is None
