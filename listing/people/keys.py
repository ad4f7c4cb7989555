"""The key ring: several versions of each key, one of them current, from a file outside the database.

Keys are independent random 256-bit secrets, one set per use, so that whoever may verify the audit trail
need not be able to read people. The ring is read again when the file changes, so a rotation reaches running
processes by itself. A secret shows itself neither in a log nor in a traceback: nothing here prints it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.settings import settings
from listing.people.errors import KeysUnavailable

_T = TypeVar("_T")

SECRET_BYTES = 32
MOST_KEYS = 32_767  # a key's number is a smallint in the rows


class Use(StrEnum):
    """What a key is for."""

    LOOKUP = "lookup"
    """Finding a person by identity: HMAC-SHA256."""
    SEAL = "seal"
    """Reading a person's details: AES-256-GCM."""
    AUDIT = "audit"
    """The chain of seals over the audit trail: HMAC-SHA256."""
    DIGEST = "digest"
    """Values that are only compared, such as households and requests: HMAC-SHA256."""


class KeySet:
    """The versions of the key for one use. `numbers` are those that are live, the current one first."""

    __slots__ = ("_ciphers", "_macs", "_secrets", "current", "numbers", "use")

    def __init__(self, use: Use, secrets: Mapping[int, bytes], current: int) -> None:
        if current not in secrets or any(len(secret) != SECRET_BYTES for secret in secrets.values()):
            raise KeysUnavailable(f"the {use} keys are incomplete")
        self.use = use
        self.current = current
        self.numbers = (current, *sorted(set(secrets) - {current}, reverse=True))
        self._secrets = dict(secrets)
        # Keyed once; a copy of the keyed state costs half of keying it anew.
        self._macs = {n: hmac.new(secret, digestmod=hashlib.sha256) for n, secret in secrets.items()}
        self._ciphers = {n: AESGCM(secret) for n, secret in secrets.items()} if use is Use.SEAL else {}

    def mac(self, number: int, message: bytes) -> bytes:
        """HMAC-SHA256 (RFC 2104) of `message`, 32 bytes."""
        state = self.state(number)
        state.update(message)
        return state.digest()

    def state(self, number: int) -> hmac.HMAC:
        """A keyed HMAC-SHA256 that has been given nothing yet, for a long message."""
        return self._known(number, self._macs).copy()

    def cipher(self, number: int) -> AESGCM:
        """AES-256-GCM (NIST SP 800-38D) under that key."""
        return self._known(number, self._ciphers)

    def check_value(self, number: int) -> bytes:
        """Eight bytes that tell this key from another without giving it away."""
        return self.mac(number, b"hittavard key check\0" + self.use.encode())[:8]

    def _known(self, number: int, held: Mapping[int, _T]) -> _T:
        try:
            return held[number]
        except KeyError:
            raise KeysUnavailable(
                f"the key file has no {self.use} key {number}; is it the file of this database?"
            ) from None

    def __repr__(self) -> str:
        return f"KeySet({self.use}, current {self.current} of {sorted(self.numbers)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not copied or pickled")


class KeyRing:
    """One `KeySet` per use that the file has: a machine that only verifies needs no more than that key."""

    __slots__ = ("_sets",)

    def __init__(self, sets: Mapping[Use, KeySet]) -> None:
        if not sets:
            raise KeysUnavailable("the key file has no keys")
        self._sets = dict(sets)

    def __getitem__(self, use: Use) -> KeySet:
        try:
            return self._sets[use]
        except KeyError:
            raise KeysUnavailable(f"the key file has no {use} keys") from None

    @property
    def uses(self) -> tuple[Use, ...]:
        """What there are keys for."""
        return tuple(self._sets)

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(map(repr, self._sets.values()))})"


_Stamp = tuple[str, int, int, int]
_held: tuple[_Stamp, KeyRing] | None = None


def key_ring(path: Path | None = None) -> KeyRing:
    """The ring in the file of the settings (or in `path`), read again only when the file has changed.

    A missing file is made in development and refused in production: made anew there, it would leave every
    row unreadable.
    """
    global _held
    from listing.people import key_file

    where = path or settings().keys_file
    stamp = _stamp(where)
    if stamp is None:
        key_file.create_for_development(where)
        stamp = _stamp(where)
    if _held is None or _held[0] != stamp:
        ring = key_file.read(where)
        if stamp is None:
            return ring
        _held = (stamp, ring)
    return _held[1]


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeysUnavailable(f"cannot read the key file {path}: {error.strerror}") from error
    return str(path), found.st_mtime_ns, found.st_ino, found.st_size
