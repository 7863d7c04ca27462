"""Air, gas, odour, water and weather: a plausible day, and leaks that the wind carries."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from feeds.simulator.chance import drift, noise
from feeds.simulator.effects import Dust, Flood, Leak, Odour
from feeds.simulator.system import System
from park.config.asset import Asset
from park.config.geometry import bearing_deg, distance_m
from park.environment.facts import (
    AirObservation,
    GasObservation,
    OdourObservation,
    WaterObservation,
    WeatherObservation,
)
from park.events.envelope import Event
from park.events.facts import Fact

BACKGROUND_PPM = {"NH3": 0.6, "H2S": 0.08, "Cl2": 0.01, "HF": 0.02, "CO": 0.7}
PLUME_HALF_ANGLE_DEG = 40.0
WAKE_M = 80.0  # a leak inside works leaves through the wake of the hall: half as thin this far downwind


class Environment(System):
    """All environment sensors."""

    name = "environment"
    kinds = ("gas", "odour", "air", "water", "weather")

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Tell what the sensors measure whose turn it is."""
        for sensor in self.due(now, step_s):
            yield from self.tell(sensor, now)

    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield what the sensor measures."""
        yield self.say(asset.id, self._measure(asset, now), now)

    def _measure(self, sensor: Asset, now: datetime) -> Fact:
        measures = {
            "gas": self._gas,
            "odour": self._odour,
            "air": self._air,
            "water": self._water,
            "weather": self._weather,
        }
        return measures[sensor.kind](sensor, now)

    def _wave(self, sensor: Asset, now: datetime, name: str, period_s: float) -> float:
        return drift(now.timestamp(), period_s, self.world.seed, sensor.id, name)

    def _gas(self, sensor: Asset, now: datetime) -> Fact:
        substance = str(sensor.traits["substance"])
        usual = BACKGROUND_PPM.get(substance, 0.1)
        grain = 0.1 * noise(self.world.seed, sensor.id, int(now.timestamp()) // 10)
        ppm = usual * (1 + 0.4 * self._wave(sensor, now, "gas", 5400) + grain)
        return GasObservation(
            substance=substance, ppm=round(max(0.0, ppm) + self._leaked_ppm(sensor, now), 3)
        )

    def _leaked_ppm(self, sensor: Asset, now: datetime) -> float:
        """Return what leaks bring to a sensor: full at the source, later and thinner downwind."""
        total = 0.0
        for effect, elapsed_s in self.world.stage.acting(Leak, now):
            source = self.world.park.assets[f"{self.world.park.id}/{effect.on[0]}"]
            if sensor.id == source.id:
                total += effect.peak_ppm * effect.strength(elapsed_s)
            elif sensor.traits.get("substance") == effect.substance:
                total += self._carried_ppm(sensor, source, effect, elapsed_s, now)
        return total

    def _carried_ppm(
        self, sensor: Asset, source: Asset, effect: Leak, elapsed_s: float, now: datetime
    ) -> float:
        """Return what comes straight with the wind that blew when it set out, at the speed of now."""
        distance_m, bearing = _way(source, sensor)
        travel_s = distance_m / self.world.wind(now)[0]
        _, from_deg = self.world.wind(now - timedelta(seconds=travel_s))
        off_axis = abs((bearing - from_deg) % 360 - 180)
        late_s = elapsed_s - travel_s
        if distance_m > effect.reach_m or off_axis > PLUME_HALF_ANGLE_DEG or not effect.active(late_s):
            return 0.0
        across = math.exp(-((off_axis / 28) ** 2))
        return effect.peak_ppm * effect.strength(late_s) * across * WAKE_M / (WAKE_M + distance_m)

    def _odour(self, sensor: Asset, now: datetime) -> Fact:
        level = (
            5 + 3 * self._wave(sensor, now, "odour", 14_400) + 0.6 * noise(sensor.id, int(now.timestamp()))
        )
        h2s_ppm = 0.008 + 0.005 * (1 + self._wave(sensor, now, "h2s", 9000))
        nh3_ppm = 0.25 + 0.12 * (1 + self._wave(sensor, now, "nh3", 9000))
        if staged := self.world.stage.on(Odour, sensor.id, now):
            effect, strength = staged
            level += effect.add_ratio * strength
            h2s_ppm += effect.add_h2s_ppm * strength
            nh3_ppm += effect.add_nh3_ppm * strength
        return OdourObservation(
            dilution_ratio=round(max(1.0, level), 1), h2s_ppm=round(h2s_ppm, 4), nh3_ppm=round(nh3_ppm, 3)
        )

    def _air(self, station: Asset, now: datetime) -> Fact:
        """Ozone follows the sun, NO2 and CO the traffic of morning and evening, dust the calm air."""
        hour = now.astimezone(self.world.park.zone).hour + now.minute / 60
        traffic = math.exp(-(((hour - 8) / 2.2) ** 2)) + math.exp(-(((hour - 19) / 2.8) ** 2))
        sun = self.world.climate.ghi_wm2(now) / 1000
        calm = 1.4 / (0.6 + self.world.wind(now)[0] / 3)
        pm25 = (17 + 7 * self._wave(station, now, "pm", 30_000)) * calm
        dust = self.world.stage.on(Dust, station.id, now)
        added = dust[0].add_ugm3 * dust[1] if dust else 0.0
        return AirObservation(
            pm10_ugm3=round(max(4.0, pm25 * 1.75) + 1.5 * added, 1),
            pm25_ugm3=round(max(2.0, pm25) + added, 1),
            o3_ppm=round(0.018 + 0.05 * sun, 4),
            no2_ppm=round(0.013 + 0.022 * traffic * calm, 4),
            co_ppm=round(0.35 + 0.3 * traffic, 3),
            so2_ppm=round(0.0035 + 0.001 * (1 + self._wave(station, now, "so2", 20_000)), 4),
        )

    def _water(self, sensor: Asset, now: datetime) -> Fact:
        rain = self.world.climate.rain_mmh(now)
        flood = self.world.stage.on(Flood, sensor.id, now)
        risen_m = 0.05 * rain + (flood[0].add_m * flood[1] if flood else 0.0)
        return WaterObservation(
            level_m=round(0.8 + 0.25 * self._wave(sensor, now, "tide", 44_700) + risen_m, 3),
            ph=round(7.3 + 0.2 * self._wave(sensor, now, "ph", 40_000), 2),
            turbidity_ntu=round(6 + 2 * (1 + self._wave(sensor, now, "ntu", 20_000)) + 3 * rain, 1),
        )

    def _weather(self, point: Asset, now: datetime) -> Fact:
        climate = self.world.climate
        speed, from_deg = self.world.wind(now)
        near = noise(self.world.seed, point.id, int(now.timestamp()) // 60)
        return WeatherObservation(
            temperature_c=round(climate.temperature_c(now) + 0.3 * near, 1),
            humidity_pct=round(min(climate.humidity_pct(now) + 2 * near, 100.0), 1),
            wind_speed_ms=round(max(0.0, speed + 0.4 * near), 1),
            wind_from_deg=round((from_deg + 8 * near) % 360, 1) % 360,
            rain_mmh=round(climate.rain_mmh(now), 1),
            ghi_wm2=round(climate.ghi_wm2(now), 1),
        )


def _way(start: Asset, end: Asset) -> tuple[float, float]:
    """Return distance in metres and bearing in degrees from one asset to another (flat ground)."""
    places = start.lat, start.lon, end.lat, end.lon
    return distance_m(*places), bearing_deg(*places)
