"""Every setting of the room, declared once: feeds the processes, the docs and the tests."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
MOST_GB = 1e6


def _setting(variable: str, default: str, doc: str) -> str:
    return field(default=default, metadata={"variable": variable, "doc": doc})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Values from the environment; empty means unset."""

    host: str = _setting("GWANJE_HOST", "127.0.0.1", "Address the web server listens on.")
    port: str = _setting("GWANJE_PORT", "8050", "Port of the web server.")
    var_dir: str = _setting("GWANJE_VAR", "var", "Folder for everything the room keeps.")
    park: str = _setting("GWANJE_PARK", "changwon", "Folder name under parks/.")
    detector: str = _setting("GWANJE_DETECTOR", "", "Path of an ONNX detector of the YOLOX family.")
    engine: str = _setting(
        "GWANJE_ENGINE", "onnxruntime", "What runs the detector: `onnxruntime` or `opencv`."
    )
    clips_budget: str = _setting(
        "GWANJE_CLIPS_GB",
        "20",
        "GiB that clips and stills may fill; then the oldest that nobody holds goes first.",
    )
    admin_password: str = _setting("GWANJE_ADMIN_PASSWORD", "", "First password of admin; else made.")
    trusted_hosts: str = _setting(
        "GWANJE_TRUSTED_HOSTS", "", "Further host names the room is reached by, comma separated."
    )
    trusted_proxies: str = _setting(
        "GWANJE_TRUSTED_PROXIES",
        "",
        "Addresses or networks of the proxies before the room, comma separated; `X-Forwarded-For` and"
        " `X-Forwarded-Proto` are believed of them alone. Behind a proxy that is not named everybody counts"
        " as one address for the limits of signing in.",
    )
    redis_url: str = _setting("REDIS_URL", "", "Redis to use; else one is started under the data folder.")
    database_url: str = _setting("DATABASE_URL", "", "SQLAlchemy URL; else SQLite in the data folder.")
    smtp: str = _setting(
        "GWANJE_SMTP",
        "",
        "Mail server, `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://` `[user:password@]host[:port]`;"
        " unset: mails fail, and that shows.",
    )
    smtp_from: str = _setting("GWANJE_SMTP_FROM", "", "Address that mails are from.")
    webhook_secret: str = _setting(
        "GWANJE_WEBHOOK_SECRET", "", "Signs webhooks and CAP alerts (HMAC-SHA256); unset: they fail."
    )

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Take the settings from the environment; a bad port, size or network raises ValueError naming it."""
        variables = {f.name: f.metadata["variable"] for f in fields(cls)}
        given = {name: environ[variable] for name, variable in variables.items() if environ.get(variable)}
        settings = cls(**given)
        if not settings.port.isdigit() or not 0 < int(settings.port) < 65536:
            raise ValueError(f"GWANJE_PORT: not a port: {settings.port!r}")
        if not 0 < settings.clips_gb < MOST_GB:
            raise ValueError(f"GWANJE_CLIPS_GB: not a size: {settings.clips_budget!r}")
        for proxy in settings.proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError as error:
                raise ValueError(f"GWANJE_TRUSTED_PROXIES: {error}") from error
        return settings

    @property
    def proxies(self) -> list[str]:
        """Addresses and networks of the trusted proxies."""
        return [proxy.strip() for proxy in self.trusted_proxies.split(",") if proxy.strip()]

    @property
    def clips_gb(self) -> float:
        """GiB that clips may fill; 0 when what was given is no number."""
        try:
            return float(self.clips_budget)
        except ValueError:
            return 0.0

    @property
    def var(self) -> Path:
        """Absolute data folder."""
        return Path(self.var_dir).resolve()

    @property
    def park_dir(self) -> Path:
        """Folder of the park's files."""
        return _ROOT / "parks" / self.park

    @property
    def redis(self) -> str:
        """URL of the Redis in use (the embedded one listens on a socket in the data folder)."""
        return self.redis_url or f"unix://{self.var / 'redis' / 'redis.sock'}"

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the record."""
        return self.database_url or f"sqlite:///{self.var / 'gwanje.db'}"
