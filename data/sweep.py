"""The sweep of the shelf of clips: what is past its days or does not fit goes, and that is said before.

What an open incident needs stays: the clips of its cameras from around its time.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from data.camera_files import folders
from data.clips import Kept, Plan, Shelf, plan, retention
from data.settings import Settings
from park.state import State

EVERY_S = 60.0
AROUND = timedelta(minutes=10)
GB = 1 << 30
logger = logging.getLogger(__name__)


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
            since = cameras_at(self._state())
            try:
                await asyncio.to_thread(self.once, since)
            except Exception:  # one odd clip must not let the disk fill
                logger.exception("the clips could not be swept")

    def days(self) -> dict[str, float]:
        """Return how long the clips of each camera are kept, as the files say now, by asset id; blocks."""
        found = dict[str, float]()
        for folder in folders(self._settings):
            found |= retention(folder, self._settings.park)
        return found

    def once(self, since: dict[str, datetime]) -> Plan:
        """Sweep now; ``since``: the cameras of open incidents, from when on. Blocks; raises OSError."""
        now, kept = self._clock(), self.shelf.all()
        days = self.days()
        held = {one.card.id for one in kept if needed(one, since)}
        made = plan(kept, held, days, now, int(self._settings.clips_gb * GB))
        if made.tight:
            logger.warning("clips fill %.0f %%; next to go: %s", *_words(made))
        for name in made.expired + made.crowded:
            logger.info("clip %s goes: %s", name, "its days are over" if name in made.expired else "no room")
            self.shelf.sweep(name)
        gone = {*made.expired, *made.crowded}
        left = (one.card for one in kept if one.card.id not in gone)
        named = {moment.still for card in left for moment in card.moments if moment.still}
        self.shelf.tidy(now, named)
        self.plan = made
        return made


def cameras_at(state: State) -> dict[str, datetime]:
    """Return the cameras that are part of an open incident, with when the first of these began."""
    found: dict[str, datetime] = {}
    for incident in state.incidents.values():
        opened_ms = incident.life.opened_ms
        if not incident.life.stands or opened_ms is None:
            continue
        opened = datetime.fromtimestamp(opened_ms / 1000, UTC)
        for member in incident.present():
            if member.system == "camera":
                found[member.asset] = min(opened, found.get(member.asset, opened))
    return found


def needed(one: Kept, since: dict[str, datetime]) -> bool:
    """Tell whether an open incident needs a clip."""
    opened = since.get(one.card.camera)
    return opened is not None and one.card.ended >= opened - AROUND


def _words(made: Plan) -> tuple[float, str]:
    card = made.next.card if made.next else None
    following = f"{card.camera} of {card.began.isoformat()}" if card else "none, all are held"
    return 100 * made.used_bytes / made.budget_bytes, following
