"""`GET /api/v1/alarms`: what needs someone now, worst first."""

from fastapi import APIRouter
from starlette.responses import Response

from api.assets import json
from api.room import Room
from park.alarms import card

router = APIRouter()


@router.get("/api/v1/alarms")
async def alarms(room: Room) -> Response:
    """Return the alarms that are not done with, as the push message `alarms` tells them."""
    held, park = room.hub.state.open_alarms(), room.park
    return json([card(alarm, park.alarms, park.assets, feeds=park.config.feeds) for alarm in held])
