"""Acts of people on incidents, commands, messages and the exercise: checked, then told as events.

Every act is its fact and a ``park.operator.action`` with origin and reason. Their ids are made of what
they follow from: a button pressed twice tells once.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from data.live.hub import Hub
from data.operators.accounts import Session
from data.operators.alarm_actions import SOURCE
from data.stream.redis_stream import AsyncStream
from park.events.envelope import Event
from park.events.facts import Fact
from park.incidents.incident import told_id
from park.operators.actions import ACTS, Scene, Told
from park.operators.permissions import least_role
from park.operators.refusal import RefusedError

_TICK = timedelta(milliseconds=1)

__all__ = ["RefusedError", "Responses"]


class Responses:
    """Acts of signed-in people on what ``hub`` knows; ``clock`` tells the time of day, aware."""

    def __init__(
        self, stream: AsyncStream, hub: Hub, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Act through ``stream``."""
        self.stream = stream
        self.hub = hub
        self.clock = clock

    async def act(self, name: str, object_: str, who: Session, reason: str = "", **fields: object) -> str:
        """Do something to ``object_`` (id of an incident or a command) and return the id it came to.

        Fields by name: ``incident.verify`` verdict, reason; ``.grade`` grade, reason; ``.advance`` state,
        reason; ``.assign`` user; ``.step`` step, state (``done``), reason; ``.skip`` step, reason;
        ``.note`` text; ``.merge`` into, reason; ``.split`` members, reason (returns the new incident);
        ``command.request`` kind, targets, value, text, until, timeout_s, reason (``object_`` is the
        incident or ""; returns the command); ``command.confirm``, ``.cancel`` reason;
        ``message.request`` recipient, channel, title_ko, title_en, body_ko, body_en, step;
        ``exercise.set`` active, reason (``object_`` is "").

        Raises:
            PermissionError: no such act, or ``who`` may not.
            RefusedError: the rules do not allow it now.
            redis.exceptions.RedisError: the stream is away; nothing was told.
        """
        least = least_role(name)
        act = ACTS.get(name)
        if least is None or act is None or not who.reaches(least):
            raise PermissionError(f"{who.role} may not {name}"[:100])
        scene = Scene(self.hub.park, self.hub.state, self.clock(), who.user, str(reason)[:500])
        try:
            told = act(scene, object_, **fields)
            events = self._events(name, told, who, scene.reason)
        except (TypeError, AttributeError, msgspec.ValidationError) as error:
            raise RefusedError("입력이 올바르지 않습니다") from error
        if events:
            await self.stream.append(events)
        return told.object

    def _events(self, name: str, told: Told, who: Session, reason: str) -> list[Event]:
        """Return the facts as events a millisecond apart, in their order, and the act itself."""
        if not told.facts:
            return []
        known = self._known({told.object} | {getattr(fact, "incident", "") for _, fact in told.facts})
        now, newest = self.clock(), max(known, key=lambda event: event.time, default=None)
        at = now if newest is None else max(now, newest.time + 2 * _TICK)  # a fold in time takes it last
        base = f"{now:%Y%m%d%H%M%S}" if newest is None else newest.id
        events = []
        for number, (subject, fact) in enumerate(told.facts):
            checked = msgspec.convert(msgspec.to_builtins(fact), type(fact))
            id_ = told_id(subject, fact.TYPE, who.user, msgspec.json.encode(fact), base)
            events.append(self._event(id_, subject, checked, at + number * _TICK))
        last = events[-1]
        action = who.did(name, told.object, reason)
        return [*events, self._event(told_id(last.id, "action"), last.subject, action, last.time)]

    def _event(self, id_: str, subject: str, fact: Fact, time: datetime) -> Event:
        return Event(id_, SOURCE, fact.TYPE, subject, time, self.hub.park.id, fact)

    def _known(self, incidents: set[str]) -> list[Event]:
        """Return the newest word on each of the incidents."""
        held = (self.hub.state.incidents.get(name) for name in incidents)
        return [incident.history()[-1] for incident in held if incident and incident.told]
