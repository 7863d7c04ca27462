"""`GET /api/v1/state`: the whole park as it is, or as it was."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from api.room import Room
from api.routes.assets import json
from data.live.frames import Delta
from data.live.panels import summaries
from data.live.snapshot import Picture
from data.record.replay import fold_until
from data.services import Services

router = APIRouter()
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_one_at_a_time = asyncio.Semaphore(1)


@router.get("/api/v1/state")
async def state(
    room: Room, park: str | None = None, at: Annotated[AwareDatetime | None, Query()] = None
) -> Response:
    """Return the park's picture now, or at a moment of the past (replayed from the record)."""
    if park not in (None, room.park.id):
        raise HTTPException(404, f"this is {room.park.id!r}")
    if at is None:
        return json(_told(room, room.hub.picture, datetime.now(UTC)) | {"stream": room.hub.at})
    if not EARLIEST <= at <= datetime.now(UTC):
        raise HTTPException(422, "at: between 1970 and now")
    async with _one_at_a_time:
        return json(await asyncio.to_thread(_replayed, room, at))


def _told(room: Services, picture: Picture, at: datetime) -> dict[str, Any]:
    told = {message["k"]: message["d"] for message in picture.snapshot()}
    return {"park": room.park.id, "at": at} | told


def _replayed(room: Services, at: datetime) -> dict[str, Any]:
    folded = fold_until(room.engine, room.park, at)
    picture = Picture(room.park)
    delta = Delta(0, "0-0")
    picture.take(folded, folded.drain(), delta)
    picture.show(summaries(folded, room.park, at), delta)
    return _told(room, picture, at)
