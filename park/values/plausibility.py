"""Which values of an event are believed: a value that is none is taken out before anybody reckons with it.

The record keeps what was said; the fold, the alarms, the means and the panels see None instead, and the
asset carries a mark that says why (``State.doubts``).
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from park.config.asset import Asset
from park.config.geometry import distance_m
from park.events.bounds import BOUNDS, flaw
from park.events.envelope import CATALOGUE, Event
from park.logistics.facts import VehiclePosition

Why = Literal["no_value", "implausible", "elsewhere", "jump"]

INSIDE_M = 5_000.0  # beyond the outermost asset nobody counts as inside the park (assumed)
AROUND_M = 100_000.0  # beyond that a place is not one of a lorry on its way to the park (assumed)
SAID_CHARS = 40  # of what stood in a field: a number of 64 bit in full has 25
NOWHERE_DEG = 0.01  # around 0,0 in the Gulf of Guinea: a receiver without a fix


class Bad(Struct, frozen=True):
    """A value that is not believed: why, and what was said (empty: null)."""

    why: Why
    said: str


Marks = dict[str, Bad]


class _Field(NamedTuple):
    name: str
    required: bool


def _fields(fact: type[Struct]) -> tuple[_Field, ...]:
    fields = msgspec.structs.fields(fact)
    return tuple(_Field(field.name, field.required) for field in fields if field.name in BOUNDS)


_MEASURED = frozenset(
    name
    for name in CATALOGUE
    if name.rpartition(".")[2] in {"reading", "observation", "status", "position", "passage", "health"}
    or name == "park.alarm.raised"
)
FIELDS: dict[str, tuple[_Field, ...]] = {
    name: found for name in _MEASURED if (found := _fields(CATALOGUE[name]))
}


class Judge:
    """Knows the park's assets, so that a value is held against its own device and its own place."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """Measure the park: the middle of its assets and how far the outermost is from it."""
        self.assets = assets
        self._middle: tuple[float, float] | None = None
        self._reach_m = 0.0
        if assets:
            lats = [asset.lat for asset in assets.values()]
            lons = [asset.lon for asset in assets.values()]
            self._middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
            self._reach_m = distance_m(*self._middle, max(lats), max(lons))

    def __call__(self, event: Event) -> tuple[Event, Marks]:
        """Return the event with None for every value that is not believed, and the marks of those."""
        fields = FIELDS.get(event.type)
        if fields is None:
            return event, {}
        marks: Marks = {}
        asset = self.assets.get(event.subject)
        for name, required in fields:
            value = getattr(event.data, name)
            if value is None:
                if required:
                    marks[name] = Bad("no_value", _said(event, name))
            elif why := flaw(name, value, asset):
                marks[name] = Bad("no_value" if why == "no_value" else "implausible", f"{value:g}")
        if isinstance(event.data, VehiclePosition):
            marks |= self._misplaced(event.data)
        if not marks:
            return event, marks
        nothing: dict[str, Any] = dict.fromkeys(marks)
        return replace(event, data=replace(event.data, **nothing)), marks

    def is_inside(self, fact: VehiclePosition) -> bool:
        """Tell whether a vehicle is in the park or before its gates; without assets anywhere is."""
        if fact.lat is None or fact.lon is None:
            return False
        far_m = distance_m(*self._middle, fact.lat, fact.lon) if self._middle else 0.0
        return far_m <= self._reach_m + INSIDE_M

    def _misplaced(self, fact: VehiclePosition) -> Marks:
        """Mark a place that is none, or far from the park."""
        if fact.state == "left" or fact.lat is None or fact.lon is None or self._middle is None:
            return {}
        why: Why | None = None
        if abs(fact.lat) < NOWHERE_DEG and abs(fact.lon) < NOWHERE_DEG:
            why = "no_value"
        elif distance_m(*self._middle, fact.lat, fact.lon) > self._reach_m + AROUND_M:
            why = "elsewhere"
        return {} if why is None else _place_marks(fact, why)


def without_place(event: Event, why: Why) -> tuple[Event, Marks]:
    """Return a vehicle's event without its place, and the marks that say why."""
    return replace(event, data=replace(event.data, lat=None, lon=None)), _place_marks(event.data, why)


def _place_marks(fact: VehiclePosition, why: Why) -> Marks:
    return {"lat": Bad(why, f"{fact.lat:g}"), "lon": Bad(why, f"{fact.lon:g}")}


def _said(event: Event, name: str) -> str:
    """Return what stood in a field before its code was read as null."""
    if event.novalue is None:
        return ""
    try:
        said = json.loads(event.novalue)
        return str(said.get(name, ""))[:SAID_CHARS] if isinstance(said, dict) else ""
    except (ValueError, RecursionError):  # whoever sends an event may have written anything there
        return ""
