"""What the head of a request says to whoever keeps the line: what is asked for, and the cookies."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from web.language import LANGUAGES, preferred

MACHINES = ("/api/", "/fhir/", "/rivta/")
_OTHERS = ("/static/", "/health/", "/metrics", "/favicon.ico", "/robots.txt", "/logga-in/svar/", "/utloggad")
"""No pages that one can wait for; the way back from a provider and out holds values for one use."""
NOT_PAGES = (*MACHINES, *_OTHERS)
_NOT_PAGES = tuple(f"{method} {path}".encode() for method in ("GET", "HEAD") for path in NOT_PAGES)
_READS = (b"GET /", b"HEAD /")
_LINE = re.compile(rb"(GET|HEAD) (/[!-~]{0,4000}) HTTP/1\.[01]\r\n")
_MOST_FIELDS = 100
_LONGEST_WISH = 200
_DOCUMENTS = ("", "document", "iframe", "frame")


@dataclass(frozen=True, slots=True)
class Asked:
    """`target` is the path with its query. `document`: somebody looks at what comes, now."""

    method: str
    target: str
    cookies: dict[str, str]
    language: str
    document: bool


def is_page(head: bytes | bytearray) -> bool:
    """Whether this is a question for a page, which can be asked again without harm."""
    return head.startswith(_READS) and not head.startswith(_NOT_PAGES)


def is_machine(head: bytes | bytearray) -> bool:
    """Whether a machine interface is asked, by whatever method."""
    target = bytes(head[:32]).partition(b" ")[2]
    return target.startswith(tuple(prefix.encode() for prefix in MACHINES))


def read(head: bytes | bytearray) -> Asked | None:
    """The question for a page in full; None when it is no proper one or longer than any for a page is.

    Such are left to the parser, in a thread: nobody's question takes the loop long.
    """
    line = _LINE.match(head)
    if line is None or head.count(b"\r\n") > _MOST_FIELDS:
        return None
    fields = _fields(bytes(head[line.end() : head.find(b"\r\n\r\n")]))
    target = line[2].decode("ascii")
    purpose = fields.get("sec-purpose", "") + fields.get("purpose", "")
    return Asked(
        method=line[1].decode(),
        target=target,
        cookies=_cookies(fields.get("cookie", "")),
        language=_language(target, fields.get("accept-language", "")),
        document=fields.get("sec-fetch-dest", "") in _DOCUMENTS and "prefetch" not in purpose,
    )


def in_language(target: str, language: str) -> str:
    """A relative reference to the same page in another language."""
    query = parse_qsl(target.partition("?")[2], keep_blank_values=True)
    return "?" + urlencode([*((name, value) for name, value in query if name != "lang"), ("lang", language)])


def _fields(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip()
        found[name] = f"{found[name]}; {value}" if name == "cookie" and name in found else value
    return found


def _cookies(field: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in field.split(";"))
    return {name.strip(): value.strip().strip('"') for name, equals, value in pairs if equals}


def _language(target: str, wishes: str) -> str:
    query = target.partition("?")[2]
    wished = (
        next((value for name, value in parse_qsl(query) if name == "lang"), "") if "lang" in query else ""
    )
    return (
        wished
        if wished in LANGUAGES
        else preferred(parse_accept_header(wishes[:_LONGEST_WISH], LanguageAccept))
    )
