"""The development issuer: signs tokens for whoever may read the folder `var` of a machine for development.

Its key is made on first need, readable by its owner alone, and never leaves the machine: our own process
reads the key itself, so no address publishes it. In production `web.auth.issuers` does not know this
issuer, so its tokens are refused there, and `issue` refuses to make any.
"""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from codes.identifiers import PersonId
from core import clock
from core.problems import Invalid, Problem
from core.settings import Settings
from listing.actor import Purpose, Role

ISSUER = "urn:hittavard:development-issuer"
SEALED_PERSON = "sealedPerson"
"""The claim that holds the person, encrypted, so that a pasted token gives nobody's number away."""
STAFF = "SE0000000000-DEVELOPMENT"
CLIENT = "development"
_FILE = "keys.json"


class NotInDevelopment(Problem):
    """The development issuer was asked for in production."""

    code = "not-in-development"
    status = 403
    title = "Not in development"


def folder(settings: Settings) -> Path:
    """Where its keys lie."""
    return settings.var_dir / "development-issuer"


@dataclass
class _Pair:
    """The key that signs and the key that seals."""

    signing: ECKey
    sealing: OctKey


def _read(place: Path) -> _Pair | None:
    try:
        kept = json.loads((place / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return _Pair(ECKey.import_key(kept["signing"]), OctKey.import_key(kept["sealing"]))


def _make(place: Path) -> _Pair:
    """New keys, whole or not at all; when another process was first, its keys are the ones."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.chmod(0o700)
    signing = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    sealing = OctKey.generate_key(256)
    kept = {"signing": signing.as_dict(private=True), "sealing": sealing.as_dict(private=True)}
    draft = place / f".{secrets.token_hex(8)}"
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(kept, file)
    try:
        with suppress(FileExistsError):
            (place / _FILE).hardlink_to(draft)
    finally:
        draft.unlink()
    pair = _read(place)
    if pair is None:
        raise Problem(f"the keys of the development issuer vanished from {place}")
    return pair


class LocalKeys:
    """The development issuer's public key, read from its folder when a token names it (see `keys.Keys`)."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._stamp: int = 0
        self._pair: _Pair | None = None
        self._public = KeySet([])

    def find(self, _kid: str | None) -> KeySet:
        return self._public if self._current() else KeySet([])

    def person(self, sealed: str) -> str:
        """The identity number that `issue` sealed into a token whose signature holds."""
        pair = self._current()
        if pair is None:
            raise ValueError("there are no keys")
        return (jwe.decrypt_compact(sealed, pair.sealing, ["dir", "A256GCM"]).plaintext or b"").decode()

    def _current(self) -> _Pair | None:
        """The keys as they lie; a new file is noticed, so that one made while we serve is good at once."""
        try:
            stamp = (self.place / _FILE).stat().st_mtime_ns
        except FileNotFoundError:
            self._pair = None
            return None
        if self._pair is None or stamp != self._stamp:
            pair = _read(self.place)
            if pair is not None:
                self._public = KeySet([ECKey.import_key(pair.signing.as_dict(private=False))])
            self._pair, self._stamp = pair, stamp
        return self._pair


def issue(
    settings: Settings,
    role: Role,
    *,
    region: str | None = None,
    unit: str | None = None,
    person: PersonId | None = None,
    purpose: Purpose | None = None,
    protected: bool = False,
    hours: int = 1,
) -> str:
    """A signed token of the development issuer; refused in production.

    The caller has checked that the parts fit the role. `person` is sealed, never in clear.
    """
    if settings.in_production:
        raise NotInDevelopment("the development issuer is not there in production")
    if not 1 <= hours <= settings.tokens.max_hours:
        raise Invalid(f"a token lasts 1 to {settings.tokens.max_hours} hours")
    place = folder(settings)
    pair = _read(place) or _make(place)
    now = clock.now()
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": settings.tokens.audience,
        "sub": CLIENT,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(hours=hours)).timestamp()),
        "jti": secrets.token_urlsafe(12),
        settings.tokens.claims.role[0]: settings.tokens.role_prefix + role.value,
    }
    names = settings.tokens.claims
    stated: dict[str, str | None] = {
        names.region[0]: region,
        names.unit[0]: unit,
        names.purpose[0]: purpose and purpose.value,
    }
    claims |= {name: value for name, value in stated.items() if value}
    if protected:
        claims[names.protected[0]] = True
    if role not in (Role.RESIDENT, Role.SYSTEM):
        claims[names.staff[0]] = STAFF
    if person is not None:
        sealing = {"alg": "dir", "enc": "A256GCM"}
        claims[SEALED_PERSON] = jwe.encrypt_compact(sealing, person.value.encode(), pair.sealing)
    header: dict[str, Any] = {"alg": "ES256", "kid": pair.signing.kid, "typ": "at+jwt"}
    return jwt.encode(header, claims, pair.signing, algorithms=["ES256"])
