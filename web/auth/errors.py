"""Refusals of callers. No message repeats what the token holds."""

from typing import ClassVar

from core.problems import Problem

REALM = 'Bearer realm="hittavard"'


class TokenMissing(Problem):
    """The route needs an access token, and there is none (RFC 6750, 3: no error code then)."""

    code = "token-missing"
    status = 401
    title = "Access token missing"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": REALM}

    def __init__(self) -> None:
        super().__init__("Send an access token: Authorization: Bearer <token>")


class TokenInvalid(Problem):
    """The token is not one that we can trust; the detail says why."""

    code = "token-invalid"
    status = 401
    title = "Access token invalid"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}


class TokenExpired(TokenInvalid):
    """The token was good, and its time is over."""

    code = "token-expired"
    title = "Access token expired"

    def __init__(self) -> None:
        super().__init__("The access token has expired; get a new one")


class RoleNotAllowed(Problem):
    """The caller is known, and their role may not call this route (RFC 6750: insufficient_scope)."""

    code = "role-not-allowed"
    status = 403
    title = "Role not allowed"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope"'}

    def __init__(self) -> None:
        super().__init__("The role in the access token may not call this")


class PurposeMissing(Problem):
    """Persons are read for a stated purpose only (patientdatalagen 2008:355, 2 kap. 4 §)."""

    code = "purpose-missing"
    status = 403
    title = "Purpose missing"

    def __init__(self) -> None:
        super().__init__(
            "Say why persons are read: a purpose in the access token, or the header Access-Purpose"
        )


class PurposeInvalid(Problem):
    """The stated purpose is none that we know, or another than the token's."""

    code = "purpose-invalid"
    status = 400
    title = "Purpose invalid"


class KeysUnavailable(Problem):
    """The issuer's keys have never been had, so its tokens can be neither trusted nor refused."""

    code = "token-keys-unavailable"
    status = 503
    title = "Keys of the issuer unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The keys of the token's issuer cannot be fetched just now; try again in a few seconds"
        )
