"""Which works a leak, a fire or a smell comes from, when a sensor or a camera tells of it from afar.

A sensor measures what the wind brings, a camera sees what is before it: neither says at whose works it
happens. What is known of each works (whose sensor it is, the wind, the view, what it handles, its power)
is weighed by ``sources.toml`` into candidates, each with its reasons.
"""

from dataclasses import dataclass, field
from datetime import datetime
from math import asin, degrees, exp, prod
from typing import Literal

from msgspec import Struct

from park.config.asset import Asset, works_of
from park.config.geometry import bearing_deg, distance_m
from park.config.park import Park
from park.environment.wind import Wind, wind_at
from park.incidents.incident import Incident, Member
from park.logistics.facts import VehiclePosition
from park.origins.rules import SourceRules
from park.plume.sector import substances
from park.state.state import State

SOURCE_KINDS = frozenset({"gas_leak", "fire", "odour", "air", "dumping"})
AIRBORNE = frozenset({"gas", "odour", "air"})  # kinds of asset that measure what the wind brings
IN_SIGHT = ("factory", "site", "ess", "fuelcell", "substation")
POWER = frozenset({"supply_lost", "power_drop"})
FLAMES = frozenset({"fire", "smoke"})
MEASURED = {"odour_h2s": "H2S", "odour_nh3": "NH3"}  # alarms of an odour meter that name a substance
TELLING = frozenset(
    {"gas", "camera", "logistics", "environment"}
)  # systems of members that may say whose it is
STANDING_KMH = 5.0
UNHANDLED_SHARE = 0.2  # of the score, for works that are known not to handle the substance (assumed)

Relation = Literal["at", "upwind", "around", "beside", "near"]
Code = Literal[
    "own_sensor", "own_camera", "own_camera_elsewhere", "faces", "on_ground", "in_view", "near",
    "not_in_view", "upwind", "calm", "wind_unknown", "handles", "unhandled", "carries", "standing", "power",
]  # fmt: skip
OWN: frozenset[Code] = frozenset({"own_sensor", "own_camera", "own_camera_elsewhere", "on_ground"})
SURE: frozenset[Code] = frozenset({"own_camera", "faces", "on_ground", "power"})
LINKED: frozenset[Code] = frozenset({"handles", "carries", "standing", "power"})


class Reason(Struct, frozen=True):
    """One reason why something may be the source; metres, metres a second."""

    code: Code
    distance_m: float | None = None
    wind_ms: float | None = None
    detail: str = ""


class Candidate(Struct, frozen=True):
    """Works, a plant of the park or a vehicle that may be the source; ``score`` 0 to 1."""

    asset: str
    score: float
    distance_m: float
    reasons: tuple[Reason, ...]

    def has(self, *codes: Code) -> bool:
        """Tell whether any of some reasons speaks for it."""
        return any(reason.code in codes for reason in self.reasons)


class Source(Struct, frozen=True):
    """Where something comes from, as far as it is known; ``candidates`` likeliest first.

    ``relation`` to ``observer``, the sensor or camera that told of it: ``at`` the one candidate; at the
    observer's place or ``upwind`` of it; at it or ``around`` it (calm, wind unknown); at its works or
    ``beside`` them; ``near`` a camera of nobody.
    """

    observer: str
    relation: Relation
    candidates: tuple[Candidate, ...]
    substance: str = ""


def source_of(park: Park, state: State, incident: Incident, now: datetime) -> Source | None:
    """Return where an incident comes from, by the wind when it opened.

    None where it happens at its cause itself: works, a vehicle, a battery; where a camera sees nobody;
    and for a kind of incident in which nobody is asked for.
    """
    life, observer = incident.life, park.assets.get(incident.life.cause)
    if life.kind not in SOURCE_KINDS or observer is None or life.opened_ms is None:
        return None
    if observer.kind not in AIRBORNE and observer.kind != "camera":
        return None
    rules = park.sources
    members = _members(incident)
    search = _Search(park, state, observer, now, _substance(park, state, incident, members))
    search.wind = wind_at(state, life.opened_ms, rules.calm_ms, rules.half_angle_deg)

    # Who is there to be asked for: by whose it is, the wind or the view; vehicles
    search.find_works()
    search.find_vehicles({member.asset for member in members})

    # What else speaks for them
    search.weigh_members(members)
    search.weigh_substance()

    # The likeliest, and how sure that is
    found = search.ranked()
    if observer.kind == "camera" and not found:
        return None
    return Source(observer.id, search.relation(found), found, search.substance)


def _members(incident: Incident) -> list[Member]:
    """Return the members that may speak for somebody, in no order: of the thousands of a flood few do."""
    left = incident.left
    return [
        member
        for member in incident.members.values()
        if (member.system in TELLING or member.what in POWER) and left.get(member.id, -1) < member.joined_ms
    ]


def _substance(park: Park, state: State, incident: Incident, members: list[Member]) -> str:
    """Return the substance that is measured, empty where none is known."""
    known = sorted(substances(park, state, incident))
    named = sorted({MEASURED[member.what] for member in members if member.what in MEASURED})
    return next(iter(known or named), "")


