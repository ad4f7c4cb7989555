"""Who comes in and who waits, and how fast the line is let in."""

import json
from dataclasses import replace
from pathlib import Path
from timeit import timeit

import pytest

from core.settings import Settings
from tests.web.line.serving import Answer
from web.line import tickets
from web.line.door import Door
from web.line.state import Line

KEY = b"k" * 32
PAGE = b"GET /sok?q=x HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in the first place of a list."""
    now = [50_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Three seconds, twenty minutes."""
    return replace(Settings(), line_seconds=3, line_pass_minutes=20, keys_file=tmp_path / "keys.json")


def _door(settings: Settings, line: Line | None = None, threads: int = 2) -> Door:
    door = Door(line or Line(4096), KEY, settings, threads)
    for _ in range(50):
        door.load.began()
        door.load.ended(0.1, page=True)
    return door


def _fill(door: Door, count: int) -> None:
    for _ in range(count):
        door.load.began()


def _empty(door: Door, count: int) -> None:
    for _ in range(count):
        door.load.ended(0.1, page=True)


def _read(answer: bytes) -> Answer:
    top, _, body = answer.decode().partition("\r\n\r\n")
    lines = top.split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:])
    return Answer(int(lines[0].split()[1]), {name.lower(): fields[name] for name in fields}, body)


def _with(cookie: str) -> bytes:
    return PAGE[:-2] + f"Cookie: {cookie}\r\n\r\n".encode()


def test_the_line_begins_where_a_page_would_keep_its_visitor_too_long(
    clock: list[float], settings: Settings
) -> None:
    door = _door(settings)
    _fill(door, 60)  # 58 wait, 0.1 s each, two at a time: 2.95 s for the next
    assert door.answer(PAGE) == b""
    _fill(door, 3)
    answer = _read(door.answer(PAGE))
    assert (answer.status, answer.place) == (503, 1)
    assert answer.headers["refresh"] == answer.headers["retry-after"]
    assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"]


def test_while_anybody_waits_newcomers_go_behind_them(clock: list[float], settings: Settings) -> None:
    door = _door(settings)
    _fill(door, 70)
    first = _read(door.answer(PAGE))
    _empty(door, 70)
    second = _read(door.answer(PAGE))
    assert second.place == 2
    door.turn(clock[0], 1)
    assert door.answer(_with(first.cookie)) == b""


def test_who_is_let_in_comes_in_again_until_the_pass_is_over(clock: list[float], settings: Settings) -> None:
    door = _door(settings)
    _fill(door, 70)
    ticket = _read(door.answer(PAGE)).cookie
    door.line.let_in(9, clock[0])
    assert door.answer(_with(ticket)) == b""
    assert door.answer(_with(f"a=b; {ticket}; c=d")) == b""
    clock[0] += 20 * 60 + 31
    again = _read(door.answer(_with(ticket)))
    assert again.status == 503
    assert again.number > 1


def test_the_line_moves_as_fast_as_there_is_room(clock: list[float], settings: Settings) -> None:
    """Two threads of a tenth of a second each: some twenty a second; none while others wait long."""
    door = _door(settings)
    for _ in range(500):
        number = door.line.join(clock[0])
        assert number is not None
        door.line.ask(number, clock[0], clock[0], 60)
    _fill(door, 40)
    door.turn(clock[0], 1)
    assert door.line.waiting(clock[0]) == 500
    _empty(door, 40)
    for _ in range(10):
        clock[0] += 0.2
        door.turn(clock[0], 1)
    let_in = 500 - door.line.waiting(clock[0])
    assert 35 <= let_in <= 20 * 2 + 1  # nobody has come yet: not more than what is on its way may be
    for _ in range(10):
        clock[0] += 0.2
        door.turn(clock[0], 1)
    assert 500 - door.line.waiting(clock[0]) <= 20 * 2 + 1


def test_after_a_standstill_the_line_moves_again_whoever_has_left(
    clock: list[float], settings: Settings
) -> None:
    door = _door(settings)
    _fill(door, 30)
    for _ in range(30):
        door.load.ended(30.0, page=True)  # the database was away
    for _ in range(20):
        door.line.join(clock[0])  # none of them comes back
    door.turn(clock[0], 1)
    assert door.line.waiting(clock[0]) < 20
    for _ in range(300):
        clock[0] += 0.1
        door.turn(clock[0], 1)
    assert not door.line.stands


def test_what_is_no_page_never_stands_in_line(clock: list[float], settings: Settings) -> None:
    door = _door(settings)
    _fill(door, 200)
    assert door.answer(PAGE)
    for start in (b"POST /lista/SE1", b"GET /static/x/css/base.css", b"GET /health/live", b"GET /robots.txt"):
        assert door.answer(start + b" HTTP/1.1\r\nHost: x\r\n\r\n") == b""


def test_a_machine_is_told_to_come_back_when_it_would_wait_too_long(
    clock: list[float], settings: Settings
) -> None:
    door = _door(settings)
    question = b"POST /api/v1/listings HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    _fill(door, 300)
    assert door.answer(question) == b""
    _fill(door, 200)
    answer = _read(door.answer(question))
    assert (answer.status, answer.cookie) == (503, "")
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert json.loads(answer.body)["code"] == "temporarily-unavailable"


def test_a_full_line_tells_a_place_and_gives_no_ticket(clock: list[float], settings: Settings) -> None:
    door = _door(settings, Line(32))
    _fill(door, 200)
    answers = [_read(door.answer(PAGE)) for _ in range(40)]
    assert [one.place for one in answers[:31]] == list(range(1, 32))
    assert {(one.place, one.cookie) for one in answers[31:]} == {(32, "")}


def test_a_place_never_grows(clock: list[float], settings: Settings) -> None:
    door = _door(settings)
    _fill(door, 200)
    ahead = [_read(door.answer(PAGE)) for _ in range(10)]
    mine = _read(door.answer(PAGE))
    assert mine.place == 11
    for _ in range(4):
        clock[0] += 20
        mine = _read(door.answer(_with(mine.cookie)))
    assert mine.place == 1
    for one in ahead:  # all of them come back from lunch
        door.answer(_with(one.cookie))
    mine = _read(door.answer(_with(mine.cookie)))
    assert mine.place == 1
    assert door.line.place(mine.number, clock[0]) == 11


def test_cookies_are_for_https_alone_where_the_site_is(clock: list[float], settings: Settings) -> None:
    door = _door(replace(settings, public_url="https://vard.example.se"))
    _fill(door, 200)
    cookie = _read(door.answer(PAGE)).headers["set-cookie"]
    assert cookie.startswith(f"__Host-{tickets.NAME}=")
    assert "; Path=/;" in cookie
    assert cookie.endswith("; Secure")


def test_it_can_be_turned_off(clock: list[float], settings: Settings) -> None:
    door = _door(replace(settings, line_seconds=0))
    _fill(door, 5000)
    assert door.answer(PAGE) == b""


def test_asking_costs_next_to_nothing_when_there_is_room(settings: Settings) -> None:
    """Far below a microsecond; the limit has room for a machine that is busy with something else."""
    door = _door(settings)
    taken = min(timeit(lambda: door.answer(PAGE), number=2000) / 2000 for _ in range(5))
    assert taken < 20e-6
