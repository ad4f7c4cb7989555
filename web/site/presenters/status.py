"""Open or closed, and whether one can list, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from core.clock import SWEDEN
from directory.hours import State


@dataclass(frozen=True)
class Badge:
    """A short status. `tone` picks the colour and the mark, which never stand without the words."""

    tone: str
    text: str
    more: str = ""


def opening(state: State, opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> Badge:
    """How the opening hours stand at `now`."""
    if state == "unknown":
        return Badge("unknown", _("Öppettider saknas"))
    if state == "open":
        if closes_at is None:
            return Badge("open", _("Öppet dygnet runt"))
        return Badge("open", _("Öppet"), _("till %(time)s", time=_point(closes_at, now)))
    if state == "opens-later-today" and opens_at is not None:
        return Badge("later", _("Öppnar i dag"), clock(opens_at))
    opens = _("öppnar %(time)s", time=_point(opens_at, now)) if opens_at else ""
    if state == "closed-for-period":
        return Badge("shut", _("Stängt under en period,") if opens else _("Stängt under en period"), opens)
    return Badge("shut", _("Stängt,") if opens else _("Stängt"), opens)


def listing(value: Mapping[str, Any] | None) -> Badge | None:
    """Whether the unit takes new patients; nothing for a unit where one does not list."""
    if not value or not value.get("status"):
        return None
    status, length = value["status"], value.get("queueLength", value.get("queue_length"))
    if status == "open":
        return Badge("open", _("Du kan lista dig"))
    if status == "closed":
        return Badge("full", _("Fullt"), _("tar inte emot fler"))
    if length is None:
        return Badge("wait", _("Kö för att lista sig"))
    if not length:
        return Badge("wait", _("Kö,"), _("ingen väntar"))
    return Badge("wait", _("Kö"), ngettext("%(num)s väntar", "%(num)s väntar", length))


def clock(at: datetime) -> str:
    """`08:00`, Swedish time."""
    return at.astimezone(SWEDEN).strftime("%H:%M")


def _point(at: datetime, now: datetime) -> str:
    """A moment as near as it is: `17:00`, `i morgon 08:00`, `måndag 08:00`, `3 december 08:00`."""
    day, today = at.astimezone(SWEDEN).date(), now.astimezone(SWEDEN).date()
    if day == today:
        return clock(at)
    if day == today + timedelta(days=1):
        return "24:00" if clock(at) == "00:00" else _("i morgon %(time)s", time=clock(at))
    if day < today + timedelta(days=7):
        return f"{format_date(day, 'EEEE')} {clock(at)}"
    return f"{format_date(day, 'd MMMM')} {clock(at)}"
