"""The alarm system over a month: how it did against what an operator can take."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from park.alarms.book import AlarmBook
from park.alarms.facts import AlarmRaised
from park.alarms.lifecycle import Alarm
from park.alarms.load import (
    DAY_MS,
    HOUR_MS,
    TEN_MINUTES_MS,
    Actor,
    Day,
    Flood,
    Metrics,
    bad_actors,
    chattering,
    days,
    floods,
    metrics,
    priorities,
    stale,
)
from park.config.park import Park
from park.events.base import Priority
from park.events.envelope import Event
from park.events.rings import Raising, milliseconds


class Report(Struct, frozen=True):
    """Figures between ``start_ms`` and ``end_ms``; shares 0–1, ``quiet`` of the whole time heard of."""

    start_ms: int
    end_ms: int
    days: tuple[Day, ...]
    per_day: float
    busy_hours: float
    busy_10min: float
    in_flood: float
    floods: tuple[Flood, ...]
    priorities: dict[Priority, float]
    bad_actors: tuple[Actor, ...]
    chattering: tuple[Actor, ...]
    stale: tuple[Alarm, ...]
    metrics: Metrics


def report(events: Iterable[Event], park: Park, now: datetime, span_days: int) -> Report:
    """Judge the alarm events of the last ``span_days`` local days, the running one included."""
    held = list(events)
    bounds = _bounds(park, now, span_days)
    end_ms = int(now.timestamp() * 1000)
    raisings = sorted(_raising(event) for event in held if isinstance(event.data, AlarmRaised))
    raisings = [raising for raising in raisings if bounds[0][1] <= raising.at_ms <= end_ms]
    start_ms = raisings[0].at_ms if raisings else bounds[0][1]
    targets, alarms = park.limits.alarms, _alarms(held)
    found = floods([raising.at_ms for raising in raisings], end_ms, targets)
    flooded = sum((flood.end_ms or end_ms) - flood.start_ms for flood in found)
    span_ms = max(end_ms - start_ms, HOUR_MS)
    return Report(
        start_ms=start_ms,
        end_ms=end_ms,
        days=tuple(days(raisings, bounds, found, end_ms, targets)),
        per_day=len(raisings) / max(1.0, span_ms / DAY_MS),  # an hour says nothing of a day
        busy_hours=_over(raisings, HOUR_MS, targets.busy_hour, span_ms),
        busy_10min=_over(raisings, TEN_MINUTES_MS, targets.flood_start, span_ms),
        in_flood=flooded / span_ms,
        floods=tuple(found),
        priorities=priorities(raisings),
        bad_actors=tuple(bad_actors(raisings)),
        chattering=tuple(chattering(raisings, targets)),
        stale=tuple(stale(alarms, end_ms, targets)),
        metrics=metrics(raisings, alarms, start_ms, end_ms),
    )


def _raising(event: Event) -> Raising:
    return Raising(milliseconds(event), event.subject, event.data.condition, event.data.priority)


def _alarms(events: Iterable[Event]) -> list[Alarm]:
    book = AlarmBook()
    for event in events:
        book.take(event)
    return list(book.alarms.values())


def _over(raisings: list[Raising], part_ms: int, limit: int, span_ms: int) -> float:
    """Return the share of the parts of time with more raisings than the limit."""
    counted = Counter(raising.at_ms // part_ms for raising in raisings)
    return sum(count > limit for count in counted.values()) / max(1.0, span_ms / part_ms)


def _bounds(park: Park, now: datetime, span_days: int) -> list[tuple[str, int]]:
    """Return the local days with their first ms, and the end of the last one: a day may have 23 hours."""
    today = now.astimezone(park.zone).date()
    first = today - timedelta(days=span_days - 1)
    dates = [first + timedelta(days=n) for n in range(span_days + 1)]
    midnight = [datetime(day.year, day.month, day.day, tzinfo=park.zone) for day in dates]
    return [(day.isoformat(), int(at.timestamp() * 1000)) for day, at in zip(dates, midnight, strict=True)]