@dataclass
class _Search:
    """The weighing of one incident."""

    park: Park
    state: State
    observer: Asset
    now: datetime
    substance: str
    wind: Wind | None = None
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    reasons: dict[str, dict[Code, tuple[float, Reason]]] = field(default_factory=dict)

    @property
    def rules(self) -> SourceRules:
        return self.park.sources

    @property
    def own(self) -> str:
        """The works that the observer belongs to, empty if none."""
        return works_of(self.observer.id, self.park.assets) or ""

    def add(self, asset: str, weight: float, reason: Reason) -> None:
        self.reasons.setdefault(asset, {})[reason.code] = (weight, reason)

    def far_m(self, lat: float, lon: float) -> float:
        return distance_m(self.observer.lat, self.observer.lon, lat, lon)

    def off_deg(self, lat: float, lon: float) -> tuple[float, float]:
        """Return the bearing of a place from the observer, and how wide the ground around it looks."""
        far = self.far_m(lat, lon)
        wide = degrees(asin(min(1.0, self.rules.ground_m / far))) if far > 0 else 90.0
        return bearing_deg(self.observer.lat, self.observer.lon, lat, lon), wide

    def find_works(self) -> None:
        find = self._sight if self.observer.kind == "camera" else self._air
        for kind in IN_SIGHT:
            for works in self.state.by_kind.get(kind, []):
                if self.observer.kind == "camera" or kind == "factory" or "handles" in works.traits:
                    self.places[works.id] = works.lat, works.lon
                    find(works)

    def _air(self, works: Asset) -> None:
        """Weigh works by whose sensor it is and by the wind."""
        far, weights = self.far_m(works.lat, works.lon), self.rules.weights
        carried = self._carried(works.lat, works.lon, self.rules.upwind_m)
        on_ground = far <= self.rules.ground_m
        if works.id == self.own:
            share = 1.0 if on_ground or carried else 0.5  # a sensor at its fence, and it lies downwind
            self.add(works.id, share * weights.own_sensor, Reason("own_sensor", far))
        elif on_ground and not self.own:
            self.add(works.id, weights.own_sensor, Reason("on_ground", far))
        if carried and not (on_ground and works.id == self.own):
            self.add(works.id, *carried)

    def _carried(self, lat: float, lon: float, reach_m: float) -> tuple[float, Reason] | None:
        """Return why the wind may have brought it from a place, None where it did not."""
        far = self.far_m(lat, lon)
        wind = self.wind
        weights = self.rules.weights
        if wind is None or wind.calm:
            reach_m = reach_m if wind is None else min(reach_m, self.rules.around_m)
            code: Code = "wind_unknown" if wind is None else "calm"
            return (weights.around * exp(-far / reach_m), Reason(code, far)) if far <= reach_m else None
        bearing, wide = self.off_deg(lat, lon)
        off = max(0.0, wind.off_deg(bearing) - wide)
        if far > reach_m or off > wind.half_deg:
            return None
        weight = weights.upwind * exp(-far / self.rules.upwind_m) * (1 - 0.5 * off / wind.half_deg)
        return weight, Reason("upwind", far, wind.speed_ms)

    def _sight(self, works: Asset) -> None:
        """Weigh works by whose camera it is and by what it looks at."""
        far = self.far_m(works.lat, works.lon)
        weights = self.rules.weights
        traits = self.observer.traits
        faces = traits.get("faces", ())
        if works.id in faces:
            self.add(works.id, weights.faces, Reason("faces", far, detail=self.observer.id))
        elif works.id == self.own and faces:
            self.add(works.id, weights.own_camera_elsewhere, Reason("own_camera_elsewhere", far))
        elif works.id == self.own:
            self.add(works.id, weights.own_camera, Reason("own_camera", far))
        elif far <= self.rules.ground_m and not self.own and works.kind == "factory":
            self.add(works.id, weights.own_sensor, Reason("on_ground", far))
        elif far <= self.rules.view_m:
            weight, code = self._view(works)
            self.add(works.id, weight * (1 - 0.5 * far / self.rules.view_m), Reason(code, far))

    def _view(self, works: Asset) -> tuple[float, Code]:
        """Return how works lie to what the camera is said to look at."""
        weights, traits = self.rules.weights, self.observer.traits
        if not isinstance(traits.get("heading_deg"), int | float):
            return weights.near, "near"
        bearing, wide = self.off_deg(works.lat, works.lon)
        off = abs((bearing - traits["heading_deg"] + 180) % 360 - 180)
        seen = off <= float(traits.get("fov_deg", 90.0)) / 2 + wide
        return (weights.in_view, "in_view") if seen else (weights.not_in_view, "not_in_view")

    def find_vehicles(self, members: set[str]) -> None:
        """Weigh the vehicles with dangerous goods that are part of it, or stand or drive where it may be."""
        for event in self.state.vehicles.values():
            fact: VehiclePosition = event.data
            fresh = abs((self.now - event.time).total_seconds()) <= self.rules.vehicle_age_s
            if fact.cargo != "dangerous" or fact.state == "left" or not fresh:
                continue
            if fact.lat is None or fact.lon is None:
                continue
            place = fact.lat, fact.lon
            far = self.far_m(*place)
            member = event.subject in members
            if member or (far <= self.rules.vehicle_m and self._may_leak(fact, place)):
                self.places[event.subject] = place
                self._weigh_vehicle(event.subject, fact, far, member=member)

    def _may_leak(self, fact: VehiclePosition, place: tuple[float, float]) -> bool:
        """Tell whether a vehicle nearby fits: its goods and the wind, or that it stands before the camera."""
        if self.observer.kind == "camera":
            stands = fact.speed_kmh is not None and fact.speed_kmh < STANDING_KMH
            return stands and self.far_m(*place) <= self.rules.near_m
        goods = self.rules.un_numbers.get(self.substance, ())
        fits = not fact.un_number or fact.un_number in goods
        return fits and self._carried(*place, self.rules.vehicle_m) is not None

    def _weigh_vehicle(self, vehicle: str, fact: VehiclePosition, far: float, *, member: bool) -> None:
        weights, number = self.rules.weights, fact.un_number or ""
        same = number in self.rules.un_numbers.get(self.substance, ())
        carries = weights.carries if same else 0.5 * weights.carries
        self.add(vehicle, carries, Reason("carries", far, detail=number))
        if member:
            self.add(vehicle, weights.standing, Reason("standing", far))
        carried = (
            None
            if self.observer.kind == "camera"
            else self._carried(*self.places[vehicle], self.rules.vehicle_m)
        )
        if carried:
            self.add(vehicle, *carried)

    def weigh_members(self, members: list[Member]) -> None:
        """Let the other members speak for works that may be the source by their place.

        A sensor downwind of them speaks for nobody: it measures what the wind brings there.
        """
        weights = self.rules.weights
        for member in members:
            works = works_of(member.asset, self.park.assets) or ""
            if works not in self.reasons or member.asset == self.observer.id:
                continue
            far, told = self.far_m(*self.places[works]), self.park.assets[member.asset]
            if member.what in POWER:
                self.add(works, weights.power, Reason("power", far))
            elif told.kind == "gas" and self.substance in ("", told.traits.get("substance")):
                self.add(works, weights.own_sensor, Reason("own_sensor", far))
            elif told.kind == "camera" and member.what in FLAMES:
                self.add(works, weights.own_camera, Reason("own_camera", far))

    def weigh_substance(self) -> None:
        """Let speak who handles what is measured, where that is known."""
        if not self.substance or self.observer.kind == "camera":
            return
        measured: dict[str, set[str]] = {}
        for sensor in self.state.by_kind.get("gas", []):
            works = works_of(sensor.id, self.park.assets) or ""
            measured.setdefault(works, set()).add(str(sensor.traits.get("substance", "")))
        for asset in list(self.reasons):
            known = self.park.assets.get(asset)
            if known is None or known.kind == "vehicle":
                continue
            handled = known.traits.get("handles", measured.get(asset))
            if handled is not None:
                code: Code = "handles" if self.substance in handled else "unhandled"
                weight = self.rules.weights.handles if code == "handles" else 0.0
                self.add(asset, weight, Reason(code, detail=self.substance))

    def ranked(self) -> tuple[Candidate, ...]:
        """Return the candidates that are left, likeliest first, then nearest; whose sensor it is stays."""
        found = [self._candidate(asset, why) for asset, why in self.reasons.items()]
        if any(candidate.has(*LINKED) for candidate in found):
            found = [c for c in found if not c.has("unhandled") or c.has(*LINKED) or c.has(*OWN)]
        found.sort(key=lambda candidate: (-candidate.score, candidate.distance_m, candidate.asset))
        least = self.rules.least_share * found[0].score if found else 0.0
        kept = [c for c in found if c.score >= least][: self.rules.most]
        own = [c for c in found if c.asset == self.own and c not in kept]
        return (*kept[: self.rules.most - len(own)], *own)

    def _candidate(self, asset: str, why: dict[Code, tuple[float, Reason]]) -> Candidate:
        score = 1 - prod(1 - weight for weight, _reason in why.values())
        if "unhandled" in why:
            score *= UNHANDLED_SHARE
        reasons = tuple(reason for _weight, reason in why.values())
        return Candidate(asset, round(score, 3), round(self.far_m(*self.places[asset]), 1), reasons)

    def relation(self, found: tuple[Candidate, ...]) -> Relation:
        """Return how sure the place is: ``at`` only where nothing else may be the source."""
        only = found[0] if len(found) == 1 else None
        if self.observer.kind == "camera":
            if only is not None and only.has(*SURE):
                return "at"
            return "beside" if self.own else "near"
        own = only is not None and only.has(*OWN) and not only.has("unhandled")
        if only is not None and own and (only.distance_m <= self.rules.ground_m or only.has("upwind")):
            return "at"
        return "around" if self.wind is None or self.wind.calm else "upwind"
