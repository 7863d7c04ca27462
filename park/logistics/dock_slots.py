"""Slots of vehicles at docks: the newest word on each, whatever the spelling of its dock and time.

A slot is one shipment where the subject is one (``<park>/shipment/<name>``); else one vehicle at one dock at
one planned instant. A slot that was planned anew replaces the old one.
"""

from msgspec import Struct

from park.events.envelope import Event
from park.events.identity import newer
from park.events.rings import milliseconds

HOUR_MS = 3_600_000
KEEP_HOURS = 26
SAME_TELLING_MS = 60_000  # a plan of several slots is told within a minute; what comes later is a new plan
OPEN = frozenset({"planned", "arrived"})

Place = tuple[str, str, int]


class Told(Struct):
    """What was said of a slot: the newest word, and when the first was said (ms since 1970 UTC)."""

    event: Event
    first_ms: int


class Slots:
    """The slots of a park, bounded by :data:`KEEP_HOURS` a dock; the order of the words does not matter."""

    def __init__(self) -> None:
        """Know no slot yet."""
        self._told: dict[tuple[str, ...], Told] = {}
        self._newest_hour: dict[str, int] = {}

    def __eq__(self, other: object) -> bool:
        """Whether the same is known of the same slots."""
        return isinstance(other, Slots) and self._told == other._told

    __hash__ = None  # type: ignore[assignment]

    def put(self, event: Event) -> None:
        """Take the word of a shipment, unless a newer one is known."""
        key, time_ms = _key(event), milliseconds(event)
        told = self._told.get(key)
        if told is None:
            self._told[key] = Told(event, time_ms)
        else:
            told.first_ms = min(told.first_ms, time_ms)
            if newer(event, told.event):
                told.event = event
        self._trim(event)

    def values(self) -> list[Event]:
        """Return the newest word on each slot that stands: told twice is once, replaced plans are out."""
        newest: dict[Place, Told] = {}
        for told in self._told.values():
            held = newest.get(_place(told.event))
            if held is None or newer(told.event, held.event):
                newest[_place(told.event)] = told
        by_vehicle: dict[str, list[Told]] = {}
        for told in newest.values():
            by_vehicle.setdefault(_last(told.event.data.vehicle), []).append(told)
        return [
            told.event
            for told in newest.values()
            if not any(_replaces(other, told) for other in by_vehicle[_last(told.event.data.vehicle)])
        ]

    def by_dock(self) -> dict[str, list[Event]]:
        """Return the slots by the last name of their dock."""
        found: dict[str, list[Event]] = {}
        for event in self.values():
            found.setdefault(_last(event.data.dock), []).append(event)
        return found

    def _trim(self, event: Event) -> None:
        """Forget what a dock's slots were told of more than :data:`KEEP_HOURS` before its newest word."""
        dock, hour = _last(event.data.dock), milliseconds(event) // HOUR_MS
        before = self._newest_hour.get(dock, hour)
        newest = self._newest_hour[dock] = max(hour, before)
        if newest == before and hour >= newest - KEEP_HOURS:
            return
        for key, told in list(self._told.items()):
            old = milliseconds(told.event) // HOUR_MS < newest - KEEP_HOURS
            if old and _last(told.event.data.dock) == dock:
                del self._told[key]


def _key(event: Event) -> tuple[str, ...]:
    if "/shipment/" in event.subject:
        return (event.subject,)
    dock, vehicle, start_ms = _place(event)
    return dock, vehicle, str(start_ms)


def _place(event: Event) -> Place:
    """Return dock, vehicle and planned instant (ms): the same slot whoever names it, and how."""
    shipment = event.data
    start_ms = int(shipment.planned_start.timestamp() * 1000)
    return _last(shipment.dock), _last(shipment.vehicle), start_ms


def _replaces(new: Told, old: Told) -> bool:
    """Tell whether a slot of the same vehicle was planned in place of another, which is still open.

    A vehicle is at one dock at a time: one that docked anew has left the dock it was at.
    """
    planned, gone = new.event.data, old.event.data
    if new is old:
        return False
    if gone.state == "docked":
        moved_on = planned.state in ("docked", "done") and planned.planned_start > gone.planned_start
        return moved_on and newer(new.event, old.event)
    later = new.first_ms > milliseconds(old.event) + SAME_TELLING_MS
    if gone.state not in OPEN or not later or "/shipment/" in old.event.subject:
        return False
    overlaps = planned.planned_start < gone.planned_end and gone.planned_start < planned.planned_end
    return overlaps or _last(planned.dock) == _last(gone.dock)


def _last(name: str) -> str:
    return name.rpartition("/")[2]
