"""Questions that memory answers: the worker's loop answers them itself, with no thread in between.

Handing a request to a thread and its answer back costs more than half of what the search costs, and threads
that compute take the interpreter from each other. So the loop tries what is most likely answered from memory.
Whatever finds that it must wait for something else (a database, the first reading of the directory) calls
`or_in_thread` first; then the same request is answered anew in a thread, where waiting harms nobody.
"""

import threading

_PATHS = (b"GET /api/v1/care-units", b"GET /api/v1/suggestions")
_BODY = (b"\ncontent-length:", b"\ntransfer-encoding:", b"\nexpect:")
_END = b"\r\n\r\n"
_loop: int | None = None


class NeedsThread(BaseException):
    """The answer needs more than memory. Not an `Exception`: no handler of errors may take it for one."""


def this_is_the_loop() -> None:
    """The calling thread is the one that must never wait."""
    global _loop
    _loop = threading.get_ident()


def or_in_thread() -> None:
    """Call before anything that may wait. Raises `NeedsThread` in the loop; does nothing elsewhere."""
    if _loop == threading.get_ident():
        raise NeedsThread


def in_loop() -> bool:
    """Whether the caller is the loop."""
    return _loop == threading.get_ident()


def is_likely(head: bytes | bytearray) -> bool:
    """Whether this is the head of one single request without a body for what memory mostly answers."""
    if not head.startswith(_PATHS) or head.find(_END) != len(head) - len(_END):
        return False
    plain = head.lower()
    return not any(name in plain for name in _BODY)
