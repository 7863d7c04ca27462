"""Logistics: vehicles inside, gates, dock slots, turnaround, empty runs, dangerous goods."""

from typing import Literal

from msgspec import Struct

from park.assets import Label
from park.state import Reading


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
    """The logistics panel; ratios over the last 24 hours."""

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
