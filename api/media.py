"""Clips and stills of camera events, by their opaque id."""

import re
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse

from api.room import Room

router = APIRouter()
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def inside(root: Path, name: str, suffix: str) -> Path:
    """Return the file ``name + suffix`` under ``root``.

    Raises:
        HTTPException: 404 when the id is no id, or the file is missing or outside ``root``.
    """
    if _ID.fullmatch(name):
        path = (root / f"{name}{suffix}").resolve()
        if path.is_relative_to(root.resolve()) and path.is_file():
            return path
    raise HTTPException(404, "no such picture")


@router.get("/api/v1/clips/{clip}")
def clip(clip: str, room: Room) -> FileResponse:
    """Return a clip as MP4; ranges are answered."""
    return FileResponse(inside(room.settings.var / "clips", clip, ".mp4"), media_type="video/mp4")


@router.get("/api/v1/stills/{still}")
def still(still: str, room: Room) -> FileResponse:
    """Return a still as JPEG."""
    return FileResponse(inside(room.settings.var / "stills", still, ".jpg"), media_type="image/jpeg")
