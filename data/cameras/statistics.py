"""What is on record of the cameras: how far their rules can be trusted, the lines on their pictures."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from data.cameras import files as camera_files
from data.record.history import replay
from data.settings import Settings
from data.tables import events as kept
from park.cameras.crossings import KIND, Crossed, began, crossings, ways
from park.cameras.facts import CameraEvent, CameraHealth
from park.cameras.rule_accuracy import FACTS, OF_INCIDENTS, Table, record
from park.config.park import Park

Point = tuple[float, float]
T = TypeVar("T")
BEFORE = timedelta(days=7)  # incidents that opened so long before the time asked for are known, too


class Zone(Struct, frozen=True):
    """An area that rules watch, in pixels of the camera's frame."""

    polygon: list[Point]
    name: str = ""


class Line(Struct, frozen=True):
    """A line that rules count at, in pixels of the camera's frame."""

    points: list[Point]
    name: str = ""


class Outline(Struct, frozen=True):
    """What may be drawn over a camera's picture; never where the picture comes from."""

    frame: tuple[int, int]
    zones: list[Zone] = []
    lines: list[Line] = []


class _Rule(Struct, frozen=True):
    kind: str = ""
    direction: str = "both"


class _Counting(Struct, frozen=True):
    points: tuple[Point, Point]
    name: str = ""
    rules: list[_Rule] = []


class _Counter(Struct, frozen=True):
    lines: list[_Counting] = []


def outlines(settings: Settings) -> dict[str, Outline]:
    """Return the zones and lines that each camera runs by; a file that is wrong has none of its own."""
    told = {n: _running(n, path, settings, Outline) for n, path in camera_files.files(settings).items()}
    return {name: found for name, found in told.items() if found}


def crossed(engine: sa.Engine, settings: Settings, park: Park, name: str, now: datetime) -> list[Crossed]:
    """Return how many went over the lines of a camera, each way that is counted, today and in the last hour.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is away.
    """
    since = min(began(now, park.zone))
    told = replay(engine, since, now, [CameraEvent.TYPE], f"{park.id}/camera/{name}")
    return crossings(told, _counted(name, settings), now, park.zone)


def _counted(name: str, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield lines and directions that a camera's file lets count."""
    path = camera_files.files(settings).get(name)
    found = _running(name, path, settings, _Counter) if path else None
    for line in found.lines if found else ():
        for rule in line.rules:
            if rule.kind == KIND:
                counted = ways(*line.points) if rule.direction == "both" else [rule.direction]
                yield from ((line.name, way) for way in counted)


def _running(name: str, path: Path, settings: Settings, kind: type[T]) -> T | None:
    """Return what a camera runs by, as far as ``kind`` asks."""
    for one in (camera_files.last_good(name, settings), path):
        with contextlib.suppress(OSError, ValueError):  # its own process says so as the camera's health
            return msgspec.convert(camera_files.read(one), kind)
    return None


def figures(engine: sa.Engine, park: Park, now: datetime, days: int) -> Table:
    """Return the figures of the last ``days`` days.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is away.
    """
    since = now - timedelta(days=days)
    kinds = {name: definition.kind for name, definition in park.alarms.items() if definition.kind}
    earlier = replay(engine, since - BEFORE, since, [fact.TYPE for fact in OF_INCIDENTS])
    told = chain(earlier, replay(engine, since, now, [fact.TYPE for fact in FACTS]))
    made = record((event for event in told if event.park == park.id), kinds, park.correlation)
    return made.table(since, now, first_heard(engine))


def first_heard(engine: sa.Engine) -> dict[str, datetime]:
    """Return when each camera first told of its health; where the simulator speaks, nothing is watched."""
    query = sa.select(kept.c.subject, sa.func.min(kept.c.time)).where(
        kept.c.type == CameraHealth.TYPE, kept.c.source.not_like("simulator/%/cameras")
    )
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(kept.c.subject))}
