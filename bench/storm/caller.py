"""How one operation gets its answer: asked again with the same key until the service has said yes or no."""

import http.client
import json
import threading
import time
from random import Random
from typing import Any

from bench.storm.ledger import BUSY, FAULT, FINAL, LOST, NOT_SENT, Answer, Asked, Entry

TIMEOUT = 20.0
PATIENCE = 120.0
"""Seconds after which whoever asks gives up: then the operation has never been answered."""


class Caller:
    """One connection, kept as long as it lasts. Not shared between threads."""

    def __init__(self, port: int, chance: Random, give_up: threading.Event) -> None:
        self._port, self._chance, self._give_up = port, chance, give_up
        self._connection: http.client.HTTPConnection | None = None

    def carry_through(self, entry: Entry) -> None:
        """Ask until answered, or until nobody waits for it any more."""
        began = time.monotonic()
        pause = 0.05
        while not self._give_up.is_set() and time.monotonic() - began < PATIENCE:
            answer = self.ask(entry.asked)
            entry.attempts.append(answer)
            if answer.outcome == FINAL:
                break
            self._give_up.wait(pause * self._chance.uniform(0.5, 1.5))
            pause = min(pause * 2, 2.0)
        entry.seconds = time.monotonic() - began

    def repeat(self, asked: Asked) -> Answer:
        """The answer to the same again, asked until there is one."""
        entry = Entry(asked)
        self.carry_through(entry)
        return entry.answer or Answer(LOST)

    def read(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """What a look says; None when there is no good answer just now."""
        answer = self.ask(Asked("", "look", method, path, body, token))
        return answer.body if answer.outcome == FINAL and answer.status == 200 else None

    def ask(self, asked: Asked) -> Answer:
        """One attempt."""
        began = time.monotonic()
        outcome, status, body = self._over_http(asked)
        return Answer(outcome, status, body, time.monotonic() - began)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _over_http(self, asked: Asked) -> tuple[str, int, Any]:
        headers = {"Authorization": f"Bearer {asked.token}", "Accept": "application/json"}
        body = None
        if asked.key:
            headers["Idempotency-Key"] = asked.key
        if asked.body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(asked.body)
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            if self._connection.sock is None:
                self._connection.connect()
        except OSError:
            self.close()
            return NOT_SENT, 0, None
        try:
            self._connection.request(asked.method, asked.path, body, headers)
            response = self._connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return LOST, 0, None
        return _outcome(response.status), response.status, _parsed(said)


def _outcome(status: int) -> str:
    if status == 503:
        return BUSY
    return FAULT if status >= 500 else FINAL


def _parsed(said: bytes) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return None
