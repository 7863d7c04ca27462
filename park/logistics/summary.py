"""Logistics: vehicles inside, gates, dock slots, turnaround, empty runs, dangerous goods."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from math import fsum
from typing import Literal

from msgspec import Struct

from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Park
from park.events.envelope import Event
from park.events.rings import milliseconds
from park.logistics.facts import DockStatus, GatePassage, GateStatus, ShipmentStatus
from park.logistics.memory import LogisticsMemory
from park.state.reading import Reading
from park.state.state import State


class Gate(Struct, frozen=True):
    """Queue at a gate: vehicles and minutes."""

    asset: str
    name: Label
    queue: Reading
    wait: Reading
    open: bool | None


class Slot(Struct, frozen=True):
    """A vehicle's time at a dock. ``late``: planned start or end passed by more than the grace."""

    shipment: str
    vehicle: str
    state: Literal["planned", "late", "now", "done"]
    late_min: float | None
    planned_start_ms: int
    planned_end_ms: int
    actual_start_ms: int | None
    actual_end_ms: int | None


class Dock(Struct, frozen=True):
    """A dock now, and its slots around now in order of planned start."""

    asset: str
    name: Label
    state: Literal["free", "busy", "closed"] | None
    vehicle: str | None
    queue: Reading
    late: int
    slots: tuple[Slot, ...]


class Dangerous(Struct, frozen=True):
    """A vehicle with dangerous goods inside the park."""

    vehicle: str
    un_number: str | None
    state: str
    off_route: bool
    speed: Reading
    lat: float
    lon: float


class Summary(Struct, frozen=True):
    """The logistics panel; ratios over the last 24 hours, utilisation over the last 2."""

    inside: Reading
    by_state: dict[str, int]
    gates: tuple[Gate, ...]
    docks: tuple[Dock, ...]
    turnaround: Reading
    turnaround_target_min: float
    turnaround_band: Literal["good", "ok", "concern"] | None
    queue_time: Reading
    utilisation: Reading
    empty_run: Reading
    on_time: Reading
    late: int
    dangerous_count: int
    dangerous_off_route: int
    dangerous: tuple[Dangerous, ...]


GRACE_MIN = 15.0
_SILENT_MS = 30 * 60_000
_RATIO_MS = 24 * 3_600_000
_UTILISATION_MS = 2 * 3_600_000
_SLOTS_BEFORE_MS = 4 * 3_600_000
_SLOTS_AFTER_MS = 12 * 3_600_000
_BANDS: tuple[tuple[float, Literal["good", "ok"]], ...] = ((30.0, "good"), (60.0, "ok"))


def summary(state: State, park: Park, now: datetime) -> Summary:
    """Return the logistics panel at ``now``."""
    now_ms = int(now.timestamp() * 1000)
    inside = inside_now(state, now_ms)
    slots = state.memory(LogisticsMemory).shipments.by_dock()
    docks = tuple(_dock(state, asset, slots, now_ms) for asset in state.by_kind.get("dock", ()))
    trips = [trip for trip in _passages(state, now_ms - _RATIO_MS) if trip[1].direction == "out"]
    turnaround = _mean_min([(t, p.turnaround_s) for t, p in trips if p.turnaround_s is not None])
    dangerous = tuple(_dangerous(event) for event in inside if event.data.cargo == "dangerous")
    return Summary(
        inside=Reading(len(inside), "", max(map(milliseconds, inside), default=None), None),
        by_state=dict(sorted(Counter(event.data.state for event in inside).items())),
        gates=tuple(_gate(state, asset) for asset in state.by_kind.get("gate", ())),
        docks=docks,
        turnaround=turnaround,
        turnaround_target_min=park.config.logistics.turnaround_target_min,
        turnaround_band=band(turnaround.value),
        queue_time=_queue_time(state, now_ms),
        utilisation=_utilisation(state, now_ms),
        empty_run=_empty_run(trips),
        on_time=_on_time(state, now_ms),
        late=sum(dock.late for dock in docks),
        dangerous_count=len(dangerous),
        dangerous_off_route=sum(vehicle.off_route for vehicle in dangerous),
        dangerous=dangerous,
    )


def inside_now(state: State, now_ms: int) -> list[Event]:
    """Return the positions of the vehicles inside: not left, in the park, heard of in the last 30 minutes."""
    oldest = now_ms - _SILENT_MS
    held = (event for event in state.vehicles.values() if state.judge.is_inside(event.data))
    found = [event for event in held if event.data.state != "left" and milliseconds(event) >= oldest]
    return sorted(found, key=lambda event: event.subject)


def band(turnaround_min: float | None) -> Literal["good", "ok", "concern"] | None:
    """Return the band of a turnaround: up to 30 min good, up to 60 ok, longer a concern."""
    if turnaround_min is None:
        return None
    return next((name for edge, name in _BANDS if turnaround_min <= edge), "concern")


def late_min(shipment: ShipmentStatus, now_ms: int) -> float | None:
    """Return how late a slot runs in minutes: past its start (or end, once docked) by over 15 min."""
    if shipment.state in {"done", "cancelled"}:
        return None
    due = shipment.planned_end if shipment.state == "docked" else shipment.planned_start
    over = (now_ms - due.timestamp() * 1000) / 60_000
    return over if over > GRACE_MIN else None


def overrun_min(shipment: ShipmentStatus, now: datetime) -> float | None:
    """Return the minutes a docked vehicle is past its planned end (negative before), None if not docked."""
    if shipment.state != "docked":
        return None
    return (now - shipment.planned_end).total_seconds() / 60


