"""Why two happenings belong together: place, wind, firm, site and time."""

from math import atan2, degrees, hypot, inf

from msgspec import Struct

from park.config.asset import Asset
from park.config.geometry import offset_m
from park.config.park import Park
from park.correlation.rules import Join
from park.environment.facts import WeatherObservation
from park.environment.wind import wind_of
from park.events.envelope import Event
from park.events.rings import milliseconds
from park.logistics.facts import VehiclePosition
from park.state.state import State
from park.systems import SYSTEM_OF_KIND

_WIND_MS = 600_000
_VEER_DEG = 15.0  # how far the wind turns while it carries something two kilometres (assumed)


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
    system: str
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
        self._state = state
        self._rules = park.downwind
        self._joins = park.correlation
        first = next(iter(state.assets.values()), None)
        self._lat, self._lon = (first.lat, first.lon) if first else (0.0, 0.0)
        self._places = {asset.id: self._of(asset) for asset in state.assets.values()}
        self._calm_ms = park.downwind.calm_ms if park.downwind else 0.0
        self._least_m = park.downwind.least_m if park.downwind else 0.0
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
        return offset_m(self._lat, self._lon, lat, lon)

    def tie(self, cause: Happening, effect: Happening, join: Join) -> Tie | None:
        """Tell whether an effect follows from a cause under a rule, and why."""
        after_s = (effect.ms - cause.ms) / 1000
        early_s = self._joins.early_s.get(self.substance(cause), 0.0) if join.early else 0.0
        if not -join.before_s - early_s <= after_s <= join.after_s:
            return None
        a, b = cause.place, effect.place
        metres = distance_m(a, b) if a and b else None
        if cause.asset == effect.asset:
            return Tie("same_asset", metres, after_s)
        if "grid" in join.by and self._is_substation(cause.asset):
            return Tie("same_grid", metres, after_s)
        if not self._may_be_substance(cause, effect, join):
            return None
        rule = self._rule(cause, effect, metres, join)
        return Tie(rule, metres, after_s) if rule else None

    def substance(self, happening: Happening) -> str:
        """Return the substance that a happening is about, "" where none is known."""
        measured = self._joins.measures.get(happening.what)
        return measured or (happening.place.substance if happening.place else "")

    def reach_m(self, join: Join) -> float:
        """Return how far a rule can reach at most."""
        if {"park", "firm", "site", "grid"} & set(join.by):
            return inf
        return max(join.radius_m, self._longest_m if "downwind" in join.by else 0.0)

    def _is_substation(self, asset: str) -> bool:
        known = self._state.assets.get(asset)
        return known is not None and known.kind == "substation"

    def _may_be_substance(self, cause: Happening, effect: Happening, join: Join) -> bool:
        """Tell whether what is measured can be of the cause: what one firm lets out may be a mixture."""
        if join.substance == "any" or same_firm(cause.place, effect.place):
            return True
        measured = self.substance(effect)
        if join.substance == "burnt":
            return not measured or measured in self._joins.burnt
        released = self.substance(cause)
        return not measured or not released or measured == released

    def _rule(self, cause: Happening, effect: Happening, metres: float | None, join: Join) -> str:
        a, b = cause.place, effect.place
        if a is not None and b is not None and metres is not None:
            if "firm" in join.by and same_firm(a, b):
                return "same_firm"
            if "site" in join.by and a.site and a.site == b.site:
                return "same_site"
            if self._in_plume(a, b, metres, join):
                return "downwind"
            if "near" in join.by and metres <= join.radius_m:
                return "same_place"
            if "moving" in join.by and metres <= _way_m(cause, effect, join):
                return "same_way"
        return "park_wide" if "park" in join.by else ""

    def _in_plume(self, a: Place, b: Place, metres: float, join: Join) -> bool:
        """Tell whether the wind carries something from one place to another, as far as a rule asks."""
        reach_m = self._length_m(a.substance)
        if "downwind" in join.by and metres <= reach_m:
            return self._in_wind(a, b, self._half_deg, calm_m=reach_m)
        same = a.substance != "" and a.substance == b.substance
        carried = "carried" in join.by or ("plume" in join.by and same)
        if carried and metres <= join.radius_m:
            return self._in_wind(a, b, self._half_deg + _VEER_DEG, calm_m=self._least_m)
        return False

    def _in_wind(self, a: Place, b: Place, half_deg: float, *, calm_m: float) -> bool:
        """Tell whether the wind blew from one place to another at any time lately: it takes its time.

        Where no wind is known it may blow anywhere; in a calm everything within ``calm_m`` may have it.
        """
        bearing = degrees(atan2(b.x_m - a.x_m, b.y_m - a.y_m))
        winds = [wind for fact in self._winds(a) if (wind := wind_of(fact))]
        if not winds:
            return True
        if distance_m(a, b) <= calm_m and any(speed_ms < self._calm_ms for speed_ms, _ in winds):
            return True
        return any(
            speed_ms >= self._calm_ms and abs((bearing - from_deg) % 360 - 180) <= half_deg
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


def same_firm(a: Place | None, b: Place | None) -> bool:
    """Tell whether two places belong to the same firm."""
    return a is not None and b is not None and a.firm != "" and a.firm == b.firm


def _way_m(cause: Happening, effect: Happening, join: Join) -> float:
    """Return how far somebody gets between two happenings, with what both cameras see around them."""
    between_s = abs(effect.ms - cause.ms) / 1000
    return min(join.radius_m, join.slack_m + join.speed_ms * between_s)


def system_of(asset: str) -> str:
    """Return the system that an asset speaks for, by the kind in its id."""
    parts = asset.split("/")
    return SYSTEM_OF_KIND.get(parts[1] if len(parts) > 1 else "", "data")
