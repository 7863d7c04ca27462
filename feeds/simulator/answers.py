"""The device side of commands: what lights, cameras, gates, vehicles and signs do, and what they answer.

Lights, gates and vehicles hold what they were told over a restart, in one JSON file.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from feeds.simulator.effects import Blind, Silence
from feeds.simulator.engine import Engine
from feeds.simulator.lights import Dimmed, Lights
from park.commands.facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.config.asset import Asset
from park.events.envelope import Event
from park.events.facts import Fact
from park.systems import COMMAND_KINDS

MOST_WAITING = 1000
MOST_OBEYED = 5000
Word = tuple[bool, str]


class Orders(Struct):
    """What is to be held over a restart; ``at`` is the stream id heard last, ends by target."""

    at: str = ""
    lights: dict[str, Dimmed] = {}
    gates: dict[str, datetime | None] = {}
    vehicles: dict[str, datetime | None] = {}


class Answers:
    """Hears commands and carries them out in the park of an engine."""

    def __init__(self, engine: Engine, path: Path | None = None) -> None:
        """Hold what an earlier run was told; ``path`` is where it is kept (None: nowhere)."""
        self.world = engine.energy.world
        self.traffic = engine.traffic
        self.lights = next(system for system in engine.systems if isinstance(system, Lights))
        self.path = path
        self.orders = self._load()
        self._waiting: dict[str, CommandRequested] = {}
        self._obeyed: dict[str, None] = {}
        self.lights.held = self.orders.lights
        for name in self.orders.gates:
            self._hold("gate", name, on=True)
        for name in self.orders.vehicles:
            self._hold("vehicle", name, on=True)

    def hear(self, event: Event, now: datetime) -> list[Event]:
        """Take a word on a command; return the answers, and what they change, as of ``now``.

        A command that needs a second step waits for it; the same command twice is carried out once.
        """
        match event.data:
            case CommandRequested() as asked if asked.confirm:
                self._waiting[asked.command] = asked
                while len(self._waiting) > MOST_WAITING:
                    del self._waiting[next(iter(self._waiting))]
                return []
            case CommandRequested() as asked:
                return list(self._obey(asked, now))
            case CommandConfirmed(command=name) if name in self._waiting:
                return list(self._obey(self._waiting.pop(name), now))
            case CommandFinished(command=name):
                self._waiting.pop(name, None)
        return []

    def pass_time(self, now: datetime) -> list[Event]:
        """Open the gates and let the vehicles go whose command ends by now (lights see to themselves)."""
        told = list[Event]()
        for kind, held in (("gate", self.orders.gates), ("vehicle", self.orders.vehicles)):
            for name in [name for name, until in held.items() if until is not None and until <= now]:
                del held[name]
                self._hold(kind, name, on=False)
                told += self._tell(self.world.park.assets[name], now, "until")
        return told

    def save(self, at: str) -> None:
        """Remember up to where the stream was heard, and what holds."""
        self.orders.at = at
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix(".part")
            draft.write_bytes(msgspec.json.encode(self.orders))
            draft.replace(self.path)

    def _load(self) -> Orders:
        if self.path is None:
            return Orders()
        try:
            kept = msgspec.json.decode(self.path.read_bytes(), type=Orders)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return Orders()
        known = self.world.park.assets
        for held in (kept.lights, kept.gates, kept.vehicles):
            for name in [name for name in held if name not in known]:
                del held[name]
        return kept

    def _obey(self, asked: CommandRequested, now: datetime) -> Iterator[Event]:
        if asked.command in self._obeyed:
            return
        self._obeyed[asked.command] = None
        while len(self._obeyed) > MOST_OBEYED:
            del self._obeyed[next(iter(self._obeyed))]
        for target in asked.targets:
            asset = self.world.park.assets.get(target)
            if asset is not None and self.world.stage.on(Silence, target, now):
                continue
            ok, detail = self._carry_out(asset, asked, now)
            yield self._answer(asked.command, target, CommandAnswered(asked.command, target, ok, detail), now)
            if ok and asset is not None and asked.kind in {"light.dim", "gate.hold", "vehicle.reroute"}:
                yield from self._tell(asset, now, asked.command)

    def _carry_out(self, asset: Asset | None, asked: CommandRequested, now: datetime) -> Word:
        """Do it, and return whether it worked, with a word on it."""
        if asset is None or asset.kind not in COMMAND_KINDS[asked.kind].targets:
            return False, "unknown device"
        if asked.until is not None and asked.until <= now:
            return False, "too late"
        release = COMMAND_KINDS[asked.kind].release
        is_undoing = release is not None and release.is_undone_by(asked)
        match asked.kind:
            case "light.dim":
                return self._dim(asset, asked, now)
            case "camera.point":
                return self._point(asset, now)
            case "gate.hold":
                self._keep(self.orders.gates, asset.id, asked.until, on=not is_undoing)
                self._hold("gate", asset.id, on=not is_undoing)
                return True, "open" if is_undoing else "held"
            case "vehicle.reroute":
                if self.traffic.vehicles[asset.id].doing == "away" and not is_undoing:
                    return False, "not in the park"
                self._keep(self.orders.vehicles, asset.id, asked.until, on=not is_undoing)
                self._hold("vehicle", asset.id, on=not is_undoing)
                return True, "free" if is_undoing else "stopped"
            case _:
                return True, "cleared" if is_undoing else "shown"

    def _dim(self, light: Asset, asked: CommandRequested, now: datetime) -> Word:
        state = self.lights.status(light, now).state
        if state != "normal":
            return False, state
        if asked.value is None:
            self.orders.lights.pop(light.id, None)
            return True, "schedule"
        self.orders.lights[light.id] = Dimmed(min(max(asked.value, 0.0), 100.0), asked.until)
        return True, f"{self.lights.status(light, now).dim_pct:g} %"

    def _point(self, camera: Asset, now: datetime) -> Word:
        """A camera that turns does so; a fixed one marks the moment."""
        if self.world.stage.on(Blind, camera.id, now):
            return False, "no picture"
        return True, "turned" if camera.traits.get("ptz") else "fixed, marked"

    @staticmethod
    def _keep(held: dict[str, datetime | None], name: str, until: datetime | None, *, on: bool) -> None:
        if on:
            held[name] = until
        else:
            held.pop(name, None)

    def _hold(self, kind: str, name: str, *, on: bool) -> None:
        if kind == "gate" and name in self.traffic.gates:
            self.traffic.gates[name].held = on
        elif kind == "vehicle" and name in self.traffic.vehicles:
            self.traffic.vehicles[name].stopped = on

    def _tell(self, asset: Asset, now: datetime, why: str) -> Iterator[Event]:
        """Yield the state of a device that was changed, under an id of its own."""
        system = self.lights if asset.kind == "light" else self.traffic
        for told in system.tell(asset, now):
            yield msgspec.structs.replace(told, id=f"{told.id}-{why}")

    def _answer(self, command: str, target: str, fact: Fact, now: datetime) -> Event:
        source = f"simulator/{self.world.park.id}/answers"
        subject = f"{self.world.park.id}/command/{command}"
        return Event(
            f"{command}-{target.rpartition('/')[2]}",
            source,
            fact.TYPE,
            subject,
            now,
            self.world.park.id,
            fact,
        )
