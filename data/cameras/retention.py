"""The sweep of the shelf of clips: what is past its days or does not fit goes, and that is said before.

What an open incident needs stays: what its cameras took from a while before it opened until a while after the
last that joined it. What they take later is as any other, unless somebody holds it.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from data.cameras import files as camera_files
from data.cameras.clips import KEEP_DAYS, MOST_DAYS, Kept, Plan, Shelf, plan
from data.cameras.stills import Still, loose
from data.settings import Settings
from park.state.state import State

EVERY_S = 60.0
AROUND = timedelta(minutes=10)
YOUNG = timedelta(minutes=10)  # the clip of a still comes after it, minutes later at most
GB = 1 << 30
Spans = dict[str, list[tuple[datetime, datetime]]]
logger = logging.getLogger(__name__)


class _Retention(Struct):
    retention_days: Annotated[float, Meta(gt=0, le=MOST_DAYS)] = float(KEEP_DAYS)


class Sweep:
    """Keeps the clips under the data folder within their days and their budget."""

    def __init__(
        self, settings: Settings, state: Callable[[], State], clock: Callable[[], datetime] | None = None
    ) -> None:
        """Touch nothing yet; ``clock`` tells the time of day, aware."""
        self._settings, self._state = settings, state
        self._clock = clock or (lambda: datetime.now(UTC))
        self.shelf = Shelf(settings.var)
        self.plan: Plan | None = None

    async def run(self) -> None:
        """Sweep for ever; what fails is tried again the next time."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await asyncio.to_thread(self.once, cameras_at(self._state()))
            except Exception:  # one odd clip must not let the disk fill
                logger.exception("the clips could not be swept")

    def days(self) -> dict[str, float]:
        """Return how long what a camera took is kept, as its file says now, by asset id; blocks."""
        return retention(self._settings)

    def once(self, spans: Spans) -> Plan:
        """Sweep now; ``spans``: when the cameras of open incidents are needed. Blocks; raises OSError."""
        now, kept = self._clock(), self.shelf.all()
        named = {still for one in kept for still in one.stills}
        stills = loose(self.shelf.stills, named, self._settings.park)
        held = {one.id for one in kept if needed(one, spans)}
        held |= {one.id for one in stills if needed(one, spans) or now - one.began < YOUNG}
        made = plan(kept, held, self.days(), now, int(self._settings.clips_gb * GB), stills)
        if made.tight:
            logger.warning("clips fill %.0f %%; next to go: %s", *_words(made))
        for name in made.expired + made.crowded:
            logger.info("clip %s goes: %s", name, "its days are over" if name in made.expired else "no room")
            self.shelf.sweep(name)
        for name in made.stills:
            self.shelf.drop(name)
        self.shelf.tidy(now)
        self.plan = made
        return made


def retention(settings: Settings) -> dict[str, float]:
    """Return ``retention_days`` of the file that each camera runs by, by asset id; blocks.

    That is the last right one, else the one in force. It decides alone: what it does not say is the default,
    whatever a file that it stands for says. A camera without a file that can be read is not in it.
    """
    found = dict[str, float]()
    for name, path in camera_files.files(settings).items():
        for one in (camera_files.last_good(name, settings), path):
            with contextlib.suppress(OSError, ValueError):
                told = msgspec.convert(camera_files.read(one), _Retention)
                found[f"{settings.park}/camera/{name}"] = told.retention_days
                break
    return found


def cameras_at(state: State) -> Spans:
    """Return the cameras that are part of open incidents, with when each opened and last grew."""
    found: Spans = {}
    for incident in state.incidents.values():
        opened_ms, members = incident.life.opened_ms, incident.present()
        if not incident.life.stands or opened_ms is None:
            continue
        last_ms = max([opened_ms, *(member.happened_ms for member in members)])
        opened, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (opened_ms, last_ms))
        for camera in {member.asset for member in members if member.system == "camera"}:
            found.setdefault(camera, []).append((opened, last))
    return found


def needed(one: Kept | Still, spans: Spans) -> bool:
    """Tell whether an open incident needs a clip or a still."""
    return any(
        one.ended + AROUND >= opened and one.began - AROUND <= last
        for opened, last in spans.get(one.camera, ())
    )


def _words(made: Plan) -> tuple[float, str]:
    card = made.next.card if made.next else None
    following = f"{card.camera} of {card.began.isoformat()}" if card else "none, all are held"
    return 100 * made.used_bytes / made.budget_bytes, following
