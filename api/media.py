"""Clips and stills of camera events, by their opaque id; who looks at a clip, and for what, is on record."""

import re
import time
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import FileResponse

from api.room import Room, Visitor
from api.witness import witnessed

router = APIRouter()
VIEWING_S = 600.0  # a player asks for a clip part by part: one viewing is one row
Purpose = Annotated[str, Query(max_length=200, description="what it is looked at for")]
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
async def clip(clip: str, room: Room, visitor: Visitor, purpose: Purpose = "") -> FileResponse:
    """Return a clip as MP4; ranges are answered. The first request of a viewing goes on record."""
    path = inside(room.settings.var / "clips", clip, ".mp4")
    now_s, key = time.monotonic(), (visitor.user, clip)
    if now_s - room.viewings.get(key, float("-inf")) >= VIEWING_S:
        await witnessed(room, visitor, "clip.view", clip, purpose)
        old = [held for held, since_s in room.viewings.items() if now_s - since_s >= VIEWING_S]
        for held in old:
            del room.viewings[held]
        room.viewings[key] = now_s
    return FileResponse(path, media_type="video/mp4")


@router.get("/api/v1/stills/{still}")
def still(still: str, room: Room) -> FileResponse:
    """Return a still as JPEG."""
    return FileResponse(inside(room.settings.var / "stills", still, ".jpg"), media_type="image/jpeg")
