"""Street lights: on when the sun is down, dimmed in the small hours, dark where a scenario says so."""

from collections.abc import Iterator
from datetime import datetime

from feeds.simulator.chance import unit
from feeds.simulator.effects import Dark
from feeds.simulator.system import System
from park.assets import Asset
from park.events import Event
from park.facts import LightStatus

ON_BELOW_DEG = -1.0
DIMMED_HOURS = range(1, 5)
FAULT_SHARE = 0.008  # about 1 % of lights fail in a month, most are repaired within it


class Lights(System):
    """Every light tells its state every five minutes, and at once when a scenario changes it."""

    name = "lights"
    kinds = ("light",)

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Tell the lights whose turn it is, then those a scenario has just touched."""
        told = set()
        for light in self.due(now, step_s):
            told.add(light.id)
            yield from self.tell(light, now)
        for effect in self.world.stage.turned(Dark, now, step_s):
            for light in self._touched(effect):
                if light.id not in told:
                    yield from self.tell(light, now)

    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield the light's state."""
        yield self.say(asset.id, self._status(asset, now), now)

    def _touched(self, effect: Dark) -> Iterator[Asset]:
        park = f"{self.world.park.id}/"
        for light in self.assets:
            if {light.id.removeprefix(park), str(light.traits["cabinet"]).removeprefix(park)} & set(
                effect.on
            ):
                yield light

    def _status(self, light: Asset, now: datetime) -> LightStatus:
        stage = self.world.stage
        dark = stage.on(Dark, light.id, now) or stage.on(Dark, str(light.traits["cabinet"]), now)
        if dark and dark[0].state == "unreachable":
            return LightStatus(state="unreachable", dim_pct=0.0, power_w=0.0)
        if dark or unit(self.world.seed, light.id, "fault") < FAULT_SHARE:
            return LightStatus(state="failed", dim_pct=0.0, power_w=0.0)
        if self.world.climate.elevation_deg(now) > ON_BELOW_DEG:
            return LightStatus(state="normal", dim_pct=0.0, power_w=0.8)
        dimmed = now.astimezone(self.world.park.zone).hour in DIMMED_HOURS
        dim = 50.0 if dimmed else 80.0
        return LightStatus(state="normal", dim_pct=dim, power_w=float(light.traits["rated_w"]) * dim / 100)
