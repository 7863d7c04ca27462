"""`GET /api/v1/assets`: the things of the park, and `/api/v1/park`: the park itself."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from api.room import Room

router = APIRouter()


def json(value: object) -> Response:
    """Return an answer as JSON, encoded by msgspec."""
    return Response(msgspec.json.encode(value), media_type="application/json")


@router.get("/api/v1/assets")
async def assets(room: Room, kind: Annotated[str | None, Query(max_length=40)] = None) -> Response:
    """Return all assets, or those of one kind."""
    return json([asset for asset in room.park.assets.values() if kind in (None, asset.kind)])


@router.get("/api/v1/park")
async def park(room: Room) -> Response:
    """Return name, zone, centre, shifts and targets of the park."""
    return json({"zones": room.park.zones} | msgspec.to_builtins(room.park.config))
