"""`/api/v1/cameras/…`: how far the rules can be trusted, and what is drawn over the pictures."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal, get_args

import msgspec
from fastapi import APIRouter, Path
from starlette.responses import Response

from api.room import Room
from api.routes.assets import json
from data.cameras.statistics import crossed, figures, outlines
from park.cameras.facts import CameraEventKind
from park.incidents.labels import what

router = APIRouter()
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_one_at_a_time = asyncio.Semaphore(1)


@router.get("/api/v1/cameras/figures")
async def verified(room: Room, days: Literal["1", "7", "30"] = "1") -> Response:
    """Return by camera and rule how many events were true, false or not judged, in the last days."""
    async with _one_at_a_time:
        table = await asyncio.to_thread(figures, room.engine, room.park, datetime.now(UTC), int(days))
    names = {kind: what(room.park, kind) for kind in get_args(CameraEventKind)}
    return json(msgspec.structs.asdict(table) | {"names": names})


@router.get("/api/v1/cameras/crossings/{name}")
async def over_lines(name: Name, room: Room) -> Response:
    """Return by line and direction how many went over it, today in the park's zone and in the last hour."""
    async with _one_at_a_time:
        now = datetime.now(UTC)
        return json(await asyncio.to_thread(crossed, room.engine, room.settings, room.park, name, now))


@router.get("/api/v1/cameras/shelf")
async def shelf(room: Room) -> Response:
    """Return how full the shelf of clips is and which clip goes next; null until it was first swept."""
    made = room.sweep.plan
    if made is None:
        return json(None)
    following = made.next.card if made.next else None
    return json(
        {
            "used_bytes": made.used_bytes,
            "budget_bytes": made.budget_bytes,
            "tight": made.tight,
            "next": following
            and {"camera": following.camera, "began_ms": int(following.began.timestamp() * 1000)},
        }
    )


@router.get("/api/v1/cameras/outlines")
async def drawn(room: Room) -> Response:
    """Return frame, zones and lines that every camera runs by, by its name."""
    return json(await asyncio.to_thread(outlines, room.settings))
