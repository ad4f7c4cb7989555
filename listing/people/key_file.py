"""The key file: JSON with base64 secrets, for its owner's eyes, replaced whole and never half written."""

import base64
import binascii
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from core import clock
from core.settings import settings
from listing.people.errors import KeyInUse, KeysUnavailable
from listing.people.keys import MOST_KEYS, SECRET_BYTES, KeyRing, KeySet, Use

_T = TypeVar("_T")

_FORMAT = "hittavard-keys-1"
_TOO_OPEN = 0o037  # the owner may do anything, the group may read (a mounted secret), others nothing

Content = dict[str, Any]


def read(path: Path) -> KeyRing:
    """The ring in the file; every refusal says what is wrong and repeats nothing of the file."""
    return _ring(_load(path))


def create(path: Path) -> None:
    """Write a file with one new key per use, readable by its owner only. Refuses to replace one."""
    content: Content = {"format": _FORMAT}
    for use in Use:
        content[use] = {"current": 1, "keys": {"1": _new_key()}}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _write_beside(path, content)
    try:
        os.link(fresh, path)  # unlike a rename, never replaces a file that another process has just made
    except FileExistsError:
        raise KeysUnavailable(f"{path} is there already") from None
    finally:
        fresh.unlink()


def create_for_development(path: Path) -> None:
    """Make the missing file in development; refuse in production."""
    if settings().in_production:
        raise KeysUnavailable(
            f"the key file {path} is missing; restore it from where you keep it (HITTAVARD_KEYS_FILE says "
            "where it lies), or make the first one with `hittavard keys create`"
        )
    try:
        create(path)
    except KeysUnavailable:
        if not path.exists():
            raise


def add(path: Path, use: Use) -> int:
    """Add a new key, live but not current; returns its number."""

    def change(content: Content) -> int:
        keys = _section(content, use)["keys"]
        # A number is never given twice, though its key be gone: `last` remembers.
        number = max(*map(int, keys), int(content[use].get("last", 0))) + 1
        if number > MOST_KEYS:
            raise KeyInUse(f"there are no numbers left for {use} keys")
        keys[str(number)] = _new_key()
        content[use]["last"] = number
        return number

    return _edit(path, change)


def make_current(path: Path, use: Use, number: int | None = None) -> int:
    """Let that key, or the newest, be the one that new rows use; returns its number."""

    def change(content: Content) -> int:
        keys = _section(content, use)["keys"]
        chosen = number if number is not None else max(map(int, keys))
        if str(chosen) not in keys:
            raise KeysUnavailable(f"there is no {use} key {chosen}; `hittavard keys list` shows them")
        content[use]["current"] = chosen
        return chosen

    return _edit(path, change)


def remove(path: Path, use: Use, number: int) -> None:
    """Take a key out of the file. Whether rows still need it is the caller's to have asked."""

    def change(content: Content) -> None:
        if _section(content, use)["current"] == number:
            raise KeyInUse(f"{use} key {number} is the current one; add and rotate first")
        if content[use]["keys"].pop(str(number), None) is None:
            raise KeysUnavailable(f"there is no {use} key {number}; `hittavard keys list` shows them")
        content[use]["last"] = max(number, int(content[use].get("last", 0)), *map(int, content[use]["keys"]))

    _edit(path, change)


def created(path: Path) -> dict[tuple[Use, int], str]:
    """When each key was made."""
    content = _load(path)
    return {
        (use, int(number)): key.get("created", "")
        for use in Use
        if use in content
        for number, key in content[use]["keys"].items()
    }


def _new_key() -> dict[str, str]:
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return {"secret": secret, "created": clock.now().date().isoformat()}


def _load(path: Path) -> Content:
    try:
        mode = path.stat().st_mode
        raw = path.read_bytes()
    except OSError as error:
        raise KeysUnavailable(f"cannot read the key file {path}: {error.strerror}") from error
    if mode & _TOO_OPEN:
        raise KeysUnavailable(f"others than its owner may use the key file {path}; run `chmod 600` on it")
    try:
        content = json.loads(raw)
        if content["format"] != _FORMAT:
            raise ValueError
        _ring(content)
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not `from error`: a decoder's error carries the text that it could not decode.
        raise KeysUnavailable(f"the key file {path} is not a key file, or damaged") from None
    checked: Content = content
    return checked


def _ring(content: Content) -> KeyRing:
    return KeyRing({use: _key_set(use, content[use]) for use in Use if use in content})


def _section(content: Content, use: Use) -> Content:
    if use not in content:
        raise KeysUnavailable(f"the key file has no {use} keys")
    section: Content = content[use]
    return section


def _key_set(use: Use, section: Content) -> KeySet:
    try:
        secrets_by_number = {
            int(number): base64.b64decode(key["secret"], validate=True)
            for number, key in section["keys"].items()
        }
    except binascii.Error:
        raise ValueError from None
    return KeySet(use, secrets_by_number, section["current"])


def _edit(path: Path, change: Callable[[Content], _T]) -> _T:
    with _alone(path):
        content = _load(path)
        result = change(content)
        _ring(content)
        fresh = _write_beside(path, content)
        fresh.replace(path)
        _sync(path.parent)
        return result


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One editor at a time; the lock is a file of its own, because the key file is replaced."""
    try:
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise KeysUnavailable(f"cannot change the key file {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_beside(path: Path, content: Content) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
