"""Cameras that have no picture here: their health, and what a scenario lets them see."""

from collections.abc import Iterator
from datetime import datetime

from feeds.simulator.effects import Blind
from feeds.simulator.system import System, World
from park.assets import Asset
from park.events import Event
from park.facts import CameraEvent, CameraHealth

NO_PICTURE = "simulated: no picture source"


class Cameras(System):
    """Health once a minute for cameras that no camera process watches."""

    name = "cameras"
    kinds = ("camera",)

    def __init__(self, world: World, watched: frozenset[str]) -> None:
        """Leave the cameras alone that a camera process ``watched`` speaks for (asset ids)."""
        super().__init__(world)
        self._watched = watched

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Tell health, changes of health, and what the stage shows to cameras."""
        told = set()
        for camera in self.due(now, step_s):
            if camera.id not in self._watched:
                told.add(camera.id)
                yield from self.tell(camera, now)
        for effect in self.world.stage.turned(Blind, now, step_s):
            for camera_id in (f"{self.world.park.id}/{name}" for name in effect.on):
                if camera_id not in told:
                    yield self.say(camera_id, self._health(camera_id, now), now)
        for sight, camera_id in self.world.stage.sights(now, step_s):
            fact = CameraEvent(
                kind=sight.kind,
                camera=camera_id,
                model="simulator",
                rule=sight.kind,
                score=sight.score,
                zone=sight.zone,
            )
            yield self.say(camera_id, fact, now, f"-{sight.kind}")

    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield the health of a camera that nobody else speaks for."""
        if asset.id not in self._watched:
            yield self.say(asset.id, self._health(asset.id, now), now)

    def _health(self, camera: str, now: datetime) -> CameraHealth:
        blind = self.world.stage.on(Blind, camera, now)
        if blind:
            return CameraHealth(state=blind[0].state, fps=0.0, detail="simulated")
        return CameraHealth(state="ok", fps=12.0, detail=NO_PICTURE)
