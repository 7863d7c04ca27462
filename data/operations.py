"""What people do in the room: every act is an event in the stream, and its row in the audit trail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from uuid_utils import uuid7

from data.accounts import Session
from data.live import Hub
from data.stream import AsyncStream
from park.alarm_facts import AlarmAcknowledged
from park.alarms import event_id
from park.events import Event
from park.facts import OperatorAction

SOURCE = "gwanje/room"
_AFTER = timedelta(milliseconds=2)


class Operations:
    """Acts of signed-in people; ``clock`` tells the time of day, aware."""

    def __init__(
        self, stream: AsyncStream, hub: Hub, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Act through ``stream`` on what ``hub`` knows."""
        self.stream = stream
        self.hub = hub
        self.clock = clock

    async def acknowledge(self, alarm: str, who: Session) -> bool:
        """Take notice of an alarm; False when there is none that waits for it.

        Twice is once: the event has the id that this happening of this alarm always gets.

        Raises:
            PermissionError: ``who`` is no operator.
            redis.exceptions.RedisError: the stream is away; nothing was told.
        """
        if not who.reaches("operator"):
            raise PermissionError("needs the role operator")
        held = self.hub.state.alarms.get(alarm)
        if held is None or held.state not in ("unack", "returned"):
            return False
        raised = datetime.fromtimestamp((held.raised_ms or 0) / 1000, UTC)
        after = max(self.clock(), raised + _AFTER)  # a fold in time takes it after the raising
        fact = AlarmAcknowledged(alarm, held.condition, who.user)
        action = who.did("alarm.acknowledge", alarm)
        await self.stream.append(
            [
                self._event(event_id(alarm, "ack", held.raised_ms), held.asset, fact, after),
                self._event(str(uuid7()), held.asset, action, self.clock()),
            ]
        )
        return True

    async def note(self, who: Session, action: str, object_: str, reason: str = "") -> None:
        """Tell that somebody did something to ``object_``."""
        await self.stream.append([self.noted(who, action, object_, reason)])

    def noted(self, who: Session, action: str, object_: str, reason: str = "") -> Event:
        """Return the event of an act, not yet told."""
        fact = who.did(action, object_, reason)
        return self._event(str(uuid7()), f"{self.hub.park.id}/room/web", fact, self.clock())

    def _event(
        self, id_: str, subject: str, fact: AlarmAcknowledged | OperatorAction, time: datetime
    ) -> Event:
        return Event(id_, SOURCE, fact.TYPE, subject, time, self.hub.park.id, fact)
