"""Memory that is no longer needed goes back to the system."""

import ctypes
import gc


def give_back() -> None:
    """Return what was freed, after work that needed much more than it keeps.

    The C library keeps freed memory for itself, by thread and in pieces; glibc gives it back when asked. What
    is alive is taken out of the garbage collector's rounds, which would only slow down those who answer.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
