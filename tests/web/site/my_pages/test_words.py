"""Every event and every message that the register writes has its sentence, in both languages."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import get_args

import pytest
from flask import Flask

from core.settings import ROOT
from listing.policy.codes import Cause, ReasonCode
from listing.rules.life_events import LifeEvent
from web.site.my_pages import events, messages

# What an expression that is no literal stands for. A new one must be added here.
KINDS = {
    "Event": {"kind": {"ended", "queue-ended", "withdrawn", *get_args(LifeEvent)}},
    "Notice": {"kind": {"moved-to-successor", "unit-closed", "contract-over"}},
}


def constructed(name: str, position: int) -> Iterator[tuple[str, str]]:
    """Where, and which kind, for every `Event(...)` or `Notice(...)` in the source of `listing`."""
    for path in sorted((ROOT / "listing").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            called = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if called != name or len(call.args) <= position:
                continue
            for kind in spelled(name, call.args[position]):
                yield f"{path.name}:{call.lineno}", kind


def spelled(name: str, node: ast.expr) -> set[str]:
    """Every text that the expression can be."""
    if isinstance(node, ast.Constant):
        return {str(node.value)}
    if isinstance(node, ast.IfExp):
        return spelled(name, node.body) | spelled(name, node.orelse)
    return KINDS[name][ast.unparse(node)]


def written_in_sql(table: str) -> set[str]:
    """Kinds that statements over many people write as literals."""
    found = set()
    for path in sorted((ROOT / "listing").rglob("*.py")):
        for part in re.findall(rf"INSERT INTO {table} \(.*?\)\s*SELECT (.*?)FROM", path.read_text(), re.S):
            found |= set(re.findall(r"(?:person_id|person), '([a-z-]+)'", part))
    return found


def row(kind: str, **more: object) -> SimpleNamespace:
    """An event as the query gives it."""
    base = {
        "at": datetime(2026, 11, 20, 9, tzinfo=UTC),
        "kind": kind,
        "unit_name": "Ekeby vårdcentral",
        "hsa_id": "SE2321000024-E1",
        "actor_role": "resident",
        "reason": None,
        "counted_because": None,
        "listing_id": None,
        "queue_entry_id": None,
        "detail": {},
    }
    return SimpleNamespace(**{**base, **more})


def test_every_kind_of_event_has_a_sentence() -> None:
    kinds = dict.fromkeys(kind for _where, kind in constructed("Event", 1))
    assert {"listed", "offer-lapsed", "doctor-ended", "refused", "passed-over"} <= kinds.keys()
    assert kinds.keys() | written_in_sql("listing_event") <= events.SENTENCES.keys()


def test_every_kind_of_message_has_a_sentence() -> None:
    kinds = {kind for _where, kind in constructed("Notice", 1)}
    assert {"offer", "offer-lapsed", "corrected"} <= kinds
    announced = {
        kind
        for path in sorted((ROOT / "listing/services/closing").glob("*.py"))
        for kind in re.findall(r'tell_(?:listed|queue)\(session, values, "([a-z-]+)"', path.read_text())
    }
    assert announced >= {"unit-closing", "closure-withdrawn", "contract-ended", "queue-stands-still"}
    assert kinds | announced | written_in_sql("listing_notice") <= messages.SENTENCES.keys()


def test_every_cause_of_no_change_has_words() -> None:
    assert {*get_args(Cause), *get_args(ReasonCode), "change", "change-from-queue"} <= events.COUNTED.keys()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_sentence_can_be_written_in_both_languages(site: Flask, language: str) -> None:
    with site.test_request_context(f"/?lang={language}"):
        for kind in events.SENTENCES:
            assert "%(" not in events.told(row(kind)).sentence
        for kind, reason in events.CLOSER:
            assert "Ekeby" in events.told(row(kind, reason=reason)).sentence
        for kind in messages.SENTENCES:
            told = SimpleNamespace(
                id=1, kind=kind, unit_name="Ekeby", hsa_id="", detail={}, created_at=None, read_at=None
            )
            assert "%(" not in messages.message(told).text


def test_days_and_places_are_written_out(site: Flask) -> None:
    with site.test_request_context("/?lang=sv"):
        scheduled = events.told(row("scheduled", detail={"valid_from": "2026-12-01"}))
        assert scheduled.sentence == "Ska listas på Ekeby vårdcentral från 1 december 2026."
        queued = events.told(row("queued", detail={"position": 4}))
        assert queued.sentence == "Ställd i kö till Ekeby vårdcentral, på plats 4."


def test_a_refusal_is_told_with_its_reason_and_what_is_not_known_any_more_without(site: Flask) -> None:
    detail = {"because": "limit", "arguments": {"max": 2, "months": 12, "next": "2027-01-02"}}
    with site.test_request_context("/?lang=sv"):
        refused = events.told(row("refused", reason="change-limit-reached", detail=detail))
        assert refused.more.endswith("Nästa byte går att göra 2 januari 2027.")
        old = events.told(row("refused", reason="gone", detail={"because": "gone"}))
        assert old.more == ""
        assert events.told(row("of-a-later-version")).sentence == "of-a-later-version"
