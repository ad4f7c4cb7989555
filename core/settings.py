"""Settings, read once from the environment; every one is documented in `docs/settings.md`."""

import os
from dataclasses import dataclass, field, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


@dataclass(frozen=True)
class Settings:
    """One value per environment variable `HITTAVARD_<NAME>`; empty means the default.

    `database_url` empty means the embedded cluster under `var_dir/postgres`.
    """

    var_dir: Path = field(default_factory=lambda: _path("HITTAVARD_VAR_DIR", ROOT / "var"))
    database_url: str = field(default_factory=lambda: os.environ.get("HITTAVARD_DATABASE_URL", ""))
    index_dir: Path = field(
        default_factory=lambda: _path(
            "HITTAVARD_INDEX_DIR", _path("HITTAVARD_VAR_DIR", ROOT / "var") / "index"
        )
    )
    host: str = field(default_factory=lambda: os.environ.get("HITTAVARD_HOST") or "127.0.0.1")
    port: int = field(default_factory=lambda: int(os.environ.get("PORT") or "8000"))
    workers: int = field(
        default_factory=lambda: int(os.environ.get("HITTAVARD_WORKERS") or (os.cpu_count() or 2))
    )
    threads: int = field(default_factory=lambda: int(os.environ.get("HITTAVARD_THREADS") or "4"))
    tile_url: str = field(default_factory=lambda: os.environ.get("HITTAVARD_TILE_URL", ""))
    public_url: str = field(default_factory=lambda: os.environ.get("HITTAVARD_PUBLIC_URL", ""))
    log_level: str = field(default_factory=lambda: os.environ.get("HITTAVARD_LOG_LEVEL") or "INFO")

    @classmethod
    def names(cls) -> list[str]:
        """The field names, for the test that every setting is documented."""
        return [f.name for f in fields(cls)]


_settings: Settings | None = None


def settings() -> Settings:
    """The settings of this process."""
    global _settings
    if _settings is None:
        _settings = Settings()
    return _settings
