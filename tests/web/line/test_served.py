"""A whole server with too much to do: nobody gets an error, and everybody gets in, in turn."""

import asyncio
import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from listing.people.keys import key_ring
from tests.web.line.serving import Answer, Server, number_of, until
from web.line import mark

SECRET = "s" * 43


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two processes of one thread each; a page may keep its visitor waiting for a second."""
    folder = tmp_path_factory.mktemp("line")
    key_ring(folder / "keys.json")
    with Server(folder, {"HITTAVARD_LINE_SECONDS": "1"}).running() as running:
        yield running


@dataclass
class Person:
    """Somebody who asks for a page until it comes. Times: of the question, and of the answer."""

    path: str
    cookie: str = ""
    places: list[int] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    let_in: float = 0.0
    strange: list[str] = field(default_factory=list)

    async def come(self, port: int) -> None:
        for _ in range(400):
            asked = time.monotonic()
            answer = await _ask(port, self.path, self.cookie)
            if answer.status == 200:
                self.let_in = time.monotonic()
                return
            if answer.status != 503 or not answer.place or "refresh" not in answer.headers:
                self.strange.append(f"{answer.status} {answer.headers}")
            self.cookie = answer.cookie or self.cookie
            self.places.append(answer.place)
            self.waited.append(asked)
            await asyncio.sleep(0.2)


async def _ask(port: int, path: str, cookie: str) -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
    writer.write(head.encode())
    found = (await asyncio.wait_for(reader.read(), 60)).decode()
    writer.close()
    await writer.wait_closed()
    top, _, body = found.partition("\r\n\r\n")
    lines = top.split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:])
    return Answer(int(lines[0].split()[1]), {name.lower(): fields[name] for name in fields}, body)


def test_a_crowd_waits_in_line_and_everybody_gets_in_in_turn(server: Server) -> None:
    people = [Person(f"/slow/{number}") for number in range(150)]

    async def crowd() -> None:
        await asyncio.gather(*(person.come(server.port) for person in people))

    asyncio.run(crowd())
    assert [person.strange for person in people if person.strange] == []
    assert all(person.let_in for person in people)
    waited = sorted((one for one in people if one.waited), key=lambda one: number_of(one.cookie))
    assert len(waited) > 30
    assert len({number_of(one.cookie) for one in waited}) == len(waited)
    for one in waited:
        assert one.places == sorted(one.places, reverse=True)
    for at, one in enumerate(waited):
        overtaken = [later for later in waited[at + 1 :] if any(t > later.let_in for t in one.waited)]
        assert overtaken == []
    until(lambda: not server.ask("/slow/after").cookie)


def test_an_ordinary_day_never_sees_it(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.ask("/slow/ordinary"), range(80)))
    assert {(one.status, one.cookie) for one in answers} == {(200, "")}


def test_both_processes_keep_one_line_and_places_are_told_in_order(server: Server) -> None:
    with server.held_up():
        answers = [server.ask(f"/page/{number}") for number in range(12)]
        numbers = [one.number for one in answers]
        assert numbers == list(range(numbers[0], numbers[0] + 12))
        places = [one.place for one in answers]
        assert places == list(range(places[0], places[0] + 12))
        again = [server.ask("/other", Cookie=one.cookie) for one in reversed(answers)]
        assert [one.number for one in again] == numbers[::-1]
        assert all(later.place <= first.place for later, first in zip(again, answers[::-1], strict=True))
    processes = {server.ask(f"/{number}").headers["x-process"] for number in range(40)}
    assert len(processes) == 2
    assert server.ask("/page", Cookie=answers[-1].cookie).status == 200


@pytest.mark.parametrize("kind", ["made up", "number changed", "of another server", "much too long", "empty"])
def test_a_ticket_that_is_not_ours_goes_last_and_does_no_harm(server: Server, kind: str) -> None:
    with server.held_up():
        honest = server.ask()
        name, _, value = honest.cookie.partition("=")
        raw = bytearray(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        raw[7] -= 1
        bad = {
            "made up": "x" * len(value),
            "number changed": base64.urlsafe_b64encode(raw).decode().rstrip("="),
            "of another server": "AAAAAAAAAAFA8AAAAAAAAAAAAAEAAAABAAAAAAAAAAAAAAAAAAAAAAA"[: len(value)],
            "much too long": "A" * 5000,
            "empty": "",
        }[kind]
        forged = server.ask(Cookie=f"{name}={bad}")
        assert forged.status == 503
        assert forged.number == honest.number + 1
        assert forged.place == honest.place + 1
        assert server.ask(Cookie=honest.cookie).place <= honest.place


def _marked(server: Server, until_when: float, secret: str = SECRET) -> str:
    made = mark.made(key_ring(server.folder / "keys.json"), secret, until_when)
    return f"hittavard-session={SECRET}; {mark.NAME}={made}"


def test_whoever_has_signed_in_never_waits_in_line(server: Server) -> None:
    soon = time.time() + 600
    with ThreadPoolExecutor(3) as pool:
        with server.held_up():
            stranger = server.ask("/mina-sidor", Cookie=f"hittavard-session={SECRET}")
            assert stranger.status == 503
            assert server.ask("/mina-sidor", Cookie=_marked(server, time.time() - 1)).status == 503
            assert server.ask("/mina-sidor", Cookie=_marked(server, soon, "t" * 43)).status == 503
            page = pool.submit(server.ask, "/mina-sidor", Cookie=_marked(server, soon))
            form = pool.submit(server.ask, "/lista/SE1", "POST", Cookie=_marked(server, soon))
            back = pool.submit(server.ask, "/logga-in/svar/bankid?code=1&state=2")
            last = server.ask("/")
            assert (last.status, last.number) == (503, stranger.number + 3)
            assert not any(one.done() for one in (page, form, back))
        assert [one.result().status for one in (page, form, back)] == [200, 200, 200]


def test_who_does_not_look_gets_no_ticket_but_is_told_when_to_come_back(server: Server) -> None:
    with server.held_up():
        first = server.ask("/page")
        fetched = server.ask("/page", Sec_Fetch_Dest="empty")
        guessed = server.ask("/page", Sec_Purpose="prefetch")
        for answer in (fetched, guessed):
            assert (answer.status, answer.cookie, answer.place) == (503, "", 0)
            assert int(answer.headers["retry-after"]) > 0
        robot = server.ask("/page", "HEAD")
        assert (robot.status, robot.body) == (503, "")
        assert int(robot.headers["retry-after"]) > 0
        assert robot.headers["cache-control"] == "no-store"
        assert server.ask("/page").number == first.number + 2


def test_the_waiting_page_speaks_the_visitors_language(server: Server) -> None:
    with server.held_up():
        swedish = server.ask("/sok?q=x")
        english = server.ask("/sok?q=x", Accept_Language="en-GB,en")
        chosen = server.ask("/sok?q=x&lang=en", Accept_Language="sv")
    assert '<html lang="sv">' in swedish.body
    assert [one.headers["content-language"] for one in (swedish, english, chosen)] == ["sv", "en", "en"]
    assert 'href="?q=x&amp;lang=sv"' in chosen.body


def test_when_it_is_over_everything_is_as_before(server: Server) -> None:
    with server.held_up():
        tickets = [server.ask("/page") for _ in range(5)]
    assert {server.ask("/page", Cookie=one.cookie).status for one in tickets} == {200}
    answer = server.ask("/page")
    assert (answer.status, answer.cookie) == (200, "")