def _gate(state: State, asset: Asset) -> Gate:
    fact = state.fact(asset.id, GateStatus)
    return Gate(
        asset.id,
        asset.name,
        queue=state.reading(asset.id, GateStatus, "queue_vehicles", ""),
        wait=state.reading(asset.id, GateStatus, "wait_s", "min", 1 / 60),
        open=fact.open if fact else None,
    )


def _dock(state: State, asset: Asset, told: dict[str, list[Event]], now_ms: int) -> Dock:
    fact = state.fact(asset.id, DockStatus)
    slots = tuple(_slots(told.get(asset.id.rpartition("/")[2], []), now_ms))
    return Dock(
        asset.id,
        asset.name,
        state=fact.state if fact else None,
        vehicle=fact.vehicle if fact else None,
        queue=state.reading(asset.id, DockStatus, "queue_vehicles", ""),
        late=sum(slot.late_min is not None for slot in slots),
        slots=slots,
    )


def _slots(told: list[Event], now_ms: int) -> Iterator[Slot]:
    held = (event for event in told if event.data.state != "cancelled")
    for event in sorted(held, key=lambda e: (e.data.planned_start, e.data.vehicle)):
        shipment = event.data
        start_ms = _ms(shipment.planned_start)
        if now_ms - _SLOTS_BEFORE_MS <= start_ms <= now_ms + _SLOTS_AFTER_MS:
            late = late_min(shipment, now_ms)
            yield Slot(
                event.subject,
                shipment.vehicle,
                _slot_state(shipment, late),
                late,
                start_ms,
                _ms(shipment.planned_end),
                _ms(shipment.actual_start) if shipment.actual_start else None,
                _ms(shipment.actual_end) if shipment.actual_end else None,
            )


def _slot_state(shipment: ShipmentStatus, late: float | None) -> Literal["planned", "late", "now", "done"]:
    if shipment.state == "done":
        return "done"
    if shipment.state == "docked":
        return "now"
    return "planned" if late is None else "late"


def _passages(state: State, since_ms: int) -> list[tuple[int, GatePassage]]:
    rings = state.memory(LogisticsMemory).passages.values()
    return [passage for ring in rings for passage in ring.since(since_ms)]


def _mean_min(seconds: list[tuple[int, float]]) -> Reading:
    newest = max((time_ms for time_ms, _ in seconds), default=None)
    mean = fsum(value for _, value in seconds) / len(seconds) / 60 if seconds else None
    return Reading(mean, "min", newest, None)


def _queue_time(state: State, now_ms: int) -> Reading:
    """Mean of dock start minus the vehicle's last way in before it, last 24 hours."""
    entries: dict[str, list[int]] = {}
    for time_ms, passage in _passages(state, now_ms - _RATIO_MS):
        if passage.direction == "in":
            entries.setdefault(passage.vehicle, []).append(time_ms)
    waits = []
    for start_ms, shipment in _started(state, now_ms):
        before = [entry for entry in entries.get(shipment.vehicle, ()) if entry <= start_ms]
        if before:
            waits.append((start_ms, (start_ms - max(before)) / 1000))
    return _mean_min(waits)


def _started(state: State, now_ms: int) -> list[tuple[int, ShipmentStatus]]:
    facts = (event.data for event in state.memory(LogisticsMemory).shipments.values())
    starts = [(_ms(fact.actual_start), fact) for fact in facts if fact.actual_start]
    return [(start, fact) for start, fact in starts if now_ms - _RATIO_MS <= start <= now_ms]


def _on_time(state: State, now_ms: int) -> Reading:
    """Share of dockings within 15 min of the planned start, last 24 hours."""
    starts = _started(state, now_ms)
    on_time = sum(abs(start - _ms(s.planned_start)) <= GRACE_MIN * 60_000 for start, s in starts)
    newest = max((start for start, _ in starts), default=None)
    return Reading(100 * on_time / len(starts) if starts else None, "%", newest, None)


def _empty_run(trips: list[tuple[int, GatePassage]]) -> Reading:
    """Empty km over total km of the trips that ended, last 24 hours (공차거리율)."""
    told = [(t, p) for t, p in trips if p.total_km is not None and p.empty_km is not None]
    total = fsum(p.total_km or 0.0 for _, p in told)
    empty = fsum(p.empty_km or 0.0 for _, p in told)
    newest = max((time_ms for time_ms, _ in told), default=None)
    return Reading(100 * empty / total if total > 0 else None, "%", newest, None)


def _utilisation(state: State, now_ms: int) -> Reading:
    """Busy hours over open hours of all docks in the last 2 hours; a state lasts until the next."""
    since_ms = now_ms - _UTILISATION_MS
    spent = {"busy": 0, "free": 0, "closed": 0}
    newest = None
    for ring in state.memory(LogisticsMemory).dock_states.values():
        told = [pair for pair in ring.since(0) if pair[0] <= now_ms]  # a dock tells its changes only
        ends = [time_ms for time_ms, _ in told[1:]] + [now_ms]
        for (start, status), end in zip(told, ends, strict=False):
            if end > since_ms:
                spent[status] += end - max(start, since_ms)
                newest = max(newest or 0, start)
    open_ms = spent["busy"] + spent["free"]
    return Reading(100 * spent["busy"] / open_ms if open_ms else None, "%", newest, None)


def _dangerous(event: Event) -> Dangerous:
    fact = event.data
    speed = Reading(fact.speed_kmh, "km/h", milliseconds(event), None)
    place = fact.lat, fact.lon
    return Dangerous(event.subject, fact.un_number, fact.state, fact.off_route, speed, *place)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
