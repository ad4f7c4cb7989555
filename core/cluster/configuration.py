"""The server's settings, written anew at every start so that a moved folder or a changed rule takes hold."""

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


def configuration(socket_folder: Path, durable: bool) -> str:
    """The text of `hittavard.conf`."""
    values = {
        **_ALWAYS,
        "unix_socket_directories": f'"{socket_folder}"',
        "port": str(PORT),
        **({} if durable else _FAST),
    }
    return "".join(f"{name} = '{value}'\n" for name, value in values.items())
