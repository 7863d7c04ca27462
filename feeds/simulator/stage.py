"""The stage: scenarios that run now, asked by the systems for what acts on an asset."""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from feeds.simulator.effects import Astray, Effect, EffectBase, Scenario, Sight, Staged

E = TypeVar("E", bound=EffectBase)


class ScenarioError(ValueError):
    """A scenario that cannot be played; the message names file, place and reason."""


def read_scenario(path: Path, known: set[str]) -> Scenario:
    """Read a scenario from TOML; ``known`` are the ids (without park) it may act on.

    Raises:
        ScenarioError: naming the file, the key and what is wrong.
    """
    try:
        scenario = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Scenario)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    named = {name for effect in scenario.effects for name in effect.on}
    named |= {effect.beside for effect in scenario.effects if isinstance(effect, Astray)}
    named |= {name for i in scenario.incidents for name in (i.cause, *i.or_cause, *i.members)}
    if strangers := sorted(named - known):
        raise ScenarioError(f"{path}: no such asset: {', '.join(strangers)}")
    return scenario


class Stage:
    """What is staged, and since when."""

    def __init__(self, park: str) -> None:
        """Begin with an empty stage."""
        self.park = park
        self.staged: list[Staged] = []
        self._by_kind: dict[type[EffectBase], list[tuple[datetime, EffectBase]]] = {}

    def play(self, scenario: Scenario, now: datetime) -> Staged:
        """Start a scenario."""
        staged = Staged(scenario, now)
        self.staged.append(staged)
        self._sort()
        return staged

    def clear_ended(self, now: datetime) -> None:
        """Forget scenarios whose effects are over."""
        if any(staged.end <= now for staged in self.staged):
            self.staged = [staged for staged in self.staged if staged.end > now]
            self._sort()

    def acting(self, kind: type[E], now: datetime) -> Iterator[tuple[E, float]]:
        """Yield the effects of a kind that act now, each with the seconds since its scenario began."""
        for effect, into_s in self._played(kind, now):
            if effect.active(into_s + effect.at_s):
                yield effect, into_s + effect.at_s

    def on(self, kind: type[E], asset: str, now: datetime) -> tuple[E, float] | None:
        """Return the first effect of a kind on an asset (id with park) and its strength."""
        if kind not in self._by_kind:
            return None
        for effect, elapsed_s in self.acting(kind, now):
            if asset.removeprefix(f"{self.park}/") in effect.on:
                return effect, effect.strength(elapsed_s)
        return None

    def turned(self, kind: type[E], now: datetime, step_s: int) -> Iterator[E]:
        """Yield the effects of a kind that begin or end in this step."""
        for effect, into_s in self._played(kind, now):
            if 0 <= into_s < step_s or 0 <= into_s - effect.for_s < step_s:
                yield effect

    def sights(self, now: datetime, step_s: int) -> Iterator[tuple[Sight, str]]:
        """Yield the camera events that fall into this step, each with its camera's id."""
        for effect, into_s in self._played(Sight, now):
            if 0 <= into_s < step_s:
                for camera in effect.on:
                    yield effect, f"{self.park}/{camera}"

    def _played(self, kind: type[E], now: datetime) -> Iterator[tuple[E, float]]:
        """Yield the effects of a kind, each with the seconds since it began (negative: it is to come)."""
        for start, effect in self._by_kind.get(kind, ()):
            if isinstance(effect, kind):
                yield effect, (now - start).total_seconds() - effect.at_s

    def _sort(self) -> None:
        """Put the effects that are staged by kind: most kinds are asked for often and staged seldom."""
        self._by_kind = {}
        for staged in self.staged:
            for effect in staged.scenario.effects:
                self._by_kind.setdefault(type(effect), []).append((staged.start, effect))


def truth(park: str, staged: Staged) -> list[dict[str, Any]]:
    """Return what was staged, one record an incident: kind, cause, members, start and end."""
    return [
        {
            "kind": incident.kind,
            "park": park,
            "cause": f"{park}/{incident.cause}",
            "or_cause": [f"{park}/{asset}" for asset in incident.or_cause],
            "members": [f"{park}/{member}" for member in incident.members],
            "start": (staged.start + timedelta(seconds=incident.at_s)).isoformat(),
            "end": (staged.start + timedelta(seconds=incident.at_s + incident.for_s)).isoformat(),
        }
        for incident in staged.scenario.incidents
    ]


__all__ = ["Effect", "ScenarioError", "Stage", "read_scenario", "truth"]
