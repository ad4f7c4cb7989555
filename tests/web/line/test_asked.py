"""What is read from the head of a request."""

from functools import partial
from timeit import timeit

import pytest

from web.line import asked


def _head(line: str, *fields: str) -> bytes:
    return "\r\n".join([line, "Host: x", *fields, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    "line", ["GET / HTTP/1.1", "GET /sok?q=a HTTP/1.1", "HEAD /enhet/SE1 HTTP/1.0", "GET /apiary HTTP/1.1"]
)
def test_pages(line: str) -> None:
    assert asked.is_page(_head(line))
    assert not asked.is_machine(_head(line))
    assert asked.read(_head(line)) is not None


@pytest.mark.parametrize(
    "line",
    [
        "POST /lista/SE1 HTTP/1.1",
        "GET /api/v1/care-units HTTP/1.1",
        "GET /static/abc/css/base.css HTTP/1.1",
        "GET /health/live HTTP/1.1",
        "GET /metrics HTTP/1.1",
        "GET /favicon.ico HTTP/1.1",
        "GET /robots.txt HTTP/1.1",
        "GET /logga-in/svar/bankid?code=1&state=2 HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET http://x/sok HTTP/1.1",
    ],
)
def test_no_pages(line: str) -> None:
    assert not asked.is_page(_head(line))


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
def test_machines_are_known_by_any_method(method: str) -> None:
    assert asked.is_machine(_head(f"{method} /api/v1/listings HTTP/1.1"))
    assert asked.is_machine(_head(f"{method} /fhir/metadata HTTP/1.1"))


@pytest.mark.parametrize(
    "line", ["GET /a b HTTP/1.1", "GET /å HTTP/1.1", "GET / HTTP/2", "GET /", "GET /\x00 HTTP/1.1"]
)
def test_what_is_not_proper_is_left_to_the_parser(line: str) -> None:
    assert asked.read(_head(line)) is None


def test_cookies_in_one_field_or_several() -> None:
    found = asked.read(_head("GET / HTTP/1.1", 'Cookie: a=1; b="2"; =x; c', "COOKIE: d=x=y"))
    assert found is not None
    assert found.cookies == {"a": "1", "b": "2", "d": "x=y", "": "x"}


@pytest.mark.parametrize(
    ("line", "wish", "language"),
    [
        ("GET / HTTP/1.1", "", "sv"),
        ("GET / HTTP/1.1", "en-GB,en;q=0.9,sv;q=0.5", "en"),
        ("GET / HTTP/1.1", "fi, de;q=0.5", "sv"),
        ("GET /sok?q=x&lang=en HTTP/1.1", "sv", "en"),
        ("GET /sok?lang=sv HTTP/1.1", "en", "sv"),
        ("GET /sok?lang=xx HTTP/1.1", "en", "en"),
    ],
)
def test_the_language_is_chosen_as_on_the_pages(line: str, wish: str, language: str) -> None:
    found = asked.read(_head(line, f"Accept-Language: {wish}"))
    assert found is not None
    assert found.language == language


@pytest.mark.parametrize(
    ("field", "looks"),
    [
        ("Sec-Fetch-Dest: document", True),
        ("X-Other: 1", True),
        ("Sec-Fetch-Dest: empty", False),
        ("Sec-Purpose: prefetch;prerender", False),
    ],
)
def test_whether_somebody_looks(field: str, looks: bool) -> None:
    found = asked.read(_head("GET / HTTP/1.1", field))
    assert found is not None
    assert found.document is looks


def test_the_same_page_in_another_language() -> None:
    assert asked.in_language("/sok?q=a%26b&lang=sv&place=%C3%85re", "en") == "?q=a%26b&place=%C3%85re&lang=en"
    assert asked.in_language("//elsewhere.example/", "en") == "?lang=en"


def test_nobodys_question_takes_long() -> None:
    """Whatever is not usual is left to the parser, which refuses it in a thread."""
    most = 60_000
    heads = [
        _head("GET / HTTP/1.1", *["X: y"] * 5_000),
        _head("GET /" + "a" * most + " HTTP/1.1"),
        _head("GET /?" + "a=b&" * (most // 4) + "lang=en HTTP/1.1"),
        _head("GET / HTTP/1.1", "Accept-Language: " + "en;q=0.1," * (most // 9)),
        _head("GET / HTTP/1.1", "Cookie: " + "a=b;" * (most // 4)),
    ]
    assert [asked.read(head) for head in heads[:3]] == [None] * 3
    for head in heads:
        assert min(timeit(partial(asked.read, head), number=1) for _ in range(5)) < 0.1
