"""The engine: all systems of a synthetic park, lived step by step; the same seed gives the same day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from feeds.simulator.cameras import Cameras
from feeds.simulator.climate import Climate
from feeds.simulator.effects import Mute
from feeds.simulator.energy import Energy
from feeds.simulator.environment import Environment
from feeds.simulator.lights import Lights
from feeds.simulator.roads import Roads
from feeds.simulator.stage import Stage
from feeds.simulator.system import System, World
from feeds.simulator.traffic import Traffic
from park.config.park import Park
from park.engine.facts import FeedHeartbeat
from park.events.envelope import Event
from park.logistics.facts import ShipmentStatus, VehiclePosition

HEARTBEAT_S = 10
WARM_UP = timedelta(hours=1)
SYSTEMS = ("energy", "traffic", "lights", "environment", "cameras")
PAST_STEP_S = {"traffic": 20, "energy": 300, "environment": 600}


class Engine:
    """A park that lives from ``start`` on."""

    def __init__(
        self,
        park: Park,
        folder: Path,
        seed: int,
        start: datetime,
        counters: dict[str, float] | None = None,
        saved: Path | None = None,
    ) -> None:
        """Build the systems.

        ``folder`` holds the park's files, ``saved`` the cameras set up in the room; ``counters`` go on from
        an earlier run.
        """
        centre = park.config.centre
        self.stage = Stage(park.id)
        world = World(park, Climate(centre.lat, centre.lon, seed), self.stage, seed)
        watched = (folder / "cameras", *((saved,) if saved else ()))
        self.energy = Energy(world, counters)
        self.traffic = Traffic(world, Roads(folder / "streets.geojson"), start - WARM_UP)
        for _ in _coarse(self.traffic, start - WARM_UP, start):
            pass  # so that the start finds vehicles on their way and docks at work
        self.traffic.unsaid()
        self.systems: tuple[System, ...] = (
            self.energy, self.traffic, Lights(world), Environment(world), Cameras(world, watched),
        )  # fmt: skip
        self.now = start
        self._sent = dict.fromkeys((system.name for system in self.systems), 0)

    def step(self, step_s: int = 1) -> list[Event]:
        """Live ``step_s`` seconds and return what happened, heartbeats included."""
        self.now += timedelta(seconds=step_s)
        happened: list[Event] = []
        for system in self.systems:
            told = list(system.step(self.now, step_s))
            feed = f"{system.world.park.id}/feed/simulator-{system.name}"
            if self.stage.on(Mute, feed, self.now):
                continue
            self._sent[system.name] += len(told)
            happened += told
            if int(self.now.timestamp()) % HEARTBEAT_S < step_s:
                beat = FeedHeartbeat(period_s=HEARTBEAT_S, sent=self._sent[system.name])
                happened.append(system.say(feed, beat, self.now))
        self.stage.clear_ended(self.now)
        return happened

    def past(self, until: datetime) -> Iterator[Event]:
        """Live coarsely to ``until`` and yield what trends and day totals need.

        No lights and no positions; of each shipment only its last state, because a state that was over
        long ago would look like one that lasts until the next one is read.
        """
        shipments: dict[str, Event] = {}
        for system in self.systems:
            for event in _coarse(system, self.now, until):
                if isinstance(event.data, ShipmentStatus):
                    shipments[event.subject] = event
                elif not isinstance(event.data, VehiclePosition):
                    yield event
        yield from shipments.values()
        self.now = until

    def roll_call(self) -> list[Event]:
        """Return what every asset has to say now, so that nothing is unknown until its turn comes.

        The shipments under way are told too.
        """
        under_way = self.traffic.open_shipments().items()
        return [self.traffic.say(shipment, status, self.now, "-call") for shipment, status in under_way] + [
            event
            for system in self.systems
            for asset in system.assets
            for event in system.tell(asset, self.now)
        ]


def _coarse(system: System, start: datetime, until: datetime) -> Iterator[Event]:
    """Live one system in wide steps; one that has no past to tell yields nothing."""
    step_s, now = PAST_STEP_S.get(system.name), start
    while step_s and (left_s := int((until - now).total_seconds())) > 0:
        step_s = min(step_s, left_s)
        now += timedelta(seconds=step_s)
        yield from system.step(now, step_s)
