"""What the environment system remembers: hours of air at each station, and the wind of each weather point."""

from collections.abc import Mapping
from math import cos, radians, sin
from typing import ClassVar

import msgspec

from park.config.asset import Asset
from park.environment.facts import AirObservation, WeatherObservation
from park.events.envelope import Event
from park.memory import Memory
from park.values.means import MeanRing

HOUR_S = 3600
WIND_S = 600  # a mean wind is that of ten minutes (WMO guide to instruments, no. 8)
_AIR_HOURS = 14  # the index needs twelve
_WIND_MEANS = 156  # 26 hours


class EnvironmentMemory(Memory):
    """``air`` by station: the six pollutants; ``winds`` by weather point: m/s east and north."""

    REMEMBERED: ClassVar[Mapping[str, frozenset[str] | None]] = {
        AirObservation.TYPE: None,
        WeatherObservation.TYPE: None,
    }

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """Remember nothing yet."""
        super().__init__(assets)
        self.air: dict[str, MeanRing] = {}
        self.winds: dict[str, MeanRing] = {}

    def remember(self, event: Event) -> None:
        """Keep an observation of air or weather."""
        if event.type == AirObservation.TYPE:
            self._remember_air(event)
        else:
            self._remember_wind(event)

    def _remember_air(self, event: Event) -> None:
        ring = self.air.get(event.subject)
        if ring is None:
            asset = self.assets.get(event.subject)
            carry_s = 2 * asset.period_s if asset and asset.period_s else None
            ring = MeanRing(HOUR_S, _AIR_HOURS, carry_s)
            self.air[event.subject] = ring
        ring.put(event, msgspec.structs.astuple(event.data))

    def _remember_wind(self, event: Event) -> None:
        weather: WeatherObservation = event.data
        if weather.wind_speed_ms is None or weather.wind_from_deg is None:
            return
        from_rad = radians(weather.wind_from_deg)
        east_ms = weather.wind_speed_ms * sin(from_rad)
        north_ms = weather.wind_speed_ms * cos(from_rad)
        self.winds.setdefault(event.subject, MeanRing(WIND_S, _WIND_MEANS)).put(event, (east_ms, north_ms))

    def forget(self, subject: str) -> None:
        """Drop the air and the wind of an asset."""
        self.air.pop(subject, None)
        self.winds.pop(subject, None)

    def contents(self) -> object:
        """Return the buckets of every ring."""
        rings = (self.air, self.winds)
        return [{subject: ring.buckets for subject, ring in named.items()} for named in rings]
