"""Hashes that find a person and sealed details that only the keys can open.

A look-up hash is keyed because identity numbers are few (some 10^10): a plain hash would be undone by
trying them all. Sealed details are `nonce (12 bytes) | ciphertext | tag (16 bytes)`, AES-256-GCM with a
random nonce and the row's key as associated data: a value that somebody copies into another row does not
open there. With random nonces a key may seal 2^32 values (NIST SP 800-38D 8.3); a register of the whole
country, rewritten daily, takes a year to come near, and rotation begins the count anew.
"""

import os
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag

from codes.identifiers import PersonId
from listing.people.errors import SealBroken
from listing.people.keys import KeyRing, Use, key_ring

_NONCE_BYTES = 12


# Not frozen, because a frozen one takes twice as long to make, and a population has ten million.
@dataclass(slots=True, repr=False)
class Details:
    """What is readable only with a key. `identity` and `former` are in canonical form (twelve characters).

    `former` are the numbers that the person had before, so that they can be hashed again under a new key.
    `postal_code` has five digits. A protected person has no address here either.
    """

    identity: str
    given_name: str = ""
    family_name: str = ""
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    former: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "Details(***)"


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """The columns `sealed` and `seal_key` of a row."""

    value: bytes
    key: int


def lookup_hashes(identity: PersonId | str, ring: KeyRing | None = None) -> list[bytes]:
    """The identity's hash under every live key, the current one first: a row may still have an older one.

    `identity` is a parsed identifier, or its canonical text.
    """
    keys = (ring or key_ring())[Use.LOOKUP]
    message = _canonical(identity).encode()
    return [keys.mac(number, message) for number in keys.numbers]


def lookup_hash(identity: PersonId | str, ring: KeyRing | None = None) -> tuple[bytes, int]:
    """The hash that a new row gets, and the number of its key."""
    keys = (ring or key_ring())[Use.LOOKUP]
    return keys.mac(keys.current, _canonical(identity).encode()), keys.current


def seal(details: Details, person_id: int, ring: KeyRing | None = None) -> Sealed:
    """Seal for the row with that primary key, under the current key."""
    keys = (ring or key_ring())[Use.SEAL]
    nonce = os.urandom(_NONCE_BYTES)
    sealed = keys.cipher(keys.current).encrypt(nonce, orjson.dumps(details), _row(person_id))
    return Sealed(nonce + sealed, keys.current)


def unseal(value: bytes, key: int, person_id: int, ring: KeyRing | None = None) -> Details:
    """Open what `seal` sealed for that row. The caller answers for auditing why."""
    cipher = (ring or key_ring())[Use.SEAL].cipher(key)
    try:
        plain = cipher.decrypt(value[:_NONCE_BYTES], value[_NONCE_BYTES:], _row(person_id))
    except (InvalidTag, ValueError):
        raise SealBroken(
            "a person's sealed details do not open: altered, moved from another row, or sealed by a key that "
            "the key file has under this number no more"
        ) from None
    fields = orjson.loads(plain)
    fields["former"] = tuple(fields["former"])
    return Details(**fields)


def household_hash(*parts: str, ring: KeyRing | None = None) -> bytes:
    """A value that is equal for those registered at the same dwelling, and says nothing else.

    `parts` name the dwelling (a population register's key, or street, postal code and city). Rewritten by the
    next full population file after the digest key has been rotated.
    """
    return digest("household", *(" ".join(part.casefold().split()) for part in parts), ring=ring)


def digest(label: str, *parts: str | bytes, ring: KeyRing | None = None) -> bytes:
    """A keyed hash of values that are only ever compared, 32 bytes; `label` keeps uses apart."""
    keys = (ring or key_ring())[Use.DIGEST]
    encoded = [part.encode() if isinstance(part, str) else part for part in (label, *parts)]
    return keys.mac(keys.current, b"".join(len(part).to_bytes(4, "big") + part for part in encoded))


def _canonical(identity: PersonId | str) -> str:
    return identity if isinstance(identity, str) else identity.value


def _row(person_id: int) -> bytes:
    return b"person\0" + person_id.to_bytes(8, "big", signed=True)
