"""The line itself: numbers, places, who is let in, and how little it keeps."""

import os

import pytest

from web.line import state
from web.line.state import EPOCH, Line, Turn

NOW = 100_000.0
PASS = 600.0
GONE = EPOCH * state.EPOCHS_PRESENT
GONE_NEW = EPOCH * state.EPOCHS_NEW


def _join(line: Line, count: int, now: float = NOW, *, there: bool = True) -> list[int]:
    """So many come; when they are `there`, each has come back with the number once."""
    numbers = [number for _ in range(count) if (number := line.join(now)) is not None]
    if there:
        for number in numbers:
            assert line.ask(number, now, now, PASS) is Turn.WAITS
    return numbers


def test_it_stands_as_long_as_somebody_has_not_been_let_in() -> None:
    line = Line(1024)
    stood = [line.stands]
    _join(line, 1)
    stood.append(line.stands)
    line.let_in(1, NOW)
    assert [*stood, line.stands] == [False, True, False]


def test_numbers_are_given_in_turn_and_let_in_in_turn() -> None:
    line = Line(1024)
    numbers = _join(line, 5)
    assert numbers == [1, 2, 3, 4, 5]
    assert [line.place(number, NOW) for number in numbers] == [1, 2, 3, 4, 5]
    assert line.let_in(2, NOW) == 2
    assert [line.ask(number, NOW, NOW, PASS) for number in numbers] == [Turn.COME] * 2 + [Turn.WAITS] * 3
    assert [line.place(number, NOW) for number in numbers[2:]] == [1, 2, 3]
    assert line.waiting(NOW) == 3
    assert line.let_in(10, NOW) == 3
    assert not line.stands


def test_who_has_gone_is_neither_counted_nor_waited_for() -> None:
    line = Line(1024)
    _join(line, 5)
    later = NOW + GONE + EPOCH
    last = _join(line, 1, later)[0]
    assert line.place(last, later) == 1
    assert line.let_in(1, later) == 1
    assert line.ask(last, later, later, PASS) is Turn.COME
    assert not line.stands


def test_who_comes_back_late_has_the_place_that_they_had() -> None:
    line = Line(1024)
    first, second = _join(line, 2)
    later = NOW + GONE + EPOCH
    assert line.ask(second, NOW, later, PASS) is Turn.WAITS
    assert line.place(second, later) == 1
    assert line.ask(first, NOW, later, PASS) is Turn.WAITS
    assert [line.place(number, later) for number in (first, second)] == [1, 2]
    line.let_in(2, later)
    assert line.ask(first, NOW, later + GONE, PASS) is Turn.COME


def test_numbers_that_are_never_shown_again_count_only_for_seconds() -> None:
    line = Line(1024)
    _join(line, 500, there=False)
    person = _join(line, 1)[0]
    assert line.place(person, NOW) == 501
    later = NOW + GONE_NEW + EPOCH
    assert line.ask(person, NOW, later, PASS) is Turn.WAITS
    assert line.place(person, later) == 1
    assert line.let_in(1, later) == 1


def test_a_number_is_worth_something_for_as_long_as_a_pass_lasts() -> None:
    line = Line(1024)
    early = _join(line, 1)[0]
    line.let_in(1, NOW)
    assert line.ask(early, NOW, NOW + PASS - 1, PASS) is Turn.COME
    late = _join(line, 1, NOW + 300)[0]
    line.let_in(1, NOW + 300)
    assert line.ask(early, NOW, NOW + PASS + 31, PASS) is Turn.OVER
    assert line.ask(late, NOW, NOW + PASS + 31, PASS) is Turn.COME
    assert line.ask(late, NOW, NOW + 10 * PASS, PASS) is Turn.OVER
    assert line.ask(999, NOW, NOW, PASS) is Turn.OVER


def test_the_memory_has_an_end_and_is_used_again_and_again() -> None:
    line = Line(64)
    for turn in range(10):
        now = NOW + turn
        numbers = _join(line, 63, now)
        assert line.join(now) is None
        assert [line.place(number, now) for number in numbers] == list(range(1, 64))
        assert line.let_in(63, now) == 63
        assert {line.ask(number, now, now, PASS) for number in numbers} == {Turn.COME}


def test_the_bytes_of_those_who_left_long_ago_never_stand_for_somebody_again() -> None:
    line = Line(1 << 14)
    _join(line, 10_000)
    last, now = 0, NOW
    while now < NOW + 4 * 250 * EPOCH:
        now += 50
        last = last or _join(line, 1, now)[0]
        line.ask(last, now, now, PASS)
        line.let_in(0, now)
        assert line.place(last, now) == (1 if now > NOW + GONE else line.place(last, now))


def test_how_fast_it_goes_is_measured() -> None:
    line = Line(1024)
    _join(line, 400)
    assert line.rate(NOW) is None
    for second in range(60):
        line.let_in(3, NOW + second)
    assert line.rate(NOW + 4) is None
    assert line.rate(NOW + 60) == pytest.approx(3)
    assert line.rate(NOW + 75) == pytest.approx(1.5)
    assert line.rate(NOW + 200) is None


def test_who_is_let_in_is_awaited_for_some_seconds() -> None:
    line = Line(1024)
    numbers = _join(line, 10)
    line.let_in(4, NOW)
    assert line.coming(NOW) == 4
    line.ask(numbers[0], NOW, NOW + 2, PASS)
    line.ask(numbers[0], NOW, NOW + 2, PASS)  # the same visitor's next page
    assert line.coming(NOW + 2) == 3
    assert line.total(state.CAME) == 1
    assert line.total(state.WAITED_MS) == 2000
    assert line.coming(NOW + state.COMING_SECONDS + 3) == 0


def test_processes_share_it_and_no_number_is_given_twice() -> None:
    line = Line(1 << 14)
    read, write = os.pipe()
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            os.write(write, "".join(f"{line.join(NOW)}," for _ in range(300)).encode())
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    given = os.read(read, 1 << 16).decode().split(",")[:-1]
    assert sorted(map(int, given)) == list(range(1, 901))
    assert line.waiting(NOW) == 900
    os.close(read)
    os.close(write)
