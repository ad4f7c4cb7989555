"""The server's settings, written anew at every start so that a moved folder or a changed rule takes hold."""

import os
from pathlib import Path

PORT = 5432  # only the name of the socket file: the server listens on no network port

_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "ssl": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C.UTF-8",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    # Data fits in memory: a page out of order costs little more than one in order.
    "random_page_cost": "1.1",
    # PostGIS functions claim high costs, and compiling takes longer than our queries do.
    "jit": "off",
    "log_checkpoints": "off",
}
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


_LEAST_BUFFERS, _MOST_BUFFERS = 128, 1024
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def configuration(socket_folder: Path, durable: bool) -> str:
    """The text of `hittavard.conf`."""
    values = {
        **_ALWAYS,
        "shared_buffers": f"{buffers(_memory())}MB",
        "unix_socket_directories": f'"{socket_folder}"',
        "port": str(PORT),
        **({} if durable else _FAST),
    }
    return "".join(f"{name} = '{value}'\n" for name, value in values.items())


def buffers(memory: int) -> int:
    """Megabytes of pages that the server keeps, given the machine's bytes of memory.

    An eighth: the web server's workers hold the directory in theirs, and pages that are not kept here are
    still in the system's cache. A gigabyte holds what a million listings are written to; memory is taken as
    pages come to be used, not at the start.
    """
    return min(max(memory // 8 // 2**20, _LEAST_BUFFERS), _MOST_BUFFERS)


def _memory() -> int:
    """What this machine has, or the container that we are in may use."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(memory, int(_CGROUP_LIMIT.read_text(encoding="ascii")))
    except (OSError, ValueError):  # no such file, or the word "max"
        return memory
