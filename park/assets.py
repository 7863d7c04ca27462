"""The things of a park and the streets between them, read from GeoJSON."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Kind = Literal[
    "camera", "light", "cabinet", "gas", "odour", "air", "water", "weather", "gate", "dock", "site",
    "factory", "meter", "substation", "pv", "fuelcell", "ess", "parking", "vehicle",
]  # fmt: skip


class Label(Struct, frozen=True):
    """A name in both languages."""

    ko: str
    en: str


class Asset(Struct, frozen=True, omit_defaults=True):
    """One thing of the park; ``id`` is ``<park>/<kind>/<name>``, position WGS84.

    ``period_s`` is how often it is expected to speak (None: only when something happens);
    ``traits`` holds what only its kind has (rated power, gas substance, cabinet …).
    """

    id: str
    kind: Kind
    name: Label
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    zone: str = ""
    period_s: float | None = None
    traits: dict[str, Any] = {}


class _Geometry(Struct):
    type: str
    coordinates: Any


class _Feature(Struct):
    geometry: _Geometry
    properties: dict[str, Any]


class _Collection(Struct):
    features: list[_Feature]


def read_assets(raw: bytes) -> dict[str, Asset]:
    """Read a FeatureCollection of points into assets by id.

    Raises:
        ValueError: naming the feature that is wrong or doubled.
    """
    found: dict[str, Asset] = {}
    for number, feature in enumerate(msgspec.json.decode(raw, type=_Collection).features):
        lon, lat = feature.geometry.coordinates
        try:
            asset = msgspec.convert(feature.properties | {"lat": lat, "lon": lon}, Asset)
        except msgspec.ValidationError as error:
            raise ValueError(f"feature {number}: {error}") from error
        if asset.id in found:
            raise ValueError(f"feature {number}: second asset with id {asset.id}")
        found[asset.id] = asset
    return found
