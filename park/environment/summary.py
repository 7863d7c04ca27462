"""Environment: air quality index, gas and odour against limits, water, weather and wind."""

from datetime import datetime
from math import fsum

from msgspec import Struct

from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Park
from park.environment.air_index import Cai, Grade, c24e, combine
from park.environment.facts import GasObservation, OdourObservation, WaterObservation, WeatherObservation
from park.environment.limits import Limits
from park.environment.memory import HOUR_S, EnvironmentMemory
from park.environment.wind import mean_wind, wind_of
from park.state.reading import Reading, is_stale
from park.state.state import State
from park.values.means import MeanRing, Row


class Pollutant(Struct, frozen=True):
    """One pollutant of the index: the concentration that counts and its sub-index."""

    name: str
    value: Reading
    index: int | None
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
    limit: float | None
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


_HOURS = 12
_WORST = 10


def summary(state: State, park: Park, now: datetime) -> Summary:
    """Return the environment panel at ``now``."""
    now_ms = int(now.timestamp() * 1000)
    told = stations(state, park, now)
    known = [station for station in told if station.index is not None]
    worst = max(known, key=lambda station: station.index or 0, default=None)
    return Summary(
        cai=Reading(worst.index, "", worst.time_ms, worst.period_s)
        if worst
        else Reading(None, "", None, None),
        grade=worst.grade if worst else None,
        worst=worst.worst if worst else None,
        station=worst.asset if worst else None,
        stations=told,
        gases=_ranked([_gas(state, park.limits, asset) for asset in _of(state, "gas")], now_ms),
        odours=_ranked(
            [_odour(state, park.limits, asset) for asset in _of(state, "odour") if park.limits.odour], now_ms
        ),
        waters=tuple(_water(state, asset) for asset in _of(state, "water")),
        weather=_weather(state, now_ms),
    )


def stations(state: State, park: Park, now: datetime) -> tuple[Station, ...]:
    """Return the air stations with their indices at ``now``."""
    now_ms = int(now.timestamp() * 1000)
    return tuple(_station(state, park.limits.cai, asset, now_ms) for asset in _of(state, "air"))


def _of(state: State, kind: str) -> list[Asset]:
    return state.by_kind.get(kind, [])


def _station(state: State, cai: Cai, asset: Asset, now_ms: int) -> Station:
    """Index of a station: hourly means, the running hour (or the one before) as the newest."""
    event = state.latest.get(asset.id, {}).get("park.air.observation")
    time_ms = int(event.time.timestamp() * 1000) if event else None
    hours = _hourly(state.memory(EnvironmentMemory).air.get(asset.id), now_ms)
    fresh = hours[0] is not None
    pollutants = []
    for column, scale in enumerate(cai.pollutants):
        series = [None if hour is None else hour[column] for hour in hours]
        value = (c24e(series, scale.forecast_from) if scale.forecast_from else series[0]) if fresh else None
        index, grade = cai.index(scale, value)
        reading = Reading(value, scale.unit, time_ms, asset.period_s)
        pollutants.append(Pollutant(scale.name, reading, index, grade))
    index, worst = combine({p.name: p.index for p in pollutants}, cai)
    return Station(
        asset.id,
        asset.name,
        index=index,
        grade=None if index is None else cai.grade(index),
        worst=worst,
        provisional=any(hour is None for hour in hours),
        pollutants=tuple(pollutants),
        time_ms=time_ms,
        period_s=asset.period_s,
    )


def _hourly(ring: MeanRing | None, now_ms: int) -> list[Row | None]:
    """Return the last 12 hourly means, newest first, None where there is no sample."""
    if ring is None:
        return [None] * _HOURS
    span_ms = HOUR_S * 1000
    start = now_ms if ring.mean(now_ms, now_ms) else now_ms - span_ms
    return [ring.mean(start - hour * span_ms, now_ms) for hour in range(_HOURS)]


def _gas(state: State, limits: Limits, asset: Asset) -> Measured:
    value = state.reading(asset.id, GasObservation, "ppm", "ppm")
    fact = state.fact(asset.id, GasObservation)
    substance = fact.substance if fact else str(asset.traits.get("substance", ""))
    known = limits.gas(substance) or limits.gas(str(asset.traits.get("substance", "")))
    limit, name = (known.twa or known.stel, "TWA" if known.twa else "STEL") if known else (None, "")
    return Measured(asset.id, asset.name, substance, value, limit, name, _share(value, limit))


def _odour(state: State, limits: Limits, asset: Asset) -> Measured:
    """Return the odour measure of a point that is nearest to its limit."""
    measures = []
    for limit in limits.odour:
        value = state.reading(asset.id, OdourObservation, limit.field, limit.unit)
        share = _share(value, limit.limit)
        measures.append(Measured(asset.id, asset.name, limit.field, value, limit.limit, limit.at, share))
    return max(measures, key=lambda measure: measure.share_pct or 0.0)


def _share(value: Reading, limit: float | None) -> float | None:
    return None if value.value is None or not limit else 100 * value.value / limit


def _ranked(measures: list[Measured], now_ms: int) -> tuple[Measured, ...]:
    measures.sort(key=lambda m: (is_stale(m.value, now_ms), -(m.share_pct or 0.0), m.asset))
    return tuple(measures[:_WORST])


def _water(state: State, asset: Asset) -> Water:
    units = (("level_m", "m"), ("ph", "pH"), ("turbidity_ntu", "NTU"))
    readings = (state.reading(asset.id, WaterObservation, field, unit) for field, unit in units)
    return Water(asset.id, asset.name, *readings)


def _weather(state: State, now_ms: int) -> Weather:
    points = _of(state, "weather")
    fresh = [
        asset
        for asset in points
        if not is_stale(state.reading(asset.id, WeatherObservation, "temperature_c", ""), now_ms)
    ]
    used = fresh or points
    speed, origin = _wind(state, used)
    return Weather(
        temperature=_mean(state, used, "temperature_c", "°C"),
        humidity=_mean(state, used, "humidity_pct", "%"),
        rain=_mean(state, used, "rain_mmh", "mm/h"),
        radiation=_mean(state, used, "ghi_wm2", "W/m²"),
        wind_speed=speed,
        wind_from=origin,
        points=len(fresh),
    )


def _mean(state: State, assets: list[Asset], field: str, unit: str) -> Reading:
    return _averaged([state.reading(asset.id, WeatherObservation, field, unit) for asset in assets], unit)


def _averaged(parts: list[Reading], unit: str) -> Reading:
    known = [part.value for part in parts if part.value is not None]
    times = [part.time_ms for part in parts if part.time_ms is not None]
    periods = [part.period_s for part in parts if part.period_s is not None]
    mean = fsum(known) / len(known) if known else None
    return Reading(mean, unit, min(times, default=None), max(periods, default=None))


def _wind(state: State, assets: list[Asset]) -> tuple[Reading, Reading]:
    """Return speed (m/s) and origin (degrees from north, where it comes from) of the mean vector."""
    facts = [fact for asset in assets if (fact := state.fact(asset.id, WeatherObservation))]
    winds = [wind for fact in facts if (wind := wind_of(fact))]
    like = _mean(state, assets, "wind_speed_ms", "m/s")
    if not winds:
        return like, Reading(None, "°", None, like.period_s)
    speed, origin = mean_wind(winds)
    return (
        Reading(speed, "m/s", like.time_ms, like.period_s),
        Reading(origin, "°", like.time_ms, like.period_s),
    )
