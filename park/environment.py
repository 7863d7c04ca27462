"""Environment: air quality index, gas and odour against limits, water, weather and wind."""

from typing import Literal

from msgspec import Struct

from park.assets import Label
from park.state import Reading

Grade = Literal["good", "moderate", "bad", "very_bad"]


class Pollutant(Struct, frozen=True):
    """One pollutant of the index: the concentration that counts and its sub-index."""

    name: str
    value: Reading
    index: float | None
    grade: Grade | None


class Station(Struct, frozen=True):
    """An air station; ``index`` is None while a needed pollutant is missing or stale."""

    asset: str
    name: Label
    index: int | None
    grade: Grade | None
    worst: str | None
    provisional: bool
    pollutants: tuple[Pollutant, ...]
    time_ms: int | None
    period_s: float | None


class Measured(Struct, frozen=True):
    """A measured thing against its nearest limit; ``limit_name`` e.g. TWA, STEL, boundary."""

    asset: str
    name: Label
    what: str
    value: Reading
    limit: float
    limit_name: str
    share_pct: float | None


class Water(Struct, frozen=True):
    """A stream or outfall."""

    asset: str
    name: Label
    level: Reading
    ph: Reading
    turbidity: Reading


class Weather(Struct, frozen=True):
    """Mean of the fresh weather points; wind is the vector mean, where it comes from."""

    temperature: Reading
    humidity: Reading
    rain: Reading
    radiation: Reading
    wind_speed: Reading
    wind_from: Reading
    points: int


class Summary(Struct, frozen=True):
    """The environment panel; ``gases`` and ``odours`` worst first, ``cai`` that of the worst station."""

    cai: Reading
    grade: Grade | None
    worst: str | None
    station: str | None
    stations: tuple[Station, ...]
    gases: tuple[Measured, ...]
    odours: tuple[Measured, ...]
    waters: tuple[Water, ...]
    weather: Weather
