"""What vehicles, gates, docks and parking areas report: one frozen struct per event type."""

from typing import Literal

from park.events.base import (
    AwareTime,
    FactBase,
    Latitude,
    Longitude,
    MeasuredBearing,
    MeasuredCount,
    MeasuredPositive,
    NonNegative,
    Text,
)


class VehiclePosition(FactBase, frozen=True):
    """Where a vehicle is; ``un_number`` only with dangerous goods."""

    TYPE = "park.vehicle.position"
    lat: Latitude | None
    lon: Longitude | None
    speed_kmh: MeasuredPositive
    heading_deg: MeasuredBearing
    state: Literal["moving", "queued", "docked", "parked", "left"]
    cargo: Literal["empty", "general", "dangerous"]
    un_number: str | None = None
    off_route: bool = False


class GatePassage(FactBase, frozen=True):
    """A vehicle passed a gate; on the way out the trip is told (distances inside and outside)."""

    TYPE = "park.gate.passage"
    vehicle: Text
    direction: Literal["in", "out"]
    turnaround_s: NonNegative | None = None
    total_km: NonNegative | None = None
    empty_km: NonNegative | None = None


class GateStatus(FactBase, frozen=True):
    """Queue at a gate."""

    TYPE = "park.gate.status"
    SHOWN = True
    queue_vehicles: MeasuredCount
    wait_s: MeasuredPositive
    open: bool = True


class DockStatus(FactBase, frozen=True):
    """State of one dock."""

    TYPE = "park.dock.status"
    SHOWN = True
    state: Literal["free", "busy", "closed"]
    queue_vehicles: MeasuredCount = 0
    vehicle: str | None = None


class ShipmentStatus(FactBase, frozen=True):
    """One vehicle's slot at a dock: planned, then actual times."""

    TYPE = "park.shipment.status"
    vehicle: Text
    dock: Text
    state: Literal["planned", "arrived", "docked", "done", "cancelled"]
    planned_start: AwareTime
    planned_end: AwareTime
    actual_start: AwareTime | None = None
    actual_end: AwareTime | None = None


class ParkingStatus(FactBase, frozen=True):
    """Occupation of a parking area."""

    TYPE = "park.parking.status"
    SHOWN = True
    occupied: MeasuredCount
    capacity: MeasuredCount
