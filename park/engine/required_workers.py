"""The processes without which the room is not whole: each beats (``park.feed.heartbeat``), or is absent."""

from datetime import datetime

from msgspec import Struct

from park.config.label import Label
from park.config.park import Park
from park.state.state import State

WATCH = "watch"
WORKERS = (WATCH, "recorder", "messenger", "cameras")


class Absent(Struct, frozen=True):
    """A worker that is not heard."""

    worker: str
    name: Label


def feed_of(park: str, worker: str) -> str:
    """Return the subject under which a worker beats."""
    return f"{park}/feed/{worker}"


def absent(park: Park, state: State, since: datetime, now: datetime) -> tuple[Absent, ...]:
    """Return the workers not heard for as long as the park's alarm of it says, listened to ``since``."""
    limits = [definition.limit for definition in park.alarms.values() if definition.watch == "absence"]
    found = []
    for worker in WORKERS:
        beat = state.feeds.get(feed_of(park.id, worker))
        heard = max(beat.time, since) if beat else since
        if any((now - heard).total_seconds() > (limit or 0.0) for limit in limits):
            found.append(Absent(worker, park.config.feeds.get(worker, Label(worker, worker))))
    return tuple(found)
