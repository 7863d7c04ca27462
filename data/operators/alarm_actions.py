"""What people do in the room: every act is an event in the stream, and its row in the audit trail.

Each act is looked up in ``park/operators/permissions.py``; who may not is refused with ``PermissionError``,
what the rules do not allow now with ``RefusedError``, whose ``msgid`` is the text to show.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from uuid_utils import uuid7

from data.live.hub import Hub
from data.operators.accounts import Session
from data.stream.redis_stream import AsyncStream
from park.alarms.facts import (
    AlarmAcknowledged,
    AlarmFact,
    AlarmRemoved,
    AlarmReset,
    AlarmRestored,
    AlarmShelved,
    AlarmUnshelved,
)
from park.alarms.lifecycle import WAITING, event_id
from park.alarms.overlays import OverlayName
from park.events.envelope import Event
from park.incidents.incident import told_id
from park.operators.facts import OperatorAction
from park.operators.permissions import least_role
from park.operators.refusal import RefusedError

SOURCE = "gwanje/room"
LONGEST_REASON = 500
ShelfMode = Literal["timed", "one_shot"]
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

    async def act(self, name: str, object_: str, who: Session, reason: str = "", **fields: object) -> None:
        """Do an act on a condition, ``object_`` ``<asset>|<condition>``, or on an alarm, its id.

        ``alarm.shelve`` takes ``mode`` and ``minutes``. Raises as the methods of these names do;
        PermissionError where there is no such act.
        """
        allow(name, who)
        asset, _, condition = object_.partition("|")
        match name:
            case "alarm.acknowledge":
                await self.acknowledge(object_, who)
            case "alarm.reset":
                await self.reset(object_, who, reason)
            case "alarm.shelve":
                until = self.clock() + timedelta(minutes=_minutes(fields.get("minutes")))
                mode: ShelfMode = "one_shot" if fields.get("mode") == "one_shot" else "timed"
                await self.shelve(asset, condition, who, mode=mode, until=until, reason=reason)
            case "alarm.unshelve":
                await self.unshelve(asset, condition, who, reason)
            case "alarm.remove":
                await self.remove(asset, condition, who, reason)
            case "alarm.restore":
                await self.restore(asset, condition, who, reason)
            case _:
                raise PermissionError(f"no act {name}"[:100])

    async def acknowledge(self, alarm: str, who: Session) -> bool:
        """Take notice of an alarm; False when there is none that waits for it.

        Twice is once: the event has the id that this happening of this alarm always gets.

        Raises:
            PermissionError: ``who`` is no operator.
            redis.exceptions.RedisError: the stream is away; nothing was told.
        """
        allow("alarm.acknowledge", who)
        held = self.hub.state.alarms.get(alarm)
        if held is None or held.state not in WAITING:
            return False
        after = self._after(held.raised_ms, held.cleared_ms)
        fact = AlarmAcknowledged(alarm, held.condition, who.user)
        told = self._event(event_id(alarm, "ack", held.raised_ms), held.asset, fact, after)
        await self._tell(told, who, "alarm.acknowledge", alarm)
        return True

    async def reset(self, alarm: str, who: Session, reason: str = "") -> None:
        """Let go of a latched alarm that was acknowledged and whose condition is over.

        Raises:
            PermissionError: ``who`` is no operator.
            RefusedError: it is unknown, not latched, or not acknowledged yet.
            redis.exceptions.RedisError: the stream is away; nothing was told.
        """
        allow("alarm.reset", who)
        held = self.hub.state.alarms.get(alarm)
        if held is None:
            raise RefusedError("그런 경보가 없습니다")
        if held.state == "latched":
            raise RefusedError("먼저 경보를 확인하세요")
        if held.state != "latched_ack":
            raise RefusedError("복귀된 잠김 경보만 재설정할 수 있습니다")
        after = self._after(held.cleared_ms, held.acked_ms)
        fact = AlarmReset(alarm, held.condition, who.user)
        told = self._event(event_id(alarm, "reset", held.cleared_ms), held.asset, fact, after)
        await self._tell(told, who, "alarm.reset", alarm, reason)

    async def shelve(
        self,
        asset: str,
        condition: str,
        who: Session,
        *,
        mode: ShelfMode,
        until: datetime,
        reason: str,
    ) -> None:
        """Hide a condition of an asset until ``until`` (aware), or until it has come and gone once.

        Raises:
            PermissionError: ``who`` is no operator.
            RefusedError: unknown, critical, without reason, over or longer than a shift.
            redis.exceptions.RedisError: the stream is away; nothing was told.
        """
        allow("alarm.shelve", who)
        self._known(asset, condition)
        held, now = self.hub.state.open_alarm(asset, condition), self.clock()
        longest_h = self.hub.park.limits.alarms.shelve_max_h
        if mode not in ("timed", "one_shot"):
            raise RefusedError("보류 방식이 올바르지 않습니다")
        definition = self.hub.park.alarms[condition]
        if not definition.shelvable or (held and held.priority == "critical"):
            raise RefusedError("심각 등급 경보는 보류할 수 없습니다")
        if until.tzinfo is None or until <= now:
            raise RefusedError("보류 만료 시각은 지금 이후여야 합니다")
        if until > now + timedelta(hours=longest_h):
            raise RefusedError("보류는 최대 {hours}시간입니다", hours=f"{longest_h:g}")
        fact = AlarmShelved(condition, mode, until, who.user, _why(reason))
        await self._overlay(asset, fact, who, "alarm.shelve", "shelved", reason)

    async def unshelve(self, asset: str, condition: str, who: Session, reason: str = "") -> None:
        """Show a shelved condition again; raises as :meth:`shelve`."""
        allow("alarm.unshelve", who)
        if self.hub.state.overlays.get(asset, condition, "shelved") is None:
            raise RefusedError("보류된 경보가 아닙니다")
        fact = AlarmUnshelved(condition, who.user, reason[:LONGEST_REASON])
        await self._overlay(asset, fact, who, "alarm.unshelve", "shelved", reason)

    async def remove(self, asset: str, condition: str, who: Session, reason: str) -> None:
        """Take a condition of an asset out of service until it is restored.

        Raises:
            PermissionError: ``who`` is no manager.
            RefusedError: unknown, without reason, or out of service already.
            redis.exceptions.RedisError: the stream is away; nothing was told.
        """
        allow("alarm.remove", who)
        self._known(asset, condition)
        if self.hub.state.overlays.get(asset, condition, "out_of_service"):
            raise RefusedError("이미 사용 중지된 경보입니다")
        fact = AlarmRemoved(condition, who.user, _why(reason))
        await self._overlay(asset, fact, who, "alarm.remove", "out_of_service", reason)

    async def restore(self, asset: str, condition: str, who: Session, reason: str = "") -> None:
        """Put a condition of an asset back into service; raises as :meth:`remove`."""
        allow("alarm.restore", who)
        if self.hub.state.overlays.get(asset, condition, "out_of_service") is None:
            raise RefusedError("사용 중지된 경보가 아닙니다")
        fact = AlarmRestored(condition, who.user, reason[:LONGEST_REASON])
        await self._overlay(asset, fact, who, "alarm.restore", "out_of_service", reason)

    async def note(self, who: Session, action: str, object_: str, reason: str = "") -> None:
        """Tell that somebody did something to ``object_``."""
        fact = who.did(action, object_, reason)
        subject = f"{self.hub.park.id}/room/web"
        await self.stream.append([self._event(str(uuid7()), subject, fact, self.clock())])

    def _known(self, asset: str, condition: str) -> None:
        """Refuse what has no definition, or an asset that is in no file and has no such alarm."""
        known = asset in self.hub.park.assets or self.hub.state.alarms_of(asset, condition)
        if condition not in self.hub.park.alarms or not known:
            raise RefusedError("그런 경보가 없습니다")

    async def _overlay(
        self, asset: str, fact: AlarmFact, who: Session, action: str, layer: OverlayName, reason: str
    ) -> None:
        """Tell an overlay; the same act on the same state has the same id."""
        said_ms = self.hub.state.overlays.said_ms(asset, fact.condition, layer)
        id_ = told_id(action, asset, fact.condition, said_ms)
        told = self._event(id_, asset, fact, self._after(said_ms))
        await self._tell(told, who, action, f"{asset}|{fact.condition}", reason)

    def _after(self, *moments_ms: int | None) -> datetime:
        """Return now, but after these: a fold in time takes the act last."""
        newest = datetime.fromtimestamp(max(ms or 0 for ms in moments_ms) / 1000, UTC)
        return max(self.clock(), newest + _AFTER)

    async def _tell(self, told: Event, who: Session, action: str, object_: str, reason: str = "") -> None:
        fact = who.did(action, object_, reason[:LONGEST_REASON])
        audit = self._event(str(uuid7()), told.subject, fact, self.clock())
        await self.stream.append([told, audit])

    def _event(self, id_: str, subject: str, fact: AlarmFact | OperatorAction, time: datetime) -> Event:
        return Event(id_, SOURCE, fact.TYPE, subject, time, self.hub.park.id, fact)


def allow(action: str, who: Session) -> None:
    """Raise PermissionError unless there is such an act and ``who`` may do it."""
    least = least_role(action)
    if least is None or not who.reaches(least):
        raise PermissionError(f"{action} needs the role {least or 'of nobody'}")


def _minutes(told: object) -> float:
    """Return a number of minutes that a browser told; RefusedError when it is none."""
    if isinstance(told, int | float) and 0 < told < float("inf"):
        return float(told)
    raise RefusedError("보류 만료 시각은 지금 이후여야 합니다")


def _why(reason: str) -> str:
    """Return a reason that may be told; RefusedError without one."""
    if not (said := reason.strip()[:LONGEST_REASON]):
        raise RefusedError("사유를 적어 주세요")
    return said
