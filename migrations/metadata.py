"""Every table of the product in one `MetaData`, for comparing models with the migrated database."""

from importlib import import_module

from sqlalchemy import MetaData

from core.database import Base

MODEL_MODULES = [
    "core.provenance",
    "core.audit",
    "core.outbox",
    "codes.models",
    "directory.geography.models",
    "directory.models",
    "listing.models",
    "listing.people.models",
    "web.auth.signin.models",
]


def load_metadata() -> MetaData:
    """Import all model modules and return what they declare."""
    for name in MODEL_MODULES:
        import_module(name)
    return Base.metadata
