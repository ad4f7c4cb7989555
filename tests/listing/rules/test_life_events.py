"""What has happened between two statements, which of them is the older, and what a move ends."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from listing.policy.model import MovedIn
from listing.rules.life_events import Facts, Kept, ends_by_move, happened, older

HERE = Facts(True, None, None, "03", "0380", ("Storgatan 1", "75310"), "none")
DEAD = replace(HERE, registered=False, reason="AV", deregistered_on=date(2026, 5, 3))
ABROAD = replace(DEAD, reason="UV")
NOTHING = Kept(None, None, None)
EARLY, LATE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "now", "told", "events"),
    [
        (None, HERE, "born", ("born",)),
        (None, HERE, "immigrated", ("moved-in",)),
        (None, HERE, None, ()),
        (HERE, HERE, "moved", ()),
        (HERE, replace(HERE, address=("Nygatan 1", "75310")), None, ("moved",)),
        (HERE, replace(HERE, municipality="0381"), None, ("moved",)),
        (replace(HERE, address=(None, None)), HERE, None, ()),
        (HERE, replace(HERE, address=(None, None), municipality=None), None, ()),
        (HERE, replace(HERE, region="14", municipality="1480"), None, ("moved-region",)),
        (replace(HERE, region=None), HERE, None, ()),
        (HERE, DEAD, None, ("died",)),
        (HERE, ABROAD, None, ("emigrated",)),
        (ABROAD, DEAD, None, ("died",)),
        (HERE, replace(DEAD, reason="OB"), None, ("deregistered",)),
        (ABROAD, HERE, None, ("moved-in",)),
        (HERE, replace(HERE, protection="confidentiality-mark", municipality=None), None, ("protected",)),
        (replace(HERE, protection="confidentiality-mark"), HERE, None, ("protection-lifted",)),
        (
            replace(HERE, protection="confidentiality-mark"),
            replace(HERE, protection="protected-registration"),
            None,
            ("protected",),
        ),
        (HERE, replace(DEAD, protection="confidentiality-mark"), None, ("protected", "died")),
    ],
)
def test_the_difference_says_what_has_happened(
    before: Facts | None, now: Facts, told: str | None, events: tuple[str, ...]
) -> None:
    assert happened(before, now, told) == events


@pytest.mark.parametrize(
    ("before", "kept", "now", "told", "day", "stated_at", "is_older"),
    [
        (HERE, Kept(LATE, None, None), HERE, None, None, EARLY, True),
        (HERE, Kept(EARLY, None, None), HERE, None, None, LATE, False),
        (HERE, Kept(EARLY, None, None), HERE, None, None, EARLY, False),
        (DEAD, NOTHING, HERE, None, date(2026, 5, 9), None, True),
        (DEAD, NOTHING, HERE, "moved", None, None, True),
        (DEAD, NOTHING, HERE, "corrected", None, None, False),
        (DEAD, Kept(EARLY, None, None), HERE, None, None, LATE, False),
        (ABROAD, NOTHING, HERE, "moved", date(2026, 5, 3), None, True),
        (ABROAD, NOTHING, HERE, "moved", date(2026, 5, 4), None, False),
        (ABROAD, NOTHING, HERE, "immigrated", date(2026, 5, 3), None, False),
        (HERE, Kept(None, date(2026, 5, 4), None), ABROAD, "emigrated", date(2026, 5, 3), None, True),
        (HERE, Kept(None, date(2026, 5, 1), None), ABROAD, "emigrated", date(2026, 5, 3), None, False),
        (HERE, Kept(None, None, date(2026, 5, 4)), HERE, "moved", date(2026, 5, 3), None, True),
        (HERE, Kept(None, None, date(2026, 5, 4)), HERE, "moved", date(2026, 5, 4), None, False),
    ],
)
def test_an_older_statement_is_known_as_such(
    before: Facts,
    kept: Kept,
    now: Facts,
    told: str | None,
    day: date | None,
    stated_at: datetime | None,
    is_older: bool,
) -> None:
    assert older(before, kept, now, told, day, stated_at) is is_older


def test_a_move_ends_nothing_unless_a_region_has_decided_so() -> None:
    keep = MovedIn()
    assert not ends_by_move("moved", "03", "03", keep, keep)
    assert ends_by_move("moved", "03", "03", MovedIn(within_region="allocate"), keep)
    assert not ends_by_move("moved-region", "03", "14", keep, keep)
    assert ends_by_move("moved-region", "03", "14", MovedIn(out_of_region="end"), keep)
    assert ends_by_move("moved-region", "03", "14", keep, MovedIn(into_region="allocate"))
    # Home again to the region in which the unit is.
    assert not ends_by_move("moved-region", "03", "03", MovedIn(out_of_region="end"), keep)
    assert not ends_by_move("died", "03", "14", MovedIn(out_of_region="end"), keep)
