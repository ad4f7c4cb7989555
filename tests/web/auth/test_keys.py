"""Published keys: kept, fetched again when one is unknown, never more often than the floor."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from core import clock
from web.auth.errors import KeysUnavailable
from web.auth.keys import FLOOR, MAX_AGE, MAX_BYTES, MAX_STALE, PublishedKeys, fetch, public_keys

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
FIRST, SECOND = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))
SECOND_LATER = timedelta(seconds=1)


class Published:
    """Counts how often the keys are asked for."""

    def __init__(self, *keys: Any) -> None:
        self.keys, self.asked, self.broken = list(keys), 0, False

    def __call__(self, _url: str) -> bytes:
        self.asked += 1
        if self.broken:
            raise OSError("unreachable")
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()


def kids(keys: PublishedKeys, kid: str | None, moment: datetime) -> set[str | None]:
    with clock.frozen(moment):
        return {key.kid for key in keys.find(kid)}


def test_they_are_fetched_once_for_many_requests() -> None:
    published = Published(FIRST)
    keys = PublishedKeys("https://x", published)
    for second in range(500):
        assert kids(keys, FIRST.kid, NOW + second * SECOND_LATER) == {FIRST.kid}
    assert published.asked == 1


def test_a_new_key_is_found_at_once_and_invented_ones_cost_one_fetch_a_minute() -> None:
    published = Published(FIRST)
    keys = PublishedKeys("https://x", published)
    kids(keys, FIRST.kid, NOW)
    published.keys.append(SECOND)
    moment = NOW + FLOOR
    assert kids(keys, SECOND.kid, moment) == {FIRST.kid, SECOND.kid}
    assert published.asked == 2
    for number in range(600):
        assert kids(keys, f"invented-{number}", moment + timedelta(seconds=number / 10)) == {
            FIRST.kid,
            SECOND.kid,
        }
    assert published.asked == 2
    kids(keys, "invented", moment + FLOOR)
    assert published.asked == 3


def test_a_withdrawn_key_is_forgotten_within_the_hour() -> None:
    published = Published(FIRST, SECOND)
    keys = PublishedKeys("https://x", published)
    kids(keys, FIRST.kid, NOW)
    published.keys.remove(FIRST)
    assert FIRST.kid in kids(keys, FIRST.kid, NOW + MAX_AGE)
    assert kids(keys, FIRST.kid, NOW + MAX_AGE + SECOND_LATER) == {SECOND.kid}


def test_an_issuer_out_of_reach_changes_nothing_until_it_has_been_silent_too_long() -> None:
    published = Published(FIRST)
    keys = PublishedKeys("https://x", published)
    kids(keys, FIRST.kid, NOW)
    published.broken = True
    assert kids(keys, FIRST.kid, NOW + MAX_STALE) == {FIRST.kid}
    with pytest.raises(KeysUnavailable):
        kids(keys, FIRST.kid, NOW + MAX_STALE + SECOND_LATER)
    published.broken = False
    assert kids(keys, FIRST.kid, NOW + MAX_STALE + 2 * FLOOR) == {FIRST.kid}


def test_an_issuer_never_reached_is_a_refusal_to_come_back_later_and_is_not_hammered() -> None:
    published = Published(FIRST)
    published.broken = True
    keys = PublishedKeys("https://x", published)
    for _ in range(10):
        with pytest.raises(KeysUnavailable):
            kids(keys, FIRST.kid, NOW)
    assert published.asked == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"keys": 5}', b'{"keys": []}', b"[" * 100_000]
)
def test_what_is_no_key_set_is_as_if_unreachable(body: bytes) -> None:
    keys = PublishedKeys("https://x", lambda _: body)
    with pytest.raises(KeysUnavailable):
        kids(keys, None, NOW)


def test_many_threads_ask_once() -> None:
    gate, published = threading.Event(), Published(FIRST)

    def slow(url: str) -> bytes:
        gate.wait(5)
        return published(url)

    keys = PublishedKeys("https://x", slow)
    threads = [threading.Thread(target=keys.find, args=(FIRST.kid,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(5)
    assert published.asked == 1


def test_only_keys_that_may_check_signatures_are_kept() -> None:
    good = FIRST.as_dict(private=False)
    strange = [
        5,
        {},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
        {**good, "use": "enc", "kid": "b"},
        {**good, "crv": "P-999", "kid": "c"},
        {**good, "x": "!", "kid": "d"},
        {"kty": "ML-DSA", "kid": "e"},
        {**SECOND.as_dict(private=False), "y": good["y"], "kid": "off-the-curve"},
        {**_short_rsa(), "kid": "f"},
    ]
    found = public_keys(json.dumps({"keys": [*strange, good]}).encode())
    assert [key.kid for key in found] == [FIRST.kid]


def _short_rsa() -> dict[str, Any]:
    whole = RSAKey.generate_key(2048).as_dict(private=False)
    return {**whole, "n": str(whole["n"])[:170]}


def test_a_private_key_published_by_mistake_is_kept_as_its_public_part() -> None:
    (key,) = public_keys(json.dumps({"keys": [FIRST.as_dict(private=True)]}).encode())
    assert not key.is_private


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}" if self.path == "/keys" else b" " * (MAX_BYTES + 1))

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def test_fetching_follows_no_redirect_and_reads_no_more_than_a_key_set_may_be() -> None:
    with HTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.server_port}"
            assert fetch(f"{base}/keys") == b"{}"
            with pytest.raises(OSError, match="302"):
                fetch(f"{base}/moved")
            with pytest.raises(ValueError, match="too large"):
                fetch(f"{base}/large")
        finally:
            server.shutdown()
            thread.join()
