"""The wind as it was at a moment, and how far its direction is to be trusted."""

from math import asin, atan2, cos, degrees, fsum, hypot, radians, sin, sqrt

from msgspec import Struct

from park.environment.facts import WeatherObservation
from park.environment.memory import WIND_S, EnvironmentMemory
from park.state.state import State

# A light wind meanders by some 0.5 m/s across its direction, whatever its speed (Hanna 1983, lateral
# turbulence and plume meandering in stable conditions)
MEANDER_MS = 0.5


class Wind(Struct, frozen=True):
    """Mean wind; ``half_deg`` is how far it may be off to each side, 180 in a calm (degrees, m/s)."""

    speed_ms: float
    from_deg: float
    half_deg: float

    @property
    def calm(self) -> bool:
        """Whether it blows from nowhere in particular."""
        return self.half_deg >= 180

    def off_deg(self, bearing: float) -> float:
        """Return how far a direction is off the one that the wind comes from, degrees."""
        return abs((bearing - self.from_deg + 180) % 360 - 180)


def wind_at(state: State, at_ms: int, calm_ms: float, half_deg: float) -> Wind | None:
    """Return the ten-minute mean over the weather points around a moment (ms since 1970 UTC).

    None where no point told one then or in the ten minutes before. ``half_deg`` is the least uncertainty;
    a light wind and points that disagree add to it. Below ``calm_ms`` (m/s) it is a calm.
    """
    points = [asset.id for asset in state.by_kind.get("weather", [])]
    winds = state.memory(EnvironmentMemory).winds
    rings = (winds[point] for point in points if point in winds)
    means = (ring.mean(at_ms) or ring.mean(at_ms - WIND_S * 1000) for ring in rings)
    vectors = [
        (mean[0], mean[1])
        for mean in means
        if mean is not None and mean[0] is not None and mean[1] is not None
    ]
    if not vectors:
        return None
    east, north = (fsum(column) / len(vectors) for column in zip(*vectors, strict=True))
    speed_ms, from_deg = hypot(east, north), degrees(atan2(east, north)) % 360
    if speed_ms < calm_ms:
        return Wind(speed_ms, from_deg, 180.0)
    meander_deg = degrees(asin(min(1.0, MEANDER_MS / speed_ms)))
    spread_deg = _spread_deg(vectors, from_deg)
    return Wind(speed_ms, from_deg, min(180.0, hypot(half_deg, meander_deg, spread_deg)))


def _spread_deg(vectors: list[tuple[float, float]], from_deg: float) -> float:
    """Return the root mean square of how far the points are off the mean direction, degrees."""
    off = [(degrees(atan2(east, north)) - from_deg + 180) % 360 - 180 for east, north in vectors]
    return sqrt(fsum(value * value for value in off) / len(off))


def wind_of(fact: WeatherObservation) -> tuple[float, float] | None:
    """Return ``(speed, from_deg)``; None when either has no value."""
    if fact.wind_speed_ms is None or fact.wind_from_deg is None:
        return None
    return fact.wind_speed_ms, fact.wind_from_deg


def mean_wind(winds: list[tuple[float, float]]) -> tuple[float, float]:
    """Return ``(speed, from_deg)`` of the mean of wind vectors ``(speed, from_deg)``."""
    north = fsum(speed * cos(radians(origin)) for speed, origin in winds) / len(winds)
    east = fsum(speed * sin(radians(origin)) for speed, origin in winds) / len(winds)
    return hypot(north, east), degrees(atan2(east, north)) % 360
