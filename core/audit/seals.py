"""The seals: a chain of keyed hashes over the trail, and the bytes that they are taken over.

    mac(n) = HMAC-SHA256(key, "hittavard audit seal 1" | mac(n-1) | row | row | ... | header(n) | tags(n))

A row is the JSON array of its columns, so that no two rows have the same bytes; the header holds the number,
the key's number, the moment, the snapshot, and the ids and count of the rows. The ids stand in the seal, so
verification depends neither on transaction numbers nor on the cluster that the rows lie in today. `tags`
has eight bytes of a keyed hash per row, to say which row it is that breaks a seal.
"""

import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson
from sqlalchemy import BigInteger, DateTime, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base

TAG_BYTES = 8
FIRST = b"\0" * 32
_DOMAIN = b"hittavard audit seal 1\0"

COLUMNS = """e.id, e.txid, (extract(epoch FROM e.at) * 1000000)::bigint AS at, e.actor, e.actor_role,
 e.purpose, e.action, e.subject_kind, e.subject_key, e.detail::text AS detail"""
"""What of a row is sealed: all of it, in a form that no setting of the connection changes."""


class AuditSeal(Base):
    """One link. `previous` is the `mac` of the link before; `snapshot` what had been seen with this one."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    snapshot: Mapped[str] = mapped_column(Text)
    ids: Mapped[Any] = mapped_column(INT8MULTIRANGE)
    rows: Mapped[int] = mapped_column(BigInteger)
    tags: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[int] = mapped_column(SmallInteger)


class SealKeys(Protocol):
    """The versions of the audit key; the database never has them."""

    @property
    def current(self) -> int:
        """The number of the key that new seals are made with."""

    @property
    def numbers(self) -> Collection[int]:
        """Every key that there is."""

    def state(self, number: int) -> hmac.HMAC:
        """A keyed HMAC-SHA256 that has been given nothing yet."""


class Link:
    """A seal in the making: give it the rows in the order of their ids, then `close` it."""

    def __init__(self, keys: SealKeys, key: int, previous: bytes) -> None:
        self.ids: list[list[int]] = []
        self.rows = 0
        self.tags = bytearray()
        self._new_tag = lambda: keys.state(key)
        self._mac = keys.state(key)
        self._mac.update(_DOMAIN + previous)

    def add(self, row: Sequence[Any]) -> bytes:
        """Take in one row (`COLUMNS`); returns its tag."""
        content = orjson.dumps(list(row))
        self._mac.update(content + b"\n")
        tag = self._new_tag()
        tag.update(content)
        short = tag.digest()[:TAG_BYTES]
        self.tags += short
        self.rows += 1
        if self.ids and self.ids[-1][1] == row[0]:
            self.ids[-1][1] += 1
        else:
            self.ids.append([row[0], row[0] + 1])
        return short

    def close(self, number: int, key: int, sealed_at: datetime, snapshot: str, ids: str) -> bytes:
        """The seal's own hash; nothing can be added afterwards."""
        moment = round(sealed_at.timestamp() * 1_000_000)
        header = orjson.dumps([number, key, moment, snapshot, ids, self.rows])
        self._mac.update(header + b"\n" + self.tags)
        return self._mac.digest()


def multirange(ranges: Iterable[Sequence[int]]) -> str:
    """`{[1,5),[7,9)}`, as PostgreSQL writes it."""
    return "{" + ",".join(f"[{lower},{upper})" for lower, upper in ranges) + "}"


def ids_of(ranges: str) -> Iterator[int]:
    """The numbers in a multirange as text, in order."""
    for part in ranges.strip("{}").split("),"):
        if part:
            lower, _, upper = part.strip("[)").partition(",")
            yield from range(int(lower), int(upper))


def gaps(ranges: Iterable[tuple[int, int]]) -> str:
    """The multirange of everything that `ranges`, in the order of their beginnings, leave out."""
    found: list[str] = []
    reached: int | None = None
    for lower, upper in ranges:
        if reached is None or lower > reached:
            found.append(f"(,{lower})" if reached is None else f"[{reached},{lower})")
        reached = upper if reached is None else max(reached, upper)
    found.append("(,)" if reached is None else f"[{reached},)")
    return "{" + ",".join(found) + "}"
