"""Every refusal that `listing` can raise has its sentence in both languages, and the reverse."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import get_args

import pytest
from flask import Flask

from core.problems import Problem
from core.settings import ROOT, Settings
from listing import errors
from listing.people.errors import PersonUnknown
from listing.policy.codes import Decider
from listing.rules import entitlement
from listing.rules.decision import RefusalCode, Refused
from web.app import create_app
from web.refusals import PLAIN, SENTENCES, said

VALUES = {
    "gone": tuple(entitlement._GONE.values()),
    "kind": ("registered", "coordination-number", "reserve-number"),
    "acting.relation": ("ombud", "god-man", "forvaltare"),
    "reason.decided_by": get_args(Decider),
    "_why_not(limit, reason)": ("not-a-reason-here", *(f"decided-by-{who}" for who in get_args(Decider))),
}
"""What the expressions stand for that no literal beside them tells. A new one must be added here."""


def refusals() -> Iterator[tuple[str, str, str]]:
    """Where, code and reason of every `Refused(...)` in the source."""
    for path in sorted((ROOT / "listing").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refused":
                    code, because = call.args[:2]
                    assert isinstance(code, ast.Constant), (path, call.lineno)
                    assert isinstance(code.value, str)
                    for reason in spelled(because, function):
                        yield f"{path.name}:{call.lineno}", code.value, reason


def spelled(node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """Every text that the expression can be."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from spelled(node.body, function)
        yield from spelled(node.orelse, function)
    elif isinstance(node, ast.JoinedStr):
        parts = [[*_part(part, function)] for part in node.values]
        yield from map("".join, product(*parts))
    elif ast.unparse(node) in VALUES:
        yield from VALUES[ast.unparse(node)]
    else:
        given = [
            assigned.value
            for assigned in ast.walk(function)
            if isinstance(assigned, ast.Assign) and ast.unparse(assigned.targets[0]) == ast.unparse(node)
        ]
        assert given, f"what can {ast.unparse(node)} be? Say it in VALUES"
        for value in given:
            yield from spelled(value, function)


def _part(node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    yield from spelled(node.value if isinstance(node, ast.FormattedValue) else node, function)


_GENERAL = (Problem, errors.ListingRefused)


def problems() -> Iterator[type[Problem]]:
    """The problems of the register that are no rule's."""
    yield PersonUnknown
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, Problem) and value not in _GENERAL:
            yield value


@pytest.fixture(scope="module")
def app(translations: None) -> Flask:
    """The application, for its languages."""
    return create_app(Settings())


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal() -> None:
    found = {(code, reason) for _, code, reason in refusals()}
    assert len(found) > 50
    assert found - SENTENCES.keys() == set()
    assert SENTENCES.keys() - found == set()
    assert {code for code, _ in SENTENCES} == set(get_args(RefusalCode))


def test_every_other_problem_has_its_sentence() -> None:
    assert {problem.code for problem in problems()} | {"busy"} == set(PLAIN)


ARGUMENTS = {
    **dict.fromkeys(("closes", "first", "last", "next", "signed", "registered"), date(2026, 12, 24)),
    **dict.fromkeys(("max", "months", "age", "missing", "waiting", "places", "ceiling", "assigned"), 2),
    "reason": "moved",
    "number": "K7XM-4QTD",
    "region": "03",
}


@pytest.mark.parametrize(("language", "month"), [("sv", "24 december 2026"), ("en", "24 December 2026")])
def test_sentences_are_written_out_in_the_language_asked_for(app: Flask, language: str, month: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        texts = {}
        for code, because in SENTENCES:
            refused = errors.ListingRefused(Refused(code, because, ARGUMENTS))  # type: ignore[arg-type]
            texts[code, because] = said(refused)
        texts |= {(code, ""): str(text) for code, text in PLAIN.items()}
    assert all(re.fullmatch(r"[A-ZÅÄÖ].*[.]", text) for text in texts.values())
    assert not [text for text in texts.values() if "%" in text]
    assert month in texts["unit-not-listable", "unit-closing"]
    swedish = [text for text in texts.values() if re.search("[åäöÅÄÖ]", text)]
    assert (len(swedish) > 30) if language == "sv" else swedish == []


def test_the_arguments_of_every_sentence_are_given_by_its_refusal() -> None:
    """A sentence that asks for what its rule does not say would be a fault of ours, not a refusal."""
    wanted = {reason: set(re.findall(r"%\((\w+)\)s", str(text))) for reason, text in SENTENCES.items()}
    given: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / "listing").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refused":
                    code = call.args[0]
                    assert isinstance(code, ast.Constant)
                    said_code = str(code.value)
                    names = _names(call.args[2], function) if len(call.args) > 2 else set()
                    for because in spelled(call.args[1], function):
                        before = given.get((said_code, because))
                        given[said_code, because] = names if before is None else before & names
    assert {reason: words - given[reason] for reason, words in wanted.items() if words - given[reason]} == {}


def _names(node: ast.expr, function: ast.FunctionDef) -> set[str]:
    if isinstance(node, ast.Dict):
        found: set[str] = set()
        for key, value in zip(node.keys, node.values, strict=True):
            found |= _names(value, function) if key is None else {ast.literal_eval(key)}
        return found
    for assigned in ast.walk(function):
        if isinstance(assigned, ast.Assign) and ast.unparse(assigned.targets[0]) == ast.unparse(node):
            return _names(assigned.value, function)
    raise AssertionError(ast.unparse(node))
