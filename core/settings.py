"""Settings, read once from the environment; every one is documented in `docs/settings.md`."""

import os
from dataclasses import dataclass, field, fields
from pathlib import Path

from core.problems import Invalid
from core.token_settings import TokenSettings

ROOT = Path(__file__).resolve().parent.parent


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def _path(name: str, default: Path) -> Path:
    return Path(_text(name) or default).expanduser().resolve()


def _one_of(name: str, default: str, *others: str) -> str:
    value = _text(name, default)
    if value not in (default, *others):
        raise Invalid(f"{name} must be {' or '.join((default, *others))}, not {value!r}")
    return value


def _path_or_none(name: str) -> Path | None:
    return Path(_text(name)).expanduser().resolve() if _text(name) else None


def _number(name: str, default: int) -> int:
    value = _text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise Invalid(f"{name} must be a whole number, not {value!r}")
    return int(value)


@dataclass(frozen=True)
class Settings:
    """One value per environment variable; empty means the default.

    `database_url` empty means the embedded cluster under `var_dir/postgres`. `environment` is `development`
    or `production`; `hittavard serve` takes an empty one for production.
    """

    var_dir: Path = field(default_factory=lambda: _path("HITTAVARD_VAR_DIR", ROOT / "var"))
    database_url: str = field(default_factory=lambda: _text("HITTAVARD_DATABASE_URL"))
    index_dir: Path = field(
        default_factory=lambda: _path(
            "HITTAVARD_INDEX_DIR", _path("HITTAVARD_VAR_DIR", ROOT / "var") / "index"
        )
    )
    environment: str = field(
        default_factory=lambda: _one_of("HITTAVARD_ENVIRONMENT", "development", "production")
    )
    keys_file: Path = field(
        default_factory=lambda: _path(
            "HITTAVARD_KEYS_FILE", _path("HITTAVARD_VAR_DIR", ROOT / "var") / "keys.json"
        )
    )
    host: str = field(default_factory=lambda: _text("HITTAVARD_HOST", "127.0.0.1"))
    port: int = field(default_factory=lambda: _number("PORT", 8000))
    workers: int = field(default_factory=lambda: _number("HITTAVARD_WORKERS", os.cpu_count() or 2))
    threads: int = field(default_factory=lambda: _number("HITTAVARD_THREADS", 4))
    tile_url: str = field(default_factory=lambda: _text("HITTAVARD_TILE_URL"))
    public_url: str = field(default_factory=lambda: _text("HITTAVARD_PUBLIC_URL"))
    ranking_file: Path | None = field(default_factory=lambda: _path_or_none("HITTAVARD_RANKING_FILE"))
    sign_in_file: Path | None = field(default_factory=lambda: _path_or_none("HITTAVARD_SIGN_IN_FILE"))
    sign_in_level: int = field(default_factory=lambda: _number("HITTAVARD_SIGN_IN_LEVEL", 2))
    listing_level: int = field(default_factory=lambda: _number("HITTAVARD_LISTING_LEVEL", 3))
    staff_level: int = field(default_factory=lambda: _number("HITTAVARD_STAFF_LEVEL", 3))
    session_idle_minutes: int = field(default_factory=lambda: _number("HITTAVARD_SESSION_IDLE_MINUTES", 20))
    session_minutes: int = field(default_factory=lambda: _number("HITTAVARD_SESSION_MINUTES", 480))
    idempotency_days: int = field(default_factory=lambda: _number("HITTAVARD_IDEMPOTENCY_DAYS", 30))
    outbox_hours: int = field(default_factory=lambda: _number("HITTAVARD_OUTBOX_HOURS", 24))
    line_seconds: int = field(default_factory=lambda: _number("HITTAVARD_LINE_SECONDS", 3))
    line_pass_minutes: int = field(default_factory=lambda: _number("HITTAVARD_LINE_PASS_MINUTES", 20))
    development_sign_in_port: int = field(
        default_factory=lambda: _number("HITTAVARD_DEVELOPMENT_SIGN_IN_PORT", _number("PORT", 8000) + 1000)
    )
    tokens: TokenSettings = field(default_factory=TokenSettings)
    log_level: str = field(default_factory=lambda: _text("HITTAVARD_LOG_LEVEL", "INFO"))

    @property
    def in_production(self) -> bool:
        """Whether nothing may be made up: no development sign-in, no key file made on the way."""
        return self.environment == "production"

    @classmethod
    def names(cls) -> list[str]:
        """The field names, for the test that every setting is documented."""
        return [f.name for f in fields(cls)]


_settings: Settings | None = None


def default_environment(name: str) -> None:
    """What the environment is when nobody has said, for this process and those that it starts."""
    global _settings
    if not _text("HITTAVARD_ENVIRONMENT"):
        os.environ["HITTAVARD_ENVIRONMENT"] = name
        _settings = None


def settings() -> Settings:
    """The settings of this process."""
    global _settings
    if _settings is None:
        _settings = Settings()
    return _settings
