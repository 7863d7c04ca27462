"""Where the wind carries what leaks or burns: a sector, and what lies inside it.

Sector of ±``half_angle_deg`` around the direction the wind blows to, its length by substance
(``downwind.toml``); in a calm it is a circle.
"""

from datetime import datetime
from math import isclose

from msgspec import Struct

from park.config.asset import Asset
from park.config.geometry import bearing_deg, distance_m, moved
from park.config.park import Park
from park.environment.facts import GasObservation, WeatherObservation
from park.environment.wind import mean_wind, wind_of
from park.incidents.incident import Incident
from park.state.reading import Reading, is_stale
from park.state.state import State

VEHICLE_AGE_S = 600.0
_ARC_STEPS = 12


class Sector(Struct, frozen=True):
    """Where to look: a circle, and where the wind is known, what lies downwind; degrees and metres.

    ``half_angle_deg`` is 180 in a calm; ``wind_to_deg`` None: no wind known or none that matters.
    """

    lat: float
    lon: float
    radius_m: float
    substance: str = ""
    wind_to_deg: float | None = None
    wind_speed_ms: float | None = None
    length_m: float | None = None
    half_angle_deg: float = 30.0

    def holds(self, lat: float, lon: float) -> bool:
        """Tell whether a place is inside the circle or the sector."""
        far = distance_m(self.lat, self.lon, lat, lon)
        if far <= self.radius_m:
            return True
        if self.wind_to_deg is None or self.length_m is None or far > self.length_m:
            return False
        off = abs((bearing_deg(self.lat, self.lon, lat, lon) - self.wind_to_deg + 180) % 360 - 180)
        return off <= self.half_angle_deg

    def outline(self) -> tuple[tuple[float, float], ...]:
        """Return the closed outline of the sector as (lat, lon); empty where there is none."""
        if self.wind_to_deg is None or self.length_m is None:
            return ()
        first, step = self.wind_to_deg - self.half_angle_deg, 2 * self.half_angle_deg / _ARC_STEPS
        arc = [moved(self.lat, self.lon, first + n * step, self.length_m) for n in range(_ARC_STEPS + 1)]
        if isclose(self.half_angle_deg, 180):
            return (*arc[:-1], arc[0])
        return ((self.lat, self.lon), *arc, (self.lat, self.lon))


class Inside(Struct, frozen=True):
    """What lies inside a sector: ids by kind, nearest first; ``vehicles`` carry dangerous goods."""

    firms: tuple[str, ...]
    lights: tuple[str, ...]
    cameras: tuple[str, ...]
    vehicles: tuple[str, ...]


def sector(park: Park, state: State, incident: Incident, now: datetime) -> Sector | None:
    """Return how far an incident reaches at ``now``; None where its place or the rules are unknown."""
    rules, place = park.downwind, place_of(park, incident)
    if rules is None or place is None:
        return None
    life = incident.life
    if life.kind not in rules.kinds:
        return Sector(*place, rules.radius_m)
    substance = next(iter(sorted(substances(park, state, incident))), "")
    reach = rules.substances.get(substance, rules.default)
    length_m = max(reach.downwind_m, rules.least_m)
    wind = _wind(state, now)
    if wind is None:
        return Sector(*place, reach.isolation_m, substance)
    speed, from_deg = wind
    half = rules.half_angle_deg if speed >= rules.calm_ms else 180.0
    to_deg = round((from_deg + 180) % 360, 1) % 360
    return Sector(*place, reach.isolation_m, substance, to_deg, round(speed, 1), length_m, half)


def inside(state: State, area: Sector, now: datetime) -> Inside:
    """Return the firms, lights, cameras and dangerous-goods vehicles inside an area at ``now``."""

    def of(kind: str) -> tuple[str, ...]:
        held = (a for a in state.by_kind.get(kind, []) if area.holds(a.lat, a.lon))
        return tuple(a.id for a in sorted(held, key=lambda a: (_far(area, a), a.id)))

    vehicles = (
        event
        for event in state.vehicles.values()
        if event.data.cargo == "dangerous"
        and event.data.state != "left"
        and (now - event.time).total_seconds() <= VEHICLE_AGE_S
        and area.holds(event.data.lat, event.data.lon)
    )
    return Inside(
        of("factory"), of("light"), of("camera"), tuple(sorted(event.subject for event in vehicles))
    )


def place_of(park: Park, incident: Incident) -> tuple[float, float] | None:
    """Return where an incident is: as told, else where its cause stands."""
    life = incident.life
    if life.lat is not None and life.lon is not None:
        return life.lat, life.lon
    asset = park.assets.get(life.cause)
    return (asset.lat, asset.lon) if asset else None


def substances(park: Park, state: State, incident: Incident) -> set[str]:
    """Return the substances that the gas sensors of an incident measure; its cause's alone if known."""
    cause = _substance(park, state, incident.life.cause)
    if cause:
        return {cause}
    gas = {member.asset for member in incident.members.values() if member.system == "gas"}
    return {found for asset in gas if (found := _substance(park, state, asset))}


def _substance(park: Park, state: State, asset: str) -> str:
    seen, known = state.fact(asset, GasObservation), park.assets.get(asset)
    return seen.substance if seen else str(known.traits.get("substance", "")) if known else ""


def _far(area: Sector, asset: Asset) -> float:
    return distance_m(area.lat, area.lon, asset.lat, asset.lon)


def _wind(state: State, now: datetime) -> tuple[float, float] | None:
    """Return speed (m/s) and origin (degrees) of the mean wind of the fresh points; None without any."""
    now_ms, winds = int(now.timestamp() * 1000), []
    for asset in state.by_kind.get("weather", []):
        event = state.latest.get(asset.id, {}).get(WeatherObservation.TYPE)
        if event is None:
            continue
        at_ms = int(event.time.timestamp() * 1000)
        wind = wind_of(event.data)
        if wind is not None and not is_stale(Reading(0.0, "", at_ms, asset.period_s), now_ms):
            winds.append(wind)
    return mean_wind(winds) if winds else None
