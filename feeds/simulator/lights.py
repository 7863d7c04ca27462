"""Street lights: on when the sun is down, dimmed in the small hours; as commanded; dark where staged so."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from feeds.simulator.chance import unit
from feeds.simulator.effects import Dark
from feeds.simulator.system import System, World
from park.config.asset import Asset
from park.events.envelope import Event
from park.lighting.facts import LightStatus

ON_BELOW_DEG = -1.0
DIMMED_HOURS = range(1, 5)
FAULT_SHARE = 0.008  # about 1 % of lights fail in a month, most are repaired within it


class Dimmed(Struct, frozen=True):
    """A light held at so many percent by a command, until then (None: until another command)."""

    dim_pct: float
    until: datetime | None = None


class Lights(System):
    """Every light tells its state every five minutes, and at once when something changes it."""

    name = "lights"
    kinds = ("light",)

    def __init__(self, world: World) -> None:
        """Leave all lights to their own schedule."""
        super().__init__(world)
        self.held: dict[str, Dimmed] = {}

    def step(self, now: datetime, step_s: int) -> Iterator[Event]:
        """Tell the lights whose turn it is, then those a scenario has just touched."""
        told = self._let_go(now)
        for name in sorted(told):
            yield from self.tell(self.world.park.assets[name], now)
        for light in self.due(now, step_s):
            if light.id not in told:
                told.add(light.id)
                yield from self.tell(light, now)
        for effect in self.world.stage.turned(Dark, now, step_s):
            for light in self._touched(effect):
                if light.id not in told:
                    yield from self.tell(light, now)

    def tell(self, asset: Asset, now: datetime) -> Iterator[Event]:
        """Yield the light's state."""
        yield self.say(asset.id, self.status(asset, now), now)

    def _let_go(self, now: datetime) -> set[str]:
        """Give the lights back to their schedule whose command ends by now."""
        over = {name for name, held in self.held.items() if held.until is not None and held.until <= now}
        for name in over:
            del self.held[name]
        return over

    def _touched(self, effect: Dark) -> Iterator[Asset]:
        park = f"{self.world.park.id}/"
        for light in self.assets:
            if {light.id.removeprefix(park), str(light.traits["cabinet"]).removeprefix(park)} & set(
                effect.on
            ):
                yield light

    def status(self, light: Asset, now: datetime) -> LightStatus:
        """Return a light as it is: broken, held by a command, or on its schedule."""
        stage = self.world.stage
        dark = stage.on(Dark, light.id, now) or stage.on(Dark, str(light.traits["cabinet"]), now)
        if dark and dark[0].state == "unreachable":
            return LightStatus(state="unreachable", dim_pct=0.0, power_w=0.0)
        if dark or unit(self.world.seed, light.id, "fault") < FAULT_SHARE:
            return LightStatus(state="failed", dim_pct=0.0, power_w=0.0)
        if held := self.held.get(light.id):
            return self._lit(light, held.dim_pct)
        if self.world.climate.elevation_deg(now) > ON_BELOW_DEG:
            return LightStatus(state="normal", dim_pct=0.0, power_w=0.8)
        dimmed = now.astimezone(self.world.park.zone).hour in DIMMED_HOURS
        return self._lit(light, 50.0 if dimmed else 80.0)

    @staticmethod
    def _lit(light: Asset, dim_pct: float) -> LightStatus:
        power_w = float(light.traits["rated_w"]) * dim_pct / 100
        return LightStatus(state="normal", dim_pct=dim_pct, power_w=power_w)
