"""Alembic's entry point; `core/migrate.py` hands it a connection that already holds the migration lock."""

from alembic import context

from migrations.comparison import OPTIONS
from migrations.metadata import load_metadata


def run() -> None:
    """Run the wanted migrations, one transaction each."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("run migrations through `hittavard db upgrade`")
    # Only a comparison needs the models; an upgrade must not depend on what they say today.
    comparing = context.config.attributes.get("compare", False)
    context.configure(
        connection=connection,
        target_metadata=load_metadata() if comparing else None,
        transaction_per_migration=True,
        **OPTIONS,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
