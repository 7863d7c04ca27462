"""How many went over the lines of a camera, each way: today in the park's zone, and in the last hour."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from park.cameras.facts import CameraEvent
from park.events.envelope import Event

Way = Literal["up", "down", "left", "right"]
Point = tuple[float, float]
KIND = "line_crossing"
HOUR = timedelta(hours=1)


class Crossed(Struct, frozen=True):
    """What went over one line one way."""

    line: str
    direction: str
    today: int
    hour: int


def ways(a: Point, b: Point) -> tuple[Way, Way]:
    """Return the two ways over a line on the picture: over one lying flat, or over one standing."""
    flat = abs(b[0] - a[0]) >= abs(b[1] - a[1])
    return ("up", "down") if flat else ("left", "right")


def began(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when today began in a zone, and the last hour; all aware."""
    midnight = datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone)
    return midnight, now - HOUR


def crossings(
    events: Iterable[Event], watched: Iterable[tuple[str, str]], now: datetime, zone: ZoneInfo
) -> list[Crossed]:
    """Return the totals of one camera by line and direction; other events count nothing.

    Args:
        events: of the camera, in any order, from the earlier of :func:`began` on.
        watched: lines and directions that are counted now: they are told with 0, too, and come first.
        now: until when it is counted, aware.
        zone: of the park.
    """
    midnight, hour_ago = began(now, zone)
    today, hour = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for event in events:
        fact = event.data
        if not isinstance(fact, CameraEvent) or fact.kind != KIND or event.time > now:
            continue
        key = fact.line or "", fact.direction or ""
        today[key] += event.time >= midnight
        hour[key] += event.time > hour_ago
    first = list(dict.fromkeys(watched))
    gone = sorted(key for key in {*today, *hour} - {*first} if today[key] or hour[key])
    return [Crossed(*key, today[key], hour[key]) for key in (*first, *gone)]
