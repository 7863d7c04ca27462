"""Stills under ``var/stills``: which camera took one, and those that belong to no clip."""

import contextlib
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

SECRET = 22  # characters of what nobody can guess in an id


class Still(Struct, frozen=True):
    """A still of no clip; ``camera`` is the asset's id, empty where its id does not tell."""

    id: str
    camera: str
    began: datetime
    size_bytes: int

    @property
    def ended(self) -> datetime:
        """When it was taken."""
        return self.began


def new_id(camera: str) -> str:
    """Return an id that nobody can guess; it tells its camera, the asset's name, where one is given."""
    secret = secrets.token_urlsafe(16)
    return f"{camera}-{secret}" if camera else secret


def camera_of(still: str) -> str:
    """Return the name of the camera that took a still; empty for ids of before cameras stood in them."""
    name, mark = still[: -SECRET - 1], still[-SECRET - 1 : -SECRET]
    return name if mark == "-" else ""


def loose(folder: Path, named: Collection[str], park: str) -> list[Still]:
    """Return the stills of a folder whose ids are not ``named``, as those of clips are; blocks."""
    found = []
    for path in folder.glob("*.jpg"):
        if path.stem in named:
            continue
        camera = camera_of(path.stem)
        asset = f"{park}/camera/{camera}" if camera else ""
        with contextlib.suppress(FileNotFoundError):
            told = path.stat()
            taken = datetime.fromtimestamp(told.st_mtime, UTC)
            found.append(Still(path.stem, asset, taken, told.st_size))
    return found
