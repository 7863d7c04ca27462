"""`/api/v1/cameras/…`: how far the rules can be trusted, and what is drawn over the pictures."""

import asyncio
from datetime import UTC, datetime
from typing import Literal, get_args

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from api.assets import json
from api.room import Room
from data.camera_record import figures, outlines
from park.facts import CameraEventKind
from park.incident_names import what

router = APIRouter()
_one_at_a_time = asyncio.Semaphore(1)


@router.get("/api/v1/cameras/figures")
async def verified(room: Room, days: Literal["1", "7", "30"] = "1") -> Response:
    """Return by camera and rule how many events were true, false or not judged, in the last days."""
    async with _one_at_a_time:
        table = await asyncio.to_thread(figures, room.engine, room.park, datetime.now(UTC), int(days))
    names = {kind: what(room.park, kind) for kind in get_args(CameraEventKind)}
    return json(msgspec.structs.asdict(table) | {"names": names})


@router.get("/api/v1/cameras/outlines")
async def drawn(room: Room) -> Response:
    """Return frame, zones and lines that every camera runs by, by its name."""
    return json(await asyncio.to_thread(outlines, room.settings))
