"""The shelf of clips: what lies there, what was seen in one, and who holds it and why."""

import asyncio
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import msgspec
from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.room import Room, Visitor
from api.routes.assets import json
from api.routes.media import inside
from api.witness import witnessed
from data.cameras.clips import Course, Hold, Kept, expiry

router = APIRouter()
MOST = 200


class Why(BaseModel):
    """The reason of an act."""

    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]


@router.get("/api/v1/clips")
async def clips(
    room: Room,
    *,
    camera: Annotated[str, Query(max_length=200)] = "",
    held: Annotated[bool, Query(description="only those that somebody holds")] = False,
    before: Annotated[str, Query(max_length=200, description="`cursor` of the last one had")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Response:
    """Return clips on the shelf, newest first, with who holds each and when it goes."""
    end = _place(before) if before else None
    kept = await asyncio.to_thread(room.sweep.shelf.all)
    days = await asyncio.to_thread(room.sweep.days)
    wanted = (one for one in kept if one.camera == (camera or one.camera) and (one.hold or not held))
    rows = (one for one in wanted if end is None or (one.began, one.id) < end)
    return json([_row(one, days) for one in islice(rows, limit)])


@router.get("/api/v1/clips/{clip}/track")
async def track(clip: str, room: Room) -> Response:
    """Return what was seen all through a clip: its card and its course; 404 when there is none."""
    path = inside(room.settings.var / "clips", clip, ".track.json")
    kept = await asyncio.to_thread(room.sweep.shelf.one, clip)
    if kept is None:
        raise HTTPException(404, "no such clip")
    course = msgspec.json.decode(await asyncio.to_thread(path.read_bytes), type=Course)
    return json(_row(kept, await asyncio.to_thread(room.sweep.days)) | {"course": course})


@router.post("/api/v1/clips/{clip}/hold")
async def hold(clip: str, why: Why, room: Room, visitor: Visitor) -> Response:
    """Keep a clip beyond its days, with a reason; 404 when there is none."""
    inside(room.settings.var / "clips", clip, ".mp4")
    await witnessed(room, visitor, "clip.hold", clip, why.reason)
    made = Hold(visitor.user, why.reason, datetime.now(UTC))
    await asyncio.to_thread(room.sweep.shelf.hold, clip, made)
    return json(made)


@router.post("/api/v1/clips/{clip}/release")
async def release(clip: str, why: Why, room: Room, visitor: Visitor) -> Response:
    """Let a clip go when its days are over, with a reason; 404 when there is none."""
    inside(room.settings.var / "clips", clip, ".mp4")
    await witnessed(room, visitor, "clip.release", clip, why.reason)
    await asyncio.to_thread(room.sweep.shelf.release, clip)
    return json(None)


def _place(cursor: str) -> tuple[datetime, str]:
    """Return where a page ended, by the last clip on it; that one may be gone by now. 422 for no cursor."""
    began, _, clip = cursor.partition("~")
    try:
        place = datetime.fromisoformat(began), clip
    except ValueError as error:
        raise HTTPException(422, "no cursor") from error
    if place[0].tzinfo is None:
        raise HTTPException(422, "no cursor")
    return place


def _row(one: Kept, days: dict[str, float]) -> dict[str, object]:
    return msgspec.structs.asdict(one.card) | {
        "cursor": f"{one.began.astimezone(UTC).isoformat()}~{one.id}",
        "began_ms": int(one.began.timestamp() * 1000),
        "expires_ms": int(expiry(one, days).timestamp() * 1000),
        "size_bytes": one.size_bytes,
        "hold": one.hold,
    }
