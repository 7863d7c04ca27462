"""Parts of the room that fail: each alone, told as its status, and taken back when it works again."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from park.engine.facts import SystemStatus
from park.events.envelope import Event
from park.state.state import State

Guard = Callable[[str], AbstractContextManager[None]]
Kind = Literal["rule", "system", "panel"]
QUIET = timedelta(seconds=60)  # so long without a failure, and having worked since: it works again
_DETAIL_CHARS = 200
logger = logging.getLogger(__name__)


@contextmanager
def log_failure(part: str) -> Iterator[None]:
    """Let a part work where nobody is there to be told; whatever it raises goes to the log."""
    try:
        yield
    except Exception:
        logger.exception("%s fails; left out", part)


class _Part(Struct):
    """A part that failed: whether that is told, and what happened since the last look."""

    detail: str = ""
    told: bool = False
    failed: bool = False
    worked: bool = False
    quiet_since: datetime | None = None


class Troubles:
    """Guards parts of one kind; ``failures`` counts by part since the start.

    The subject of what is told is ``<park>/<kind>/<part>``.
    """

    def __init__(self, park: str, kind: Kind, source: str) -> None:
        """Know of no trouble yet; events are told under ``source``."""
        self.park = park
        self.kind = kind
        self.source = source
        self.failures: Counter[str] = Counter()
        self._parts: dict[str, _Part] = {}

    def recall(self, state: State) -> None:
        """Take over what a process before this one told and did not take back."""
        prefix = f"{self.park}/{self.kind}/"
        for subject, types in state.latest.items():
            event = types.get(SystemStatus.TYPE)
            if event is not None and subject.startswith(prefix) and event.data.state == "failed":
                self._parts.setdefault(subject.removeprefix(prefix), _Part(told=True))

    @contextmanager
    def guard(self, part: str) -> Iterator[None]:
        """Let a part work; whatever it raises is logged and told, and harms nothing else."""
        try:
            yield
        except Exception as error:
            logger.exception("%s %s fails; the others go on", self.kind, part)
            self.failures[part] += 1
            trouble = self._parts.setdefault(part, _Part())
            trouble.detail = f"{type(error).__name__}: {error}"[:_DETAIL_CHARS]
            trouble.failed, trouble.worked = True, False
        else:
            if part in self._parts:
                self._parts[part].worked = True

    def tick(self, now: datetime) -> list[Event]:
        """Return the statuses to tell: what failed since the last call, what works again."""
        told: list[Event] = []
        for part, trouble in list(self._parts.items()):
            if trouble.failed or trouble.quiet_since is None:
                trouble.quiet_since = now
            if trouble.failed and not trouble.told:
                told.append(self._status(part, SystemStatus("failed", trouble.detail), now))
                trouble.told = True
            elif trouble.worked and not trouble.failed and now - trouble.quiet_since >= QUIET:
                told.append(self._status(part, SystemStatus("ok"), now))
                del self._parts[part]
            trouble.failed = False
        return told

    def _status(self, part: str, fact: SystemStatus, now: datetime) -> Event:
        subject = f"{self.park}/{self.kind}/{part}"
        id_ = f"{fact.state}-{self.kind}-{part}-{int(now.timestamp() * 1000)}"
        return Event(id_, self.source, fact.TYPE, subject, now, self.park, fact)
