"""What is kept for a browser is sealed with the secret in its cookie, which is kept nowhere else.

So there is no key to guard or rotate here: a copy of the database holds nothing that can be read or used,
and what is kept is unreadable from the moment that the browser forgets its cookie.
"""

import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
SECRET_LENGTH = 43


def new_secret() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def derived(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose; none tells anything of the secret or of another purpose (HMAC-SHA256)."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


def seal(secret: str, content: dict[str, Any], bound_to: bytes) -> bytes:
    """Encrypt with AES-256-GCM; can be opened only with the same secret, for the same row."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(derived(secret, "seal")).encrypt(nonce, json.dumps(content).encode(), bound_to)


def unseal(secret: str, sealed: bytes, bound_to: bytes) -> dict[str, Any] | None:
    """What was sealed; None with another secret, for another row, or after any change."""
    try:
        plain = AESGCM(derived(secret, "seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound_to)
    except InvalidTag:
        return None
    content: dict[str, Any] = json.loads(plain)
    return content
