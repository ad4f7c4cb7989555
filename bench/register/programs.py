"""Programs that come with PostgreSQL."""

from core.cluster import binaries


def pgbench() -> str:
    """The path of pgbench; it stands beside the server's own programs."""
    folder = binaries.find()
    return str(folder / "pgbench") if folder else "pgbench"
