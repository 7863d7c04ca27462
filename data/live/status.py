"""The status line: is the room live, how late is it, who is silent."""

import statistics
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from data.stream.lag import StreamLag
from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Shift
from park.engine.required_workers import Absent
from park.events.rings import milliseconds
from park.state.state import State

SYNTHETIC = "simulator/"


class Silent(Struct, frozen=True):
    """Assets of a kind that missed two of their periods; ``age_ms`` of the one silent longest."""

    kind: str
    count: int
    age_ms: int


class Feed(Struct, frozen=True):
    """A feed by its heartbeat."""

    feed: str
    age_ms: int
    stale: bool


class Status(Struct, frozen=True):
    """The panel ``status``; times and ages in ms."""

    connected: bool
    screens: int
    delay_ms: float | None
    lag: int
    pending: int
    lag_ms: int
    dead_letters: int
    duplicates: int
    stale: int
    silent: tuple[Silent, ...]
    feeds: tuple[Feed, ...]
    absent: tuple[Absent, ...]
    synthetic: bool
    exercise: bool
    shift: Label | None


def silent(
    assets: Mapping[str, Asset], heard_ms: Mapping[str, int], since_ms: int, now_ms: int
) -> tuple[Silent, ...]:
    """Return who missed two periods, by kind; who never spoke counts from ``since_ms``.

    A vehicle that is not inside has nothing to say.
    """
    found: dict[str, list[int]] = {}
    for id_, asset in assets.items():
        if asset.period_s is None or (asset.kind == "vehicle" and id_ not in heard_ms):
            continue
        age_ms = now_ms - heard_ms.get(id_, since_ms)
        if age_ms > 2000 * asset.period_s:
            found.setdefault(asset.kind, []).append(age_ms)
    return tuple(Silent(kind, len(ages), max(ages)) for kind, ages in sorted(found.items()))


def feeds(state: State, now_ms: int) -> tuple[Feed, ...]:
    """Return the feeds, the silent ones first."""
    told = []
    for name, beat in state.feeds.items():
        age_ms = max(0, now_ms - milliseconds(beat))
        told.append(Feed(name, age_ms, age_ms > 2000 * beat.data.period_s))
    return tuple(sorted(told, key=lambda feed: (not feed.stale, feed.feed)))


def is_synthetic(state: State) -> bool:
    """Whether any value that can be seen comes from a simulator."""
    return any(
        event.source.startswith(SYNTHETIC) for types in state.latest.values() for event in types.values()
    )


def shift_at(shifts: Iterable[Shift], local: datetime) -> Label | None:
    """Return the shift on duty at a local time; one may run over midnight."""
    hour = local.time().replace(tzinfo=None)
    for shift in shifts:
        if shift.start <= shift.end:
            on_duty = shift.start <= hour < shift.end
        else:
            on_duty = hour >= shift.start or hour < shift.end
        if on_duty:
            return shift.name
    return None


def median(delays_ms: Iterable[float | None]) -> float | None:
    """Return the median of the delays that screens told, None when none did."""
    told = [delay for delay in delays_ms if delay is not None]
    return statistics.median(told) if told else None


def worst(lag: StreamLag) -> tuple[int, int, int]:
    """Return undelivered, pending and age in ms of the group that is worst in each."""
    groups = lag.groups
    return (
        max((group.lag for group in groups), default=0),
        max((group.pending for group in groups), default=0),
        lag.oldest_ms,
    )
