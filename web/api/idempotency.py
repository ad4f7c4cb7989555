"""The header Idempotency-Key: by it, a call that is sent again is carried out once.

After draft-ietf-httpapi-idempotency-key-header. Which calls are the same, and what is answered the second
time, is decided by the operation that the key is handed to.
"""

import re

from flask import request

from core.problems import Problem

HEADER = "Idempotency-Key"
_FORM = re.compile(r"[!-~]{1,255}")


class IdempotencyKeyMissing(Problem):
    """A call that changes something must be safe to send again."""

    code = "idempotency-key-missing"
    status = 400
    title = "Idempotency key missing"

    def __init__(self) -> None:
        super().__init__(f"Send the header {HEADER} with a new random value, such as a UUID, for each change")


class IdempotencyKeyInvalid(Problem):
    """The key is not of the documented form."""

    code = "idempotency-key-invalid"
    status = 400
    title = "Idempotency key invalid"

    def __init__(self) -> None:
        super().__init__(f"{HEADER} must be 1 to 255 visible ASCII characters")


def idempotency_key() -> str:
    """The key of this request. Quotation marks around it, which the draft asks for, are not part of it."""
    given = request.headers.get(HEADER)
    if given is None:
        raise IdempotencyKeyMissing
    key = given[1:-1] if len(given) > 2 and given[0] == given[-1] == '"' else given
    if not _FORM.fullmatch(key):
        raise IdempotencyKeyInvalid
    return key
