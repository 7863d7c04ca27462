"""Clips and stills of cameras, by their opaque id; who looks at one, and for what, is on record."""

import re
import time
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import FileResponse

from api.room import Room, Visitor
from api.witness import witnessed
from data.operators.accounts import Session
from data.services import Services

router = APIRouter()
VIEWING_S = 600.0  # a player asks for a clip part by part: one viewing for one purpose is one row
Purpose = Annotated[
    str,
    Query(min_length=2, max_length=200, pattern=r"\S", description="for what; it stands in the audit trail"),
]
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
async def clip(clip: str, room: Room, visitor: Visitor, purpose: Purpose) -> FileResponse:
    """Return a clip as MP4; ranges are answered. 422 without a purpose."""
    path = inside(room.settings.var / "clips", clip, ".mp4")
    await _viewed(room, visitor, "clip.view", clip, purpose)
    return FileResponse(path, media_type="video/mp4")


@router.get("/api/v1/stills/{still}")
async def still(still: str, room: Room, visitor: Visitor, purpose: Purpose) -> FileResponse:
    """Return a still as JPEG; 422 without a purpose."""
    path = inside(room.settings.var / "stills", still, ".jpg")
    await _viewed(room, visitor, "still.view", still, purpose)
    return FileResponse(path, media_type="image/jpeg")


async def _viewed(room: Services, who: Session, action: str, object_: str, purpose: str) -> None:
    """Put the first request of a viewing on record; another purpose is another viewing."""
    now_s, key = time.monotonic(), (who.user, action, object_, purpose.strip())
    if now_s - room.viewings.get(key, float("-inf")) < VIEWING_S:
        return
    await witnessed(room, who, action, object_, purpose)
    for held in [held for held, since_s in room.viewings.items() if now_s - since_s >= VIEWING_S]:
        del room.viewings[held]
    room.viewings[key] = now_s
