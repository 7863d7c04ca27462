"""Why two happenings belong together: place, wind, firm, site and time."""

from math import atan2, cos, degrees, hypot, inf, radians

from msgspec import Struct

from park.assets import Asset
from park.config import Park
from park.environment import wind_of
from park.events import Event
from park.facts import VehiclePosition, WeatherObservation
from park.kinds import Join
from park.response_facts import System
from park.rings import milliseconds
from park.state import State

M_PER_DEGREE = 111_320.0
_WIND_MS = 600_000
_VEER_DEG = 15.0  # how far the wind turns while it carries something two kilometres (assumed)

SYSTEMS: dict[str, System] = {
    "gas": "gas", "camera": "camera", "gate": "logistics", "dock": "logistics", "site": "logistics",
    "vehicle": "logistics", "parking": "logistics", "meter": "energy", "substation": "energy", "pv": "energy",
    "ess": "energy", "fuelcell": "energy", "factory": "energy", "light": "lighting", "cabinet": "lighting",
    "air": "environment", "odour": "environment", "water": "environment", "weather": "environment",
}  # fmt: skip


class Place(Struct, frozen=True):
    """Where something is: metres east and north of the park's centre, its firm and its site."""

    x_m: float
    y_m: float
    firm: str = ""
    site: str = ""
    substance: str = ""


class Happening(Struct, frozen=True):
    """Something that may belong to an incident; ``id`` is the member's (alarm id, else source and id).

    ``ms`` is when it began (UTC, ms since 1970), ``told_ms`` when it was known by the room.
    """

    id: str
    asset: str
    what: str
    ms: int
    told_ms: int
    system: System
    place: Place | None = None
    alarm: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    critical: bool = False
    stated: str = ""

    @property
    def key(self) -> str:
        """What it is told as: an alarm by its id, a value by what it says of which asset."""
        return self.alarm or f"{self.asset}|{self.what}"


class Tie(Struct, frozen=True):
    """Why one happening follows from another."""

    rule: str
    distance_m: float | None
    after_s: float


