"""Distances on the ground of a park: what is near a place, and in which direction."""

from collections.abc import Iterable
from math import atan2, cos, degrees, hypot, radians

from park.config.asset import Asset

# Metres per degree of latitude on a sphere of 40,075 km (WGS84: 110,574 at the equator, 111,694 at a pole).
# A park is small enough for a flat ground: the error is below 0.2 %.
_M_PER_DEGREE = 111_320.0


def offset_m(lat: float, lon: float, to_lat: float, to_lon: float) -> tuple[float, float]:
    """Return metres east and north from one place (WGS84 degrees) to another."""
    return (
        (to_lon - lon) * _M_PER_DEGREE * cos(radians(lat)),
        (to_lat - lat) * _M_PER_DEGREE,
    )


def offset_place(lat: float, lon: float, east_m: float, north_m: float) -> tuple[float, float]:
    """Return the place (lat, lon) that lies so many metres east and north of another one."""
    return lat + north_m / _M_PER_DEGREE, lon + east_m / (_M_PER_DEGREE * cos(radians(lat)))


def distance_m(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the distance between two places in metres."""
    return hypot(*offset_m(lat, lon, to_lat, to_lon))


def bearing_deg(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the direction from one place to another, degrees clockwise from north."""
    east, north = offset_m(lat, lon, to_lat, to_lon)
    return degrees(atan2(east, north)) % 360


def moved(lat: float, lon: float, bearing: float, length_m: float) -> tuple[float, float]:
    """Return the place (lat, lon) that lies so far from another one in a direction."""
    north_m = length_m * cos(radians(bearing))
    east_m = length_m * cos(radians(bearing - 90))
    return offset_place(lat, lon, east_m, north_m)


def within(assets: Iterable[Asset], lat: float, lon: float, radius_m: float) -> list[Asset]:
    """Return the assets at most so far from a place, nearest first."""
    # A box a little larger than the circle leaves few places to measure
    north_lat, east_lon = offset_place(lat, lon, 1.01 * radius_m, 1.01 * radius_m)
    box = (a for a in assets if abs(a.lat - lat) <= north_lat - lat and abs(a.lon - lon) <= east_lon - lon)
    found = [(distance_m(lat, lon, a.lat, a.lon), a.id, a) for a in box]
    return [asset for far, _id, asset in sorted(found, key=lambda row: row[:2]) if far <= radius_m]


def nearest(assets: Iterable[Asset], lat: float, lon: float, count: int) -> list[Asset]:
    """Return the ``count`` assets nearest to a place, nearest first."""
    return sorted(assets, key=lambda a: (distance_m(lat, lon, a.lat, a.lon), a.id))[:count]
