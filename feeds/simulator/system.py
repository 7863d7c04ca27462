"""What the systems of a synthetic park have in common: their world, their turn and their voice."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feeds.simulator.climate import Climate
from feeds.simulator.effects import Silence, Wind
from feeds.simulator.schedule import Schedule
from feeds.simulator.stage import Stage
from park.config.asset import Asset
from park.config.park import Park
from park.events.envelope import Event
from park.events.facts import Fact


@dataclass(frozen=True)
class World:
    """What every system sees."""

    park: Park
    climate: Climate
    stage: Stage
    seed: int

    def of_kind(self, *kinds: str) -> list[Asset]:
        """Return the assets of some kinds, in the order of their ids."""
        return sorted((a for a in self.park.assets.values() if a.kind in kinds), key=lambda a: a.id)

    def wind(self, now: datetime) -> tuple[float, float]:
        """Return speed in m/s and the direction the wind comes from, degrees: staged, else the weather's."""
        for effect, _ in self.stage.acting(Wind, now):
            return effect.speed_ms, effect.from_deg
        return self.climate.wind(now)


class System(ABC):
    """One system of the park: lights, energy, traffic …."""

    name: str
    kinds: tuple[str, ...]

    def __init__(self, world: World) -> None:
        """Take its assets from the world."""
        self.world = world
        self.assets = world.of_kind(*self.kinds)
        self._schedule = Schedule(self.assets)

    @abstractmethod
    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield what an asset has to say now."""

    @abstractmethod
    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Live through the ``step_s`` seconds that end now and yield what happened."""

    def due(self, now: datetime, step_s: int) -> Iterator[Asset]:
        """Yield the assets whose turn it is and that are not silenced."""
        for asset in self._schedule.due(now, step_s):
            if not self.world.stage.on(Silence, asset.id, now):
                yield asset

    def say(self, subject: str, fact: Fact, now: datetime, part: str = "") -> Event:
        """Return the event that tells a fact; its id is the same in every run of the same seed."""
        mark = f"{self.world.seed}-{subject}-{fact.TYPE}-{now.timestamp():.0f}{part}"
        source = f"simulator/{self.world.park.id}/{self.name}"
        return Event(
            id=mark,
            source=source,
            type=fact.TYPE,
            subject=subject,
            time=now,
            park=self.world.park.id,
            data=fact,
        )
