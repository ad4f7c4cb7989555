"""The lists that come with the product: code systems and geography, brought up to date at every start."""

import hashlib
from pathlib import Path

from sqlalchemy import Engine, text

from core.settings import ROOT

SUBJECT = "shipped-lists"
_HOLDERS = ("codes", "directory/geography", "directory/data/geography")
_SUFFIXES = {".py", ".tsv", ".csv", ".toml", ".geojson"}


def load_shipped(engine: Engine) -> None:
    """Load what is missing or newer, in one transaction. What a region has loaded itself stays its own."""
    from codes.services import load_shipped as load_code_systems
    from core import audit
    from core.database import unit_of_work
    from directory.geography.services import load_shipped as load_geography

    with unit_of_work(engine) as session:
        load_code_systems(session)
        load_geography(session)
        if not is_loaded(engine):
            audit.record(
                session,
                actor="system",
                action="shipped-lists.loaded",
                subject_kind=SUBJECT,
                subject_key=fingerprint(),
            )


def is_loaded(engine: Engine) -> bool:
    """Whether this database has had exactly these lists: a start that finds so need not read them again."""
    query = text("SELECT EXISTS (SELECT FROM audit_event WHERE subject_kind = :kind AND subject_key = :key)")
    with engine.connect() as connection:
        return bool(connection.scalar(query, {"kind": SUBJECT, "key": fingerprint()}))


def fingerprint() -> str:
    """Digest of the lists and of the code that loads them."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files() -> list[Path]:
    found = (path for holder in _HOLDERS for path in (ROOT / holder).rglob("*"))
    return sorted(path for path in found if path.suffix in _SUFFIXES)
