"""Which build this is: a browser that carries another one reloads."""

import hashlib
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_SHOWN = ("assets", "layouts", "callbacks", "locales")
_SUFFIXES = (".py", ".mjs", ".css", ".po")


def build_id(root: Path = _ROOT) -> str:
    """Return 12 hex digits over everything that a page is made of."""
    digest = hashlib.sha256()
    files = (path for room in _SHOWN for path in (root / room).rglob("*") if path.suffix in _SUFFIXES)
    for path in sorted(files):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def new_epoch() -> str:
    """Return a mark of this process: its start in ms since 1970."""
    return str(time.time_ns() // 1_000_000)
