"""The mark of a session lets nobody by who has not signed in."""

from listing.people.keys import KeyRing, KeySet, Use
from web.line import mark

SECRET = "s" * 43


def _ring(*numbers: int) -> KeyRing:
    return KeyRing({Use.DIGEST: KeySet(Use.DIGEST, {n: bytes([n]) * 32 for n in numbers}, max(numbers))})


def test_it_counts_for_its_own_session_until_its_time() -> None:
    made = mark.made(_ring(1), SECRET, 2_000_000_000.9)
    assert mark.until(_ring(1), made, SECRET) == 2_000_000_000
    assert mark.until(_ring(1, 2), made, SECRET) == 2_000_000_000  # the key has been changed meanwhile
    assert mark.until(_ring(2), made, SECRET) == 0
    assert mark.until(_ring(1), made, "t" * 43) == 0
    assert mark.until(_ring(1), made, "") == 0


def test_it_cannot_be_made_longer_or_made_up() -> None:
    made = mark.made(_ring(1), SECRET, 2_000_000_000)
    seal = made.partition(".")[2]
    for value in (
        "",
        ".",
        f"2000000001.{seal}",
        f"-1.{seal}",
        f"²000000000.{seal}",
        made[:-1],
        made + "0",
        "9" * 999,
    ):
        assert mark.until(_ring(1), value, SECRET) == 0
