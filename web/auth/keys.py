"""Published keys of an issuer: fetched by URL, kept, and fetched again when a token names an unknown one.

Never one fetch per request: a token with an invented `kid` costs at most one fetch in `FLOOR`, whoever sends
how many. An issuer that cannot be reached changes nothing while there are keys from before.
"""

import json
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey, import_key

from core import clock, logging
from web.auth.errors import KeysUnavailable

FLOOR = timedelta(minutes=1)
"""At least this long between two fetches from one issuer, whatever the reason."""
MAX_AGE = timedelta(hours=1)
"""After this the keys are fetched again, so that one which was withdrawn is no longer trusted."""
MAX_STALE = timedelta(hours=24)
"""An issuer that has not answered for so long is no longer trusted: what it withdrew we cannot know."""
TIMEOUT = 3.0
MAX_BYTES = 256_000
MIN_RSA_BITS = 2048

_log = logging.get("auth")


class Keys(Protocol):
    """Where the public keys of an issuer come from."""

    def find(self, kid: str | None) -> KeySet:
        """The keys that may have signed a token with this `kid`; KeysUnavailable when there are none."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A trusted address does not lend its trust to another."""

    def redirect_request(self, *_: Any) -> None:
        return None


def fetch(url: str) -> bytes:
    """The key set as the issuer serves it, bounded in time and size."""
    wanted = urllib.request.Request(url, headers={"Accept": "application/jwk-set+json, application/json"})
    with urllib.request.build_opener(_NoRedirect).open(wanted, timeout=TIMEOUT) as response:
        body: bytes = response.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise ValueError("the key set is too large")
    return body


def public_keys(document: bytes) -> KeySet:
    """The keys of a set that may check signatures: asymmetric, meant for signatures, of decent length.

    What is not understood is passed over (RFC 7517, 5), and no set of good keys falls with a bad one.
    """
    entries = json.loads(document)["keys"]
    return KeySet([key for entry in entries if (key := _public_key(entry)) is not None])


def _public_key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") == "oct":
        return None
    if entry.get("kty") == "RSA" and len(str(entry.get("n", ""))) * 6 < MIN_RSA_BITS - 6:
        return None
    try:
        key = import_key({name: entry[name] for name in entry if name not in _PRIVATE})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None


_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass
class PublishedKeys:
    """The keys behind one JWKS address, shared by the threads of a process."""

    url: str
    get: Callable[[str], bytes] = fetch
    _known: KeySet | None = None
    _read_at: datetime | None = None
    _tried_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, kid: str | None) -> KeySet:
        """See `Keys.find`. Only one thread fetches; others wait for it only if they lack their key."""
        known, read_at = self._known, self._read_at
        if known is not None and read_at is not None and _has(known, kid):
            if clock.now() - read_at > MAX_AGE and self._lock.acquire(blocking=False):
                try:
                    self._fetch()
                finally:
                    self._lock.release()
        else:
            with self._lock:
                if self._known is known:
                    self._fetch()
        if self._known is None or self._read_at is None or clock.now() - self._read_at > MAX_STALE:
            raise KeysUnavailable
        return self._known

    def _fetch(self) -> None:
        now = clock.now()
        if self._tried_at is not None and now - self._tried_at < FLOOR:
            return
        self._tried_at = now
        try:
            found = public_keys(self.get(self.url))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            _log.warning("token keys not fetched", url=self.url, error=type(error).__name__)
            return
        if not found.keys:
            _log.warning("token keys not fetched", url=self.url, error="no usable key")
            return
        self._known, self._read_at = found, now


def _has(keys: KeySet, kid: str | None) -> bool:
    return kid is None or any(key.kid == kid for key in keys)
