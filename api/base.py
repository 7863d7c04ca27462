"""`GET /api/v1/base/{layer}`: the map's base, as GeoJSON built at set-up or drawn for the park."""

from typing import Literal

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse

from api.room import Room

router = APIRouter()
Layer = Literal["streets", "buildings", "zones", "korea"]


@router.get("/api/v1/base/{layer}")
def base(layer: Layer, room: Room) -> FileResponse:
    """Return one layer of the base."""
    folder = room.settings.var / "base" if layer == "korea" else room.settings.park_dir
    path = folder / f"{layer}.geojson"
    if not path.is_file():
        raise HTTPException(404, f"no layer {layer}")
    return FileResponse(
        path, media_type="application/geo+json", headers={"Cache-Control": "private, max-age=600"}
    )
