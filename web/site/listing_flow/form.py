"""What the page sends: whom it is for, a doctor, a reason, a day; and what its reader was told."""

from dataclasses import dataclass
from datetime import date
from typing import cast, get_args

from flask import request

from listing.policy.codes import ReasonCode
from listing.services.requests import Choice

MOST = 64


@dataclass(frozen=True, slots=True)
class Wish:
    """The form as it came. Whatever it must not hold is as if it were not there."""

    handles: tuple[str, ...] = ()
    doctor: str | None = None
    reason: ReasonCode | None = None
    evidence: str | None = None
    wished: date | None = None
    bad_day: str = ""

    def choice(self, person_id: int, hsa_id: str) -> Choice:
        """The wish for one person. Who confirms a page that tells of a queue agrees to queue."""
        return Choice(
            person_id,
            hsa_id,
            professional_hsa_id=self.doctor,
            join_queue=True,
            reason=self.reason,
            evidence=self.evidence,
            wished=self.wished,
        )


def sent() -> Wish:
    """The wish of this request."""
    form = request.form
    reason = form.get("reason", "")
    day, bad = _day(form.get("wished", "").strip())
    return Wish(
        tuple(dict.fromkeys(handle[:MOST] for handle in form.getlist("who"))),
        form.get("doctor", "").strip()[:MOST].upper() or None,
        cast(ReasonCode, reason) if reason in get_args(ReasonCode) else None,
        form.get("evidence", "").strip()[:200] or None,
        day,
        bad,
    )


def was_told(handle: str) -> str:
    """What the page that was sent said would happen to this person."""
    return request.form.get(f"told-{handle}", "")[:MOST]


def _day(text: str) -> tuple[date | None, str]:
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text[:10]), ""
    except ValueError:
        return None, text[:20]
