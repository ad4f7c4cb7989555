"""Who comes in now and who waits: asked by the loop for every request that would take a thread.

What is not asked for a page (forms that are sent, the machine interfaces, static files), and whoever has
signed in, never stands in line. Answers come at once and from memory.
"""

import time
from datetime import UTC, datetime

from core.settings import Settings
from listing.people.errors import KeysUnavailable
from listing.people.keys import key_ring
from web.framing import refusal
from web.line import asked, mark, page, tickets
from web.line.asked import Asked
from web.line.load import Load
from web.line.page import Waiting
from web.line.state import Line, Turn
from web.line.tickets import Ticket

MACHINE_SECONDS = 20.0
"""A machine is told to come back rather than wait longer: its own patience mostly ends at thirty."""
RETRY_SECONDS = 10
ON_THE_WAY_SECONDS = 2.0
"""Let in and not yet here may be as much work as this; it comes spread out over about as long."""
TURN_SECONDS = 0.1
_CROWDED = 1 / 3
"""The line stands still while those who are in wait longer than this part of the limit: visits go on for
several pages, so what has been let in grows for a while."""
_SESSION = "hittavard-session"


class Door:
    """One process's. `limit`: seconds that a page may keep its visitor waiting; 0 for no line."""

    def __init__(self, line: Line, key: bytes, settings: Settings, threads: int) -> None:
        self.line = line
        self.load = Load(threads)
        self._key = key
        self._limit = float(settings.line_seconds)
        self._pass_seconds = 60.0 * settings.line_pass_minutes
        self._keys_file = settings.keys_file
        self._secure = settings.public_url.startswith("https://")
        self._turned = 0.0
        page.prepare()

    def answer(self, head: bytes | bytearray) -> bytes:
        """What to answer instead of letting a request come in; nothing for come in."""
        stands = self.line.stands
        if not self._limit or not (stands or self.load.full):
            return b""
        now = time.monotonic()
        wait = self.load.wait(now)
        if asked.is_machine(head):
            return _come_back(head) if wait > max(self._limit, MACHINE_SECONDS) else b""
        if not (stands or wait > self._limit) or not asked.is_page(head):
            return b""
        question = asked.read(head)
        if question is None or self._is_signed_in(question):
            return b""
        return self._in_line(question, head, now)

    def turn(self, now: float, processes: int) -> None:
        """Let in as many as this process, one of so many, has room for. To be called often."""
        passed = now - self._turned
        if passed < TURN_SECONDS:
            return
        self._turned = now
        if self._limit and self.load.wait(now) >= self._limit * _CROWDED:
            return
        per_second = self.load.threads / self.load.page_seconds
        room = ON_THE_WAY_SECONDS * per_second - self.line.coming(now) / processes
        self.line.let_in(int(max(0.0, min(room, 1 + per_second * min(passed, 1.0)))), now)

    def _in_line(self, question: Asked, head: bytes | bytearray, now: float) -> bytes:
        ticket = tickets.opened(question.cookies.get(self._name(tickets.NAME), ""), self._key)
        turn = Turn.OVER
        if ticket:
            turn = self.line.ask(ticket.number, ticket.joined, now, self._pass_seconds)
        if turn is Turn.COME:
            return b""
        if not question.document:
            return _come_back(head)
        if ticket and turn is Turn.WAITS:
            return self._told(question, ticket, now)
        number = self.line.join(now)
        if number is None:
            return self._told(question, None, now)
        return self._told(question, Ticket(number, now, 0, 0), now)

    def _told(self, question: Asked, ticket: Ticket | None, now: float) -> bytes:
        """The waiting page. A place that was told never grows, whoever comes back to theirs meanwhile."""
        self.line.told()
        place = self.line.place(ticket.number, now) if ticket else self.line.waiting(now) + 1
        new = not ticket or not ticket.first
        if ticket:
            place = place if new else min(place, ticket.shown)
            ticket = Ticket(ticket.number, ticket.joined, ticket.first or place, place)
        rate = self.line.rate(now)
        told = Waiting(place, ticket.first if ticket else place, place / rate if rate else None, new)
        body = page.html(told, question.target, question.language, datetime.now(UTC))
        cookie = self._cookie(ticket) if ticket else ""
        head = (
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\nContent-Language: {question.language}\r\n"
            f"Retry-After: {told.refresh}\r\nRefresh: {told.refresh}\r\n{cookie}"
        )
        return head.encode() + page.headers() + b"\r\n" + (body if question.method == "GET" else b"")

    def _cookie(self, ticket: Ticket) -> str:
        return (
            f"Set-Cookie: {self._name(tickets.NAME)}={tickets.sealed(ticket, self._key)}; Path=/; "
            f"Max-Age={tickets.SECONDS}; HttpOnly; SameSite=Lax{'; Secure' if self._secure else ''}\r\n"
        )

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name

    def _is_signed_in(self, question: Asked) -> bool:
        """Whether a session of ours is under way; a proxy may have told the pages that it is HTTPS."""
        for prefix in ("__Host-", ""):
            given = question.cookies.get(prefix + mark.NAME)
            secret = question.cookies.get(prefix + _SESSION, "")
            if given and secret:
                try:
                    return mark.until(key_ring(self._keys_file), given, secret) > time.time()
                except KeysUnavailable:
                    return False
        return False


def _come_back(head: bytes | bytearray) -> bytes:
    return refusal(503, head, f"Retry-After: {RETRY_SECONDS}\r\n")
