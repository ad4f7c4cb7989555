"""Where to go after signing in: a path of this site and nothing else (CWE-601, open redirect)."""

from urllib.parse import urlsplit

_LONGEST = 2000


def local_path(wish: str | None, default: str = "/") -> str:
    """The wish if it is a path of ours, else `default`.

    Browsers read `//host` and `/\\host` as another site and drop tabs and line breaks before they look, so
    nothing but plain visible ASCII passes.
    """
    if not wish or len(wish) > _LONGEST or not wish.startswith("/") or wish.startswith("//"):
        return default
    if (
        "\\" in wish
        or not wish.isascii()
        or any(character <= " " or character == "\x7f" for character in wish)
    ):
        return default
    parts = urlsplit(wish)
    return default if parts.scheme or parts.netloc else wish


def address_here(full_path: str) -> str:
    """A request's path with its query, without the lone question mark that Flask adds."""
    return full_path.removesuffix("?")
