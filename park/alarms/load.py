"""How much the alarms ask of their operator: rates, floods, stale and chattering alarms, bad actors.

Sources: ISA-18.2 / IEC 62682 and EEMUA 191 for the figures (``limits.toml``, ``[alarms]``), OPC UA Part 9
§8.2 ``AlarmMetricsType`` for the metrics. Times are ms since 1970 UTC, all lists in order of time.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from park.alarms.lifecycle import LEVELS, Alarm
from park.config.park import Park
from park.environment.limits import AlarmTargets
from park.events.base import Priority
from park.events.rings import Raising
from park.state.state import State

TEN_MINUTES_MS = 600_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Flood(Struct, frozen=True):
    """More alarms than a person can take in: from when to when (None: it lasts), how many in it."""

    start_ms: int
    end_ms: int | None
    alarms: int


class Actor(Struct, frozen=True):
    """A condition of an asset by how often it was raised; ``share`` of all raisings, 0–1."""

    asset: str
    condition: str
    count: int
    share: float


class Metrics(Struct, frozen=True):
    """``AlarmMetricsType`` of OPC UA Part 9: rates per 10 min, times in s; None where nothing was told."""

    alarm_count: int
    current_alarm_rate: float
    average_alarm_rate: float
    maximum_alarm_rate: float
    maximum_active_state_s: float | None
    maximum_un_ack_s: float | None
    maximum_re_alarm_count: int


class Load(Struct, frozen=True):
    """The panel ``load``: figures of now; ``level`` 0 acceptable, 1 more than that, 2 flood."""

    last_10min: int
    last_hour: int
    level: int
    flood: Flood | None
    unacknowledged: int
    oldest_unack_ms: int | None
    shelved: int
    stale: int
    chattering: int
    critical: int


def since(raisings: Iterable[Raising], start_ms: int) -> int:
    """Count what was raised after ``start_ms``."""
    return sum(raising.at_ms > start_ms for raising in raisings)


def floods(times_ms: Sequence[int], now_ms: int, targets: AlarmTargets) -> list[Flood]:
    """Find the floods: more than ``flood_start`` raisings in 10 min until fewer than ``flood_end`` are.

    A raising counts for ten minutes from its moment on.
    """
    found: list[Flood] = []
    window: deque[int] = deque()
    start: int | None = None
    count = 0
    for at_ms, enters in _edges(times_ms, now_ms):
        if enters:
            window.append(at_ms)
            count += 1
        else:
            window.popleft()
        if start is None and len(window) > targets.flood_start:
            start, count = at_ms, len(window)
        elif start is not None and len(window) < targets.flood_end:
            found.append(Flood(start, at_ms, count))
            start = None
    return found if start is None else [*found, Flood(start, None, count)]


def _edges(times_ms: Sequence[int], now_ms: int) -> Iterator[tuple[int, bool]]:
    """Yield when raisings enter and leave the window of 10 min, in order of time, until now."""
    edges = [(at, True) for at in times_ms if at <= now_ms]
    edges += [(at + TEN_MINUTES_MS, False) for at, _ in edges if at + TEN_MINUTES_MS <= now_ms]
    return iter(sorted(edges))


def chattering(raisings: Iterable[Raising], targets: AlarmTargets) -> list[Actor]:
    """Return the conditions raised ``chatter_count`` times or more within ``chatter_s``, worst first."""
    times: dict[tuple[str, str], list[int]] = {}
    for raising in raisings:
        times.setdefault((raising.asset, raising.condition), []).append(raising.at_ms)
    width, span_ms = targets.chatter_count - 1, targets.chatter_s * 1000
    loud = Counter({key: len(at) for key, at in times.items() if _bursts(at, width, span_ms)})
    return _actors(loud, sum(map(len, times.values())))


def _bursts(at_ms: list[int], width: int, span_ms: float) -> bool:
    return any(last - first < span_ms for first, last in zip(at_ms, at_ms[width:], strict=False))


def bad_actors(raisings: Sequence[Raising], most: int = 10) -> list[Actor]:
    """Return the conditions raised most often."""
    counted = Counter((raising.asset, raising.condition) for raising in raisings)
    return _actors(counted, len(raisings))[:most]


def _actors(counted: Counter[tuple[str, str]], total: int) -> list[Actor]:
    order = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Actor(asset, condition, n, n / total) for (asset, condition), n in order]


def priorities(raisings: Sequence[Raising]) -> dict[Priority, float]:
    """Return the share of each priority, 0–1; nothing raised: all 0."""
    counted = Counter(raising.priority for raising in raisings)
    return {priority: counted[priority] / max(1, len(raisings)) for priority in LEVELS}


def metrics(raisings: Sequence[Raising], alarms: Iterable[Alarm], start_ms: int, now_ms: int) -> Metrics:
    """Return the OPC UA metrics between ``start_ms`` and now; ``alarms`` are those that were told then."""
    parts = Counter((raising.at_ms - start_ms) // TEN_MINUTES_MS for raising in raisings)
    spans = max(1.0, (now_ms - start_ms) / TEN_MINUTES_MS)
    active = []
    unacked = []
    again = 0
    for alarm in alarms:
        raised_ms = alarm.raised_ms or now_ms
        active.append((alarm.cleared_ms or now_ms) - raised_ms)
        unacked.append((alarm.acked_ms or now_ms) - raised_ms)
        again = max(again, alarm.count - 1)
    return Metrics(
        alarm_count=len(raisings),
        current_alarm_rate=float(since(raisings, now_ms - TEN_MINUTES_MS)),
        average_alarm_rate=len(raisings) / spans,
        maximum_alarm_rate=float(max(parts.values(), default=0)),
        maximum_active_state_s=max(active) / 1000 if active else None,
        maximum_un_ack_s=max(unacked) / 1000 if unacked else None,
        maximum_re_alarm_count=again,
    )


def stale(alarms: Iterable[Alarm], now_ms: int, targets: AlarmTargets) -> list[Alarm]:
    """Return the alarms that have been active for longer than ``stale_h``."""
    limit_ms = targets.stale_h * HOUR_MS
    return [a for a in alarms if a.active and a.raised_ms is not None and now_ms - a.raised_ms > limit_ms]


def summary(state: State, park: Park, now: datetime) -> Load:
    """Return the load of now: what the strip of the room shows."""
    now_ms, targets = int(now.timestamp() * 1000), park.limits.alarms
    raisings = [raising for _, raising in state.raised.since(now_ms - DAY_MS)]
    recent = since(raisings, now_ms - TEN_MINUTES_MS)
    running = floods([raising.at_ms for raising in raisings], now_ms, targets)
    flood = running[-1] if running and running[-1].end_ms is None else None
    held = [
        alarm for alarm in state.open_alarms() if state.overlays.over(alarm.asset, alarm.condition) is None
    ]
    waiting = [alarm for alarm in held if alarm.acked_ms is None and alarm.raised_ms is not None]
    return Load(
        last_10min=recent,
        last_hour=since(raisings, now_ms - HOUR_MS),
        level=2 if flood else 1 if recent > targets.acceptable_10min else 0,
        flood=flood,
        unacknowledged=len(waiting),
        oldest_unack_ms=min((alarm.raised_ms or now_ms for alarm in waiting), default=None),
        shelved=sum(overlay.name == "shelved" for overlay in state.overlays.all()),
        stale=len(stale(held, now_ms, targets)),
        chattering=len(chattering((r for r in raisings if r.at_ms > now_ms - HOUR_MS), targets)),
        critical=sum(alarm.priority == "critical" for alarm in waiting),
    )


class Day(Struct, frozen=True):
    """One local day: raisings, the most in 10 min, hours over the limit, share of it in flood."""

    day: str
    alarms: int
    most_10min: int
    busy_hours: int
    in_flood: float


def days(
    raisings: Sequence[Raising],
    bounds: Sequence[tuple[str, int]],
    found: Sequence[Flood],
    now_ms: int,
    targets: AlarmTargets,
) -> list[Day]:
    """Return figures by day; ``bounds`` are days with their first ms, the last one only an end."""
    told = []
    for (day, start), (_, end) in pairwise(bounds):
        mine = [r.at_ms for r in raisings if start <= r.at_ms < end]
        flooded = sum(max(0, min(f.end_ms or now_ms, end) - max(f.start_ms, start)) for f in found)
        parts = Counter(at // TEN_MINUTES_MS for at in mine)
        hours = Counter(at // HOUR_MS for at in mine)
        busy = sum(count > targets.busy_hour for count in hours.values())
        told.append(Day(day, len(mine), max(parts.values(), default=0), busy, flooded / (end - start)))
    return told
