"""`GET /api/v1/alarms`: what needs someone now, worst first; `/shelf`: what is hidden, by whom and why."""

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from api.room import Room
from api.routes.assets import json
from park.alarms.cards import card, why
from park.alarms.overlays import Overlay
from park.config.label import Label
from park.config.park import Park

router = APIRouter()


@router.get("/api/v1/alarms")
async def alarms(room: Room) -> Response:
    """Return the alarms that are not done with, as the push message `alarms` tells them."""
    held, park = room.hub.state.open_alarms(), room.park
    return json([card(alarm, park.alarms, park.assets, feeds=park.config.feeds) for alarm in held])


@router.get("/api/v1/alarms/shelf")
async def shelf(room: Room) -> Response:
    """Return what lies over alarms now: shelved, suppressed, out of service; newest first."""
    held = sorted(room.hub.state.overlays.all(), key=lambda overlay: -overlay.since_ms)
    return json([_hidden(overlay, room.park) for overlay in held])


def _hidden(overlay: Overlay, park: Park) -> dict[str, object]:
    """Return an overlay with the names that people know."""
    asset, definition = park.assets.get(overlay.asset), park.alarms.get(overlay.condition)
    bare = overlay.asset.rpartition("/")[2]
    return msgspec.structs.asdict(overlay) | {
        "place": asset.name if asset else Label(bare, bare),
        "title": definition.name if definition else Label(overlay.condition, overlay.condition),
        "why": why(overlay.reason, park.alarms),
    }
