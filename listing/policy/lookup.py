"""Which policy holds: for a region and a listing type on a day.

Cheap without ever being stale. A region's decisions are read once per transaction (one indexed query), and
kept with the session's transaction, so that all of an operation goes by one reading and the next operation
reads anew. What is parsed is kept by its content: the same parameters always mean the same policy, so that
cache needs no word of changes. Who changes policies in the middle of a transaction calls `forget`.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from core.problems import Problem
from core.roundtrip import Ask, Rows, together
from listing.policy.defaults import default_policy
from listing.policy.model import ListingType, Policy, PolicyInForce
from listing.policy.parse import from_record

_KEY = "listing.policy"
_DECISIONS = text(
    "SELECT id, valid, decision_reference, decided_on, parameters FROM listing_policy"
    " WHERE region_code = :region AND listing_type = :type ORDER BY id"
)
_MOST = 512
_parsed: OrderedDict[tuple[ListingType, bytes], Policy] = OrderedDict()
_lock = Lock()


class PolicyUnreadable(Problem):
    """A stored policy is not one that this version of the program can follow."""

    code = "policy-unreadable"
    status = 500
    title = "The region's rules cannot be read"


def policy_for(session: Session, region: str, listing_type: ListingType, day: date) -> PolicyInForce:
    """The region's policy in force on `day`, or the defaults when it has none."""
    for decision in _decisions(session, region, listing_type):
        if decision.holds_on(day):
            return _in_force(decision, region, listing_type)
    return PolicyInForce(default_policy(listing_type), region, listing_type)


@dataclass(frozen=True, slots=True)
class _Decision:
    """A row of the table by value, so that nothing kept in the session can make it old."""

    id: int
    valid: Range[date]
    reference: str
    decided_on: date | None
    parameters: dict[str, Any]

    def holds_on(self, day: date) -> bool:
        first, until = self.valid.lower, self.valid.upper
        return (first is None or first <= day) and (until is None or day < until)


_Held = dict[tuple[str, ListingType], list[_Decision]]


def _in_force(decision: _Decision, region: str, listing_type: ListingType) -> PolicyInForce:
    return PolicyInForce(
        policy=_policy(decision, listing_type),
        region=region,
        listing_type=listing_type,
        id=decision.id,
        reference=decision.reference,
        decided_on=decision.decided_on,
        valid_from=decision.valid.lower,
        valid_to=decision.valid.upper,
    )


def asked(region: str, listing_type: ListingType) -> Ask:
    """What reads a region's decisions, to be sent together with something else and then kept (`keep`)."""
    return Ask(_DECISIONS, {"region": region, "type": listing_type})


def keep(session: Session, region: str, listing_type: ListingType, rows: Rows) -> list[_Decision]:
    """Let the rest of the transaction go by these rows of the region."""
    kept = _kept(session)
    found = kept[region, listing_type] = [_Decision(*row) for row in rows]
    session.info[_KEY] = (session.get_transaction(), kept)
    return found


def forget(session: Session) -> None:
    """Let the rest of the transaction read the decisions anew."""
    session.info.pop(_KEY, None)


def _decisions(session: Session, region: str, listing_type: ListingType) -> list[_Decision]:
    found = _kept(session).get((region, listing_type))
    return (
        keep(session, region, listing_type, _read(session, region, listing_type)) if found is None else found
    )


def _read(session: Session, region: str, listing_type: ListingType) -> Rows:
    return together(session, asked(region, listing_type))[0]


def _kept(session: Session) -> _Held:
    """What this transaction has read; nothing of an earlier one."""
    transaction, kept = session.info.get(_KEY, (None, {}))
    current = session.get_transaction()
    return kept if current is not None and transaction is current else {}


def _policy(decision: _Decision, listing_type: ListingType) -> Policy:
    key = (listing_type, orjson.dumps(decision.parameters, option=orjson.OPT_SORT_KEYS))
    with _lock:
        if policy := _parsed.get(key):
            _parsed.move_to_end(key)
            return policy
    parsed = from_record(decision.parameters, listing_type)
    if parsed.policy is None:
        first = parsed.problems[0]
        raise PolicyUnreadable(f"decision {decision.reference}: {first.path}: {first.message}")
    with _lock:
        _parsed[key] = parsed.policy
        while len(_parsed) > _MOST:
            _parsed.popitem(last=False)
    return parsed.policy
