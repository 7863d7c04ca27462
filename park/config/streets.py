"""Streets of a park by name: on which one a place lies."""

from collections.abc import Iterable
from itertools import pairwise
from math import hypot

import msgspec
from msgspec import Struct

from park.config.geometry import offset_m
from park.config.label import Label


class Street(Struct, frozen=True):
    """A piece of a street between two crossings; ``points`` are (lon, lat), WGS84 degrees."""

    name: Label
    points: tuple[tuple[float, float], ...]


class _Line(Struct):
    coordinates: tuple[tuple[float, float], ...]


class _Named(Struct):
    name: Label


class _Feature(Struct):
    geometry: _Line
    properties: _Named


class _Collection(Struct):
    features: list[_Feature]


def read_streets(raw: bytes) -> tuple[Street, ...]:
    """Read a FeatureCollection of lines; msgspec.ValidationError names what is wrong."""
    found = msgspec.json.decode(raw, type=_Collection).features
    return tuple(Street(feature.properties.name, feature.geometry.coordinates) for feature in found)


def nearest_street(streets: Iterable[Street], lat: float, lon: float) -> Label | None:
    """Return the name of the street nearest to a place, None where there are no streets."""
    near = min(streets, key=lambda street: _distance_m(street, lat, lon), default=None)
    return near.name if near else None


def _distance_m(street: Street, lat: float, lon: float) -> float:
    """Return the distance in metres from a place to the line."""
    line = [offset_m(lat, lon, point_lat, point_lon) for point_lon, point_lat in street.points]
    return min((_to_piece(*piece) for piece in pairwise(line)), default=float("inf"))


def _to_piece(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return the distance from the origin to a straight piece, metres on flat ground."""
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    length = dx * dx + dy * dy
    share = 0.0 if length == 0 else min(1.0, max(0.0, -(x * dx + y * dy) / length))
    return hypot(x + share * dx, y + share * dy)
