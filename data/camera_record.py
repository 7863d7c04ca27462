"""What is on record of the cameras: how far their rules can be trusted, the lines on their pictures."""

import contextlib
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from data import camera_files
from data.history import replay
from data.settings import Settings
from data.tables import events as kept
from park.camera_figures import FACTS, Table, record
from park.config import Park
from park.facts import CameraHealth

Point = tuple[float, float]


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


def outlines(settings: Settings) -> dict[str, Outline]:
    """Return the zones and lines that each camera runs by; a file that is wrong has none of its own."""
    found = dict[str, Outline]()
    for name, path in camera_files.files(settings).items():
        for one in (camera_files.last_good(name, settings), path):
            with contextlib.suppress(OSError, ValueError):  # its own process says so as the camera's health
                found[name] = msgspec.convert(camera_files.read(one), Outline)
                break
    return found


def figures(engine: sa.Engine, park: Park, now: datetime, days: int) -> Table:
    """Return the figures of the last ``days`` days.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is away.
    """
    since = now - timedelta(days=days)
    kinds = {name: definition.kind for name, definition in park.alarms.items() if definition.kind}
    told = replay(engine, since, now, [fact.TYPE for fact in FACTS])
    made = record((event for event in told if event.park == park.id), kinds)
    return made.table(since, now, first_heard(engine))


def first_heard(engine: sa.Engine) -> dict[str, datetime]:
    """Return when each camera first told of its health; where the simulator speaks, nothing is watched."""
    query = sa.select(kept.c.subject, sa.func.min(kept.c.time)).where(
        kept.c.type == CameraHealth.TYPE, kept.c.source.not_like("simulator/%/cameras")
    )
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query.group_by(kept.c.subject))}