class Map:
    """Places of the park's assets, and the wind over them."""

    def __init__(self, park: Park, state: State) -> None:
        """Project all assets once (equirectangular about the first: exact to a metre in a park)."""
        self._state, self._rules = state, park.downwind
        first = next(iter(state.assets.values()), None)
        self._lat, self._lon = (first.lat, first.lon) if first else (0.0, 0.0)
        self._shrink = cos(radians(self._lat))
        self._places = {asset.id: self._of(asset) for asset in state.assets.values()}
        self._calm_ms = park.downwind.calm_ms if park.downwind else 0.0
        self._half_deg = park.downwind.half_angle_deg if park.downwind else 0.0
        self._weather: dict[str, dict[int, WeatherObservation]] = {}
        for point in state.by_kind.get("weather", []):
            if (event := state.latest.get(point.id, {}).get(WeatherObservation.TYPE)) is not None:
                self.feel(event)
        known = park.downwind.substances if park.downwind else ()
        self._longest_m = max(map(self._length_m, ("", *known)))

    def place(self, asset: str) -> Place | None:
        """Return where an asset is; a vehicle where it was last."""
        event = self._state.vehicles.get(asset)
        if event is not None and isinstance(event.data, VehiclePosition):
            lat, lon = event.data.lat, event.data.lon
            return None if lat is None or lon is None else Place(*self.project(lat, lon))
        return self._places.get(asset)

    def project(self, lat: float, lon: float) -> tuple[float, float]:
        """Return metres east and north of the origin."""
        return (lon - self._lon) * M_PER_DEGREE * self._shrink, (lat - self._lat) * M_PER_DEGREE

    def tie(self, cause: Happening, effect: Happening, join: Join) -> Tie | None:
        """Tell whether an effect follows from a cause under a rule, and why."""
        after_s = (effect.ms - cause.ms) / 1000
        if not -join.before_s <= after_s <= join.after_s:
            return None
        a, b = cause.place, effect.place
        metres = distance_m(a, b) if a and b else None
        if cause.asset == effect.asset:
            return Tie("same_asset", metres, after_s)
        if "grid" in join.by and self._is_substation(cause.asset):
            return Tie("same_grid", metres, after_s)
        rule = self._rule(a, b, metres, join)
        return Tie(rule, metres, after_s) if rule else None

    def reach_m(self, join: Join) -> float:
        """Return how far a rule can reach at most."""
        if {"park", "firm", "site", "grid"} & set(join.by):
            return inf
        return max(join.radius_m, self._longest_m if "downwind" in join.by else 0.0)

    def _is_substation(self, asset: str) -> bool:
        known = self._state.assets.get(asset)
        return known is not None and known.kind == "substation"

    def _rule(self, a: Place | None, b: Place | None, metres: float | None, join: Join) -> str:
        if a is not None and b is not None and metres is not None:
            if "firm" in join.by and a.firm and a.firm == b.firm:
                return "same_firm"
            if "site" in join.by and a.site and a.site == b.site:
                return "same_site"
            if "downwind" in join.by and self._downwind(a, b, metres):
                return "downwind"
            if "plume" in join.by and self._plume(a, b, metres, join.radius_m):
                return "downwind"
            if "near" in join.by and metres <= join.radius_m:
                return "same_place"
        return "park_wide" if "park" in join.by else ""

    def _downwind(self, a: Place, b: Place, metres: float) -> bool:
        return metres <= self._length_m(a.substance) and self._in_wind(a, b, self._half_deg)

    def _plume(self, a: Place, b: Place, metres: float, radius_m: float) -> bool:
        same = a.substance != "" and a.substance == b.substance
        return same and metres <= radius_m and self._in_wind(a, b, self._half_deg + _VEER_DEG)

    def _in_wind(self, a: Place, b: Place, half_deg: float) -> bool:
        """Tell whether the wind blew from one place to another at any time lately: it takes its time."""
        bearing = degrees(atan2(b.x_m - a.x_m, b.y_m - a.y_m))
        winds = (wind for fact in self._winds(a) if (wind := wind_of(fact)))
        return any(
            speed_ms < self._calm_ms or abs((bearing - from_deg) % 360 - 180) <= half_deg
            for speed_ms, from_deg in winds
        )

    def _length_m(self, substance: str) -> float:
        """Return how far downwind a substance reaches."""
        rules = self._rules
        if rules is None:
            return 0.0
        return max(rules.substances.get(substance, rules.default).downwind_m, rules.least_m)

    def feel(self, event: Event) -> None:
        """Remember what a weather point says."""
        told = self._weather.setdefault(event.subject, {})
        told[milliseconds(event)] = event.data
        newest = max(told)
        for old in [ms for ms in told if ms < newest - _WIND_MS]:
            del told[old]

    def _winds(self, place: Place) -> list[WeatherObservation]:
        """Return what the nearest weather point said lately."""
        known = [(distance_m(place, self._places[id_]), id_) for id_ in self._weather if id_ in self._places]
        return list(self._weather[min(known)[1]].values()) if known else []

    def _of(self, asset: Asset) -> Place:
        traits = asset.traits
        firm = asset.id if asset.kind == "factory" else str(traits.get("factory", ""))
        site = asset.id if asset.kind == "site" else str(traits.get("site", ""))
        return Place(*self.project(asset.lat, asset.lon), firm, site, str(traits.get("substance", "")))


def distance_m(a: Place, b: Place) -> float:
    """Return the distance of two places in metres."""
    return hypot(a.x_m - b.x_m, a.y_m - b.y_m)


def system_of(asset: str) -> System:
    """Return the system that an asset speaks for, by the kind in its id."""
    parts = asset.split("/")
    return SYSTEMS.get(parts[1] if len(parts) > 1 else "", "data")
