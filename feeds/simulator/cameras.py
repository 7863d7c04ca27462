"""Cameras that have no picture here: their health, and what a scenario lets them see."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from feeds.simulator.effects import Blind
from feeds.simulator.system import System, World
from park.cameras.facts import CameraEvent, CameraHealth
from park.config.asset import Asset
from park.events.envelope import Event

NO_PICTURE = "simulated: no picture source"


class Cameras(System):
    """Health once a minute for cameras that no camera process watches."""

    name = "cameras"
    kinds = ("camera",)

    def __init__(self, world: World, folders: tuple[Path, ...]) -> None:
        """Leave those alone that have a file in one of ``folders``: a camera process speaks for them."""
        super().__init__(world)
        self._folders = folders

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Tell health, changes of health, and what the stage shows to cameras."""
        told = set()
        for camera in self.due(now, step_s):
            for event in self.tell(camera, now):
                told.add(camera.id)
                yield event
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
        name = f"{asset.id.rpartition('/')[2]}.toml"
        if not any((folder / name).exists() for folder in self._folders):
            yield self.say(asset.id, self._health(asset.id, now), now)

    def _health(self, camera: str, now: datetime) -> CameraHealth:
        blind = self.world.stage.on(Blind, camera, now)
        if blind:
            return CameraHealth(state=blind[0].state, fps=0.0, detail="simulated")
        return CameraHealth(state="ok", fps=12.0, detail=NO_PICTURE)
