"""Sun, cloud, temperature and wind of a place as functions of time; no state, so any instant can be asked."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import pandas as pd
from pvlib import clearsky, solarposition

from feeds.simulator.chance import drift

DAY_S, HOUR_S = 86_400, 3_600


@dataclass(frozen=True)
class Climate:
    """The weather over a park; the seed picks one of many plausible ones."""

    lat: float
    lon: float
    seed: int

    def elevation_deg(self, now: datetime) -> float:
        """Apparent elevation of the sun, to the minute (NREL SPA by pvlib)."""
        elevations, _ = _sun_table(self.lat, self.lon, now.astimezone(UTC).date())
        return elevations[_minute(now)]

    def ghi_wm2(self, now: datetime) -> float:
        """Global horizontal irradiance: Haurwitz clear sky under the cloud of the moment."""
        _, clear = _sun_table(self.lat, self.lon, now.astimezone(UTC).date())
        return clear[_minute(now)] * (1 - 0.75 * self.cloud_share(now) ** 2)

    def cloud_share(self, now: datetime) -> float:
        """Share of the sky that is covered, 0–1."""
        slow = drift(now.timestamp(), 1.7 * DAY_S, self.seed, "cloud")
        fast = drift(now.timestamp(), 0.2 * HOUR_S, self.seed, "puff")
        return min(max(0.4 + 0.5 * slow + 0.12 * fast, 0.0), 1.0)

    def temperature_c(self, now: datetime) -> float:
        """Air temperature: the year, the sun of the last hours, passing fronts."""
        year = math.sin(2 * math.pi * (now.timetuple().tm_yday - 110) / 365)
        day = math.sin(2 * math.pi * ((now.timestamp() + self.lon * 240) % DAY_S / DAY_S - 0.375))
        return 14.5 + 11 * year + 4.5 * day + 3 * drift(now.timestamp(), 4 * DAY_S, self.seed, "front")

    def wind(self, now: datetime) -> tuple[float, float]:
        """Return speed in m/s and the direction the wind comes from, degrees."""
        time_s = now.timestamp()
        speed = 2.8 + 1.6 * drift(time_s, 9 * HOUR_S, self.seed, "wind")
        speed += 0.5 * drift(time_s, 140, self.seed, "gust")
        turn = (
            230
            + 80 * drift(time_s, 2 * DAY_S, self.seed, "turn")
            + 12 * drift(time_s, 300, self.seed, "veer")
        )
        return max(speed, 0.2), turn % 360

    def rain_mmh(self, now: datetime) -> float:
        """Rain, when the sky is closed."""
        return max(0.0, (self.cloud_share(now) - 0.92) * 40)

    def humidity_pct(self, now: datetime) -> float:
        """Relative humidity: wetter under cloud and at night."""
        night = 12 if self.elevation_deg(now) < 0 else 0
        return min(max(52 + 30 * (self.cloud_share(now) - 0.3) + night, 15.0), 99.0)


def _minute(now: datetime) -> int:
    utc = now.astimezone(UTC)
    return utc.hour * 60 + utc.minute


@lru_cache(maxsize=16)
def _sun_table(lat: float, lon: float, day: date) -> tuple[list[float], list[float]]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    minutes = pd.DatetimeIndex([start + timedelta(minutes=minute) for minute in range(1440)])
    sun = solarposition.get_solarposition(minutes, lat, lon)
    clear = clearsky.haurwitz(sun["apparent_zenith"])["ghi"]
    return sun["apparent_elevation"].tolist(), clear.tolist()
