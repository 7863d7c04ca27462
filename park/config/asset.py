"""The things of a park, read from GeoJSON."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from park.config.label import Label

WORKS = ("factory", "site")


class Asset(Struct, frozen=True, omit_defaults=True):
    """One thing of the park; ``id`` is ``<park>/<kind>/<name>``, position WGS84.

    ``kind`` is one of those of the park's systems. ``period_s`` is how often it is expected to speak (None:
    only when something happens);
    ``traits`` holds what only its kind has (rated power, gas substance, cabinet …). ``factory`` or
    ``site`` in them is the works that a camera, a sensor, a meter or a dock belongs to; ``handles`` of works
    are the substances they handle, ``faces`` of a camera the works it looks at where those are others.
    ``no_value`` of any device are the numbers by which it says that it has none, beside the usual ones.
    """

    id: str
    kind: str
    name: Label
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    zone: str = ""
    period_s: float | None = None
    traits: dict[str, Any] = {}


def works_of(asset: str, assets: Mapping[str, Asset]) -> str | None:
    """Return the id of the works or site that an asset is or belongs to.

    None where it belongs to nobody (a camera at a crossing, a public station), where it is not known,
    and where the works that its traits name is no asset.
    """
    known = assets.get(asset)
    if known is None:
        return None
    if known.kind in WORKS:
        return known.id
    names = (str(known.traits.get(kind, "")) for kind in WORKS)
    return next((name for name in names if name in assets), None)


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
        ValueError: naming the feature that is wrong or doubled, or the asset whose works is none.
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
    for asset in found.values():
        _check_lists(asset)
        unknown = [name for name in _works_named(asset) if name not in found]
        if unknown:
            raise ValueError(f"{asset.id}: there is no works {unknown[0]}")
    return found


def _check_lists(asset: Asset) -> None:
    for name in ("faces", "handles"):
        held = asset.traits.get(name, [])
        if not isinstance(held, list) or not all(isinstance(part, str) for part in held):
            raise ValueError(f"{asset.id}: `{name}` is no list of names")


def _works_named(asset: Asset) -> list[str]:
    """Return the works that the traits of an asset name."""
    named = [str(asset.traits[kind]) for kind in WORKS if kind in asset.traits]
    return [*named, *asset.traits.get("faces", [])]
