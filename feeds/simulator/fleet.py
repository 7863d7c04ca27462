"""A vehicle of the synthetic park, the gates it queues at and the docks it books."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from feeds.simulator.roads import Drive, Leg, Node
from park.config.asset import Asset
from park.logistics.facts import ShipmentStatus, VehiclePosition

Doing = Literal[
    "away", "gate_in", "to_dock", "dock_queue", "docked", "to_gate", "gate_out", "roaming", "resting"
]
STATES: dict[str, Literal["moving", "queued", "docked", "parked"]] = {
    "gate_in": "queued", "to_dock": "moving", "dock_queue": "queued", "docked": "docked", "to_gate": "moving",
    "gate_out": "queued", "roaming": "moving", "resting": "parked",
}  # fmt: skip
SLOT = timedelta(minutes=25)


@dataclass
class Vehicle:
    """One vehicle and what it does; ``until`` ends a wait, metres count the trip inside."""

    asset: Asset
    rank: float
    doing: Doing = "away"
    node: Node = (0, 0)
    drive: Drive | None = None
    until: datetime | None = None
    laden: bool = True
    entered: datetime | None = None
    total_m: float = 0.0
    empty_m: float = 0.0
    gate: str = ""
    dock: str = ""
    shipment: str = ""
    status: ShipmentStatus | None = None
    stopped: bool = False

    def go(self, legs: list[Leg], to: Node, doing: Doing) -> None:
        """Set out for a node."""
        self.drive = Drive(legs) if legs else None
        self.node = to
        self.doing = doing

    def roll(self, seconds: float, pace: float) -> bool:
        """Drive on and count the way; true on arrival. One that was told to stop stays."""
        if self.stopped:
            return False
        if self.drive is None:
            return True
        driven = self.drive.move(seconds, pace)
        self.total_m += driven
        self.empty_m += 0.0 if self.laden else driven
        return self.drive.arrived

    def position(self, at: tuple[float, float], pace: float) -> VehiclePosition:
        """Return where it is; ``at`` is where it stands before its first drive."""
        moving = self.doing in ("to_dock", "to_gate", "roaming") and not self.stopped
        (lat, lon), heading, speed_ms = self.drive.place() if self.drive else (at, 0.0, 0.0)
        un_number = self.asset.traits.get("un_number") if self.laden else None
        return VehiclePosition(
            lat=round(lat, 6),
            lon=round(lon, 6),
            heading_deg=heading,
            speed_kmh=round(speed_ms * 3.6 * pace, 1) if moving else 0.0,
            state="parked" if self.stopped and STATES[self.doing] == "moving" else STATES[self.doing],
            cargo="dangerous" if un_number else "general" if self.laden else "empty",
            un_number=un_number,
        )


@dataclass
class Gate:
    """A gate lets one vehicle through at a time; none while it is held."""

    asset: Asset
    node: Node
    service_s: float = 22.0
    queue: deque[Vehicle] = field(default_factory=deque)
    free_at: datetime | None = None
    held: bool = False

    def passed(self, now: datetime, slow: float) -> list[Vehicle]:
        """Take those off the queue whose turn came by now."""
        out = []
        while self.queue and not self.held and (self.free_at is None or self.free_at <= now):
            out.append(self.queue.popleft())
            self.free_at = max(self.free_at or now, now) + timedelta(seconds=self.service_s * slow)
        return out


@dataclass
class Dock:
    """A dock serves one vehicle at a time, by booked slots."""

    asset: Asset
    node: Node
    booked_until: datetime
    vehicle: Vehicle | None = None
    queue: deque[Vehicle] = field(default_factory=deque)

    def book(self, earliest: datetime) -> tuple[datetime, datetime]:
        """Book the next slot that begins no earlier."""
        start = max(self.booked_until, earliest)
        self.booked_until = start + SLOT
        return start, self.booked_until
