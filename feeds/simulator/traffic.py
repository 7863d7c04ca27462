"""Traffic: freight through gates and docks by booked slots, local vehicles between firms, car parks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from feeds.simulator.chance import noise, unit
from feeds.simulator.effects import Astray, Crowd, Jam
from feeds.simulator.fleet import SLOT, Dock, Gate, Vehicle
from feeds.simulator.roads import Roads
from feeds.simulator.system import System, World
from park.config.asset import Asset
from park.events.envelope import Event
from park.logistics.facts import (
    DockStatus,
    GatePassage,
    GateStatus,
    ParkingStatus,
    ShipmentStatus,
    VehiclePosition,
)

LOCAL_VEHICLES = 54  # drive between firms by day and night
APPROACH = timedelta(minutes=11)
TURNS_UP_TO_S = 5  # in coarser steps only what changes is told
ASIDE_DEG = 0.0002  # about 20 m
PACE = 0.72  # of the speed limit: crossings and lights


class Traffic(System):
    """Vehicles, gates, docks, shipments and parking areas."""

    name = "traffic"
    kinds = ("vehicle", "gate", "dock", "parking")

    def __init__(self, world: World, roads: Roads, now: datetime) -> None:
        """Put the local vehicles on the road and book the first slots of the freight."""
        super().__init__(world)
        self.roads = roads
        assets = world.park.assets
        of = {kind: [a for a in self.assets if a.kind == kind] for kind in self.kinds}
        self.gates = {a.id: Gate(a, tuple(a.traits["node"])) for a in of["gate"]}
        self.docks = {
            a.id: Dock(a, tuple(assets[a.traits["site"]].traits["node"]), now + SLOT * unit(a.id, "first"))
            for a in of["dock"]
        }
        self.parking = of["parking"]
        vehicles = of["vehicle"]
        self.vehicles = {a.id: Vehicle(a, n / len(vehicles)) for n, a in enumerate(vehicles)}
        self._told: dict[str, tuple[GateStatus | DockStatus, datetime]] = {}
        for number, vehicle in enumerate(self.vehicles.values()):
            if number < LOCAL_VEHICLES:
                vehicle.doing = "resting"
                vehicle.until = now
                vehicle.laden = number % 3 > 0
                vehicle.node = self._some_node(vehicle, now)
            else:
                vehicle.until = now + timedelta(seconds=40 * (number - LOCAL_VEHICLES))

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Move everything and tell what happened, then those whose turn it is."""
        for vehicle in self.vehicles.values():
            yield from self._live(vehicle, now, step_s)
        for gate in self.gates.values():
            yield from self._serve_gate(gate, now)
        for dock in self.docks.values():
            yield from self._serve_dock(dock, now, step_s)
        if step_s <= TURNS_UP_TO_S:
            yield from self._turns(now, step_s)

    def _turns(self, now: datetime, step_s: int) -> Iterator[Event]:
        for asset in self.due(now, step_s):
            yield from self.tell(asset, now)

    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield a vehicle's position while it is inside, the state of a gate, a dock or a car park."""
        if asset.kind == "vehicle":
            vehicle, staged = self.vehicles[asset.id], self.world.stage.on(Astray, asset.id, now)
            if staged:
                yield self.say(asset.id, self._astray(vehicle, staged[0]), now)
            elif vehicle.doing != "away":
                yield self.say(asset.id, vehicle.position((asset.lat, asset.lon), PACE), now)
        elif asset.kind == "parking":
            yield self.say(asset.id, self._parking(asset, now), now)
        elif self._told.get(asset.id, (None, None))[1] != now:
            fact = self._gate(asset.id, now) if asset.kind == "gate" else self._dock(asset.id)
            yield self.say(asset.id, fact, now)

    def unsaid(self) -> None:
        """Take what was told of gates and docks as heard by nobody: it is told again."""
        self._told.clear()

    def open_shipments(self) -> dict[str, ShipmentStatus]:
        """Return the shipments that are not over, by id."""
        return {v.shipment: v.status for v in self.vehicles.values() if v.shipment and v.status}

    def call_off(self, unfinished: dict[str, ShipmentStatus], now: datetime) -> list[Event]:
        """Return the events that end the shipments and visits of an earlier run."""
        ended = []
        for shipment, status in unfinished.items():
            ended.append(self.say(shipment, replace(status, state="cancelled"), now, "-cancelled"))
            vehicle = self.vehicles.get(status.vehicle)
            if vehicle and vehicle.doing == "away":
                vehicle_at = vehicle.asset.lat, vehicle.asset.lon
                ended.append(self.say(status.vehicle, self._left(vehicle, vehicle_at), now, "-left"))
        return ended

    def _astray(self, vehicle: Vehicle, effect: Astray) -> VehiclePosition:
        """Return a position beside an asset, laden."""
        beside = self.world.park.assets[f"{self.world.park.id}/{effect.beside}"]
        un_number = vehicle.asset.traits.get("un_number")
        return VehiclePosition(
            lat=round(beside.lat + ASIDE_DEG, 6), lon=beside.lon, speed_kmh=0.0, heading_deg=0.0,
            state="parked", cargo="dangerous" if un_number else "general", un_number=un_number,
            off_route=effect.off_route,
        )  # fmt: skip

    @staticmethod
    def _left(vehicle: Vehicle, at: tuple[float, float]) -> VehiclePosition:
        vehicle.doing = "gate_out"
        gone: VehiclePosition = replace(vehicle.position(at, PACE), state="left", speed_kmh=0.0)
        vehicle.doing = "away"
        return gone

    def _live(self, vehicle: Vehicle, now: datetime, step_s: int) -> Iterator[Event]:
        match vehicle.doing:
            case "away":
                yield from self._come(vehicle, now)
            case "resting":
                if vehicle.until and vehicle.until <= now:
                    there = self._some_node(vehicle, now)
                    vehicle.laden = unit(vehicle.asset.id, now, "laden") < 0.65
                    vehicle.go(self.roads.route(vehicle.node, there), there, "roaming")
            case "roaming":
                if vehicle.roll(step_s, PACE):
                    wait_s = 5 + 15 * unit(vehicle.asset.id, now, "rest")
                    vehicle.doing, vehicle.until = "resting", now + timedelta(seconds=wait_s)
            case "to_dock":
                if vehicle.roll(step_s, PACE):
                    vehicle.doing = "dock_queue"
                    self.docks[vehicle.dock].queue.append(vehicle)
            case "to_gate":
                if vehicle.roll(step_s, PACE):
                    vehicle.doing = "gate_out"
                    self.gates[vehicle.gate].queue.append(vehicle)
            case _:
                return

    def _awake(self, vehicle: Vehicle, now: datetime) -> bool:
        """Tell whether a freight vehicle comes at this hour: all do by day, seven in ten at night."""
        hour = now.astimezone(self.world.park.zone).hour
        share = 1.0 if 6 <= hour < 20 else 0.7
        return unit(vehicle.asset.id, "rank") < share

    def _some_node(self, vehicle: Vehicle, now: datetime) -> tuple[int, int]:
        pick = unit(self.world.seed, vehicle.asset.id, int(now.timestamp()))
        return self.roads.nodes[int(pick * len(self.roads.nodes))]

    def _come(self, vehicle: Vehicle, now: datetime) -> Iterator[Event]:
        """Book a slot ahead, then queue at a gate in time for it."""
        if vehicle.until is None or vehicle.until > now:
            return
        if not vehicle.shipment and not self._awake(vehicle, now):
            return
        if not vehicle.shipment:
            dock = min(self.docks.values(), key=lambda d: (d.booked_until, d.asset.id))
            start, end = dock.book(now + APPROACH)
            vehicle.dock, vehicle.until = dock.asset.id, start - APPROACH
            vehicle.shipment = (
                f"{self.world.park.id}/shipment/{vehicle.asset.id.split('/')[-1]}-{now:%m%d%H%M%S}"
            )
            vehicle.status = ShipmentStatus(
                vehicle=vehicle.asset.id,
                dock=dock.asset.id,
                state="planned",
                planned_start=start,
                planned_end=end,
            )
            yield self.say(vehicle.shipment, vehicle.status, now)
            return
        gates = list(self.gates.values())
        gate = gates[int(unit(vehicle.asset.id, now) * len(gates))]
        vehicle.doing = "gate_in"
        vehicle.gate = gate.asset.id
        vehicle.node = gate.node
        vehicle.drive = None
        vehicle.entered = now
        vehicle.total_m = 0.0
        vehicle.empty_m = 0.0
        vehicle.laden = True
        vehicle.go(self.roads.route(gate.node, self.docks[vehicle.dock].node), gate.node, "gate_in")
        gate.queue.append(vehicle)

    def _serve_gate(self, gate: Gate, now: datetime) -> Iterator[Event]:
        for vehicle in gate.passed(now, self._slow(gate.asset.id, now)):
            if vehicle.doing == "gate_in":
                node = self.docks[vehicle.dock].node
                vehicle.go(self.roads.route(gate.node, node), node, "to_dock")
                fact = GatePassage(vehicle=vehicle.asset.id, direction="in")
                yield self.say(gate.asset.id, fact, now, f"-{vehicle.asset.id}-in")
                yield from self._ship(vehicle, now, state="arrived")
            else:
                yield from self._leave(vehicle, gate, now)
        yield from self._changed(gate.asset.id, self._gate(gate.asset.id, now), now)

    def _leave(self, vehicle: Vehicle, gate: Gate, now: datetime) -> Iterator[Event]:
        at = gate.asset.lat, gate.asset.lon
        fact = GatePassage(
            vehicle=vehicle.asset.id, direction="out",
            turnaround_s=(now - (vehicle.entered or now)).total_seconds(),
            total_km=round(vehicle.total_m / 1000, 3), empty_km=round(vehicle.empty_m / 1000, 3),
        )  # fmt: skip
        yield self.say(gate.asset.id, fact, now, f"-{vehicle.asset.id}-out")
        yield self.say(vehicle.asset.id, self._left(vehicle, at), now, "-left")
        away_s = 120 + 480 * unit(vehicle.asset.id, now, "away")
        vehicle.until = now + timedelta(seconds=away_s)

    def _serve_dock(self, dock: Dock, now: datetime, step_s: int) -> Iterator[Event]:
        vehicle = dock.vehicle
        if vehicle and vehicle.until:
            if self.world.stage.on(Jam, dock.asset.id, now):
                vehicle.until += timedelta(seconds=step_s)
            elif vehicle.until <= now:
                yield from self._ship(vehicle, now, state="done", actual_end=now)
                vehicle.shipment = ""
                # One in three takes a load back: the others drive out empty
                vehicle.laden = unit(vehicle.asset.id, now, "back") < 0.38
                gate = self.gates[vehicle.gate]
                vehicle.go(self.roads.route(dock.node, gate.node), gate.node, "to_gate")
                dock.vehicle = None
        if dock.vehicle is None and dock.queue:
            vehicle = dock.vehicle = dock.queue.popleft()
            minutes = 19 + 5 * noise(self.world.seed, vehicle.shipment)
            vehicle.doing, vehicle.until = "docked", now + timedelta(minutes=minutes)
            yield from self._ship(vehicle, now, state="docked", actual_start=now)
        yield from self._changed(dock.asset.id, self._dock(dock.asset.id), now)

    def _changed(self, subject: str, fact: GateStatus | DockStatus, now: datetime) -> Iterator[Event]:
        """Tell a state when it is another than was told last."""
        if self._told.get(subject, (None, now))[0] != fact:
            self._told[subject] = fact, now
            yield self.say(subject, fact, now)

    def _ship(self, vehicle: Vehicle, now: datetime, **changes: object) -> Iterator[Event]:
        if vehicle.status:
            vehicle.status = replace(vehicle.status, **changes)
            yield self.say(vehicle.shipment, vehicle.status, now, f"-{vehicle.status.state}")

    def _slow(self, gate: str, now: datetime) -> float:
        crowd = self.world.stage.on(Crowd, gate, now)
        return crowd[0].slow if crowd else 1.0

    def _gate(self, gate: str, now: datetime) -> GateStatus:
        queue = len(self.gates[gate].queue)
        wait_s = queue * self.gates[gate].service_s * self._slow(gate, now)
        return GateStatus(queue, round(wait_s, 1), open=not self.gates[gate].held)

    def _dock(self, dock: str) -> DockStatus:
        vehicle, queue = self.docks[dock].vehicle, self.docks[dock].queue
        name = vehicle.asset.id if vehicle else None
        return DockStatus(state="busy" if vehicle else "free", queue_vehicles=len(queue), vehicle=name)

    def _parking(self, area: Asset, now: datetime) -> ParkingStatus:
        capacity = int(area.traits["capacity"])
        busy = 0.75 if self._working_hour(now) else 0.18
        share = busy + 0.12 * noise(area.id, int(now.timestamp()) // 600)
        return ParkingStatus(occupied=round(capacity * min(max(share, 0.02), 1.0)), capacity=capacity)

    def _working_hour(self, now: datetime) -> bool:
        local = now.astimezone(self.world.park.zone)
        return 8 <= local.hour < 19 and local.weekday() < 5 and local.date() not in self.world.park.holidays
