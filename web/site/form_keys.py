"""One-time keys of forms, and names for people in them; both are good in one session only.

A page that asks for confirmation carries a key that no other page has: whatever is sent twice with it (a
double click, the back button, a lost connection) is one operation to the register. People are named in
addresses and forms by values that mean nothing to anybody else, and never by number or name.
"""

import hmac
import re
import secrets

from web.auth.signin import cookies
from web.auth.signin.sealing import derived
from web.site.operations import FormNotOurs

_KEY = re.compile(r"[A-Za-z0-9_-]{22}\.[0-9a-f]{32}")


def new_key(purpose: str) -> str:
    """A key for one sending of a form; `purpose` says which form it is for."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_signature('form key', f'{purpose} {nonce}')}"


def checked_key(purpose: str, key: str) -> str:
    """The key as an idempotency key; `FormNotOurs` unless this session was given it for this form."""
    nonce, _, signature = key.partition(".")
    right = _signature("form key", f"{purpose} {nonce}")
    if not _KEY.fullmatch(key) or not _same(signature, right):
        raise FormNotOurs("The form was not given out in this session")
    return f"web:{key}"


def handle(person_id: int) -> str:
    """What a person is called in this session's forms and addresses."""
    return _signature("person", str(person_id))[:20]


def person_of(wanted: str, known: list[int]) -> int | None:
    """Who of those known here is called so."""
    return next((one for one in known if _same(handle(one), wanted)), None)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _signature(use: str, text: str) -> str:
    secret = derived(cookies.session_secret(), use)
    return hmac.new(secret, text.encode(), "sha256").hexdigest()[:32]
