"""Handovers of shifts: drawn from state and record, signed by the next shift, kept as events for ever."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa
from msgspec import Struct

from data.audit import chain as audit
from data.audit import review as trail
from data.live import status
from data.live.hub import Hub
from data.operators.accounts import Session
from data.operators.alarm_actions import SOURCE
from data.record import history
from data.stream.redis_stream import AsyncStream
from data.tables import events
from park.alarms.facts import AlarmAcknowledged, AlarmRaised
from park.config.label import Label
from park.events.envelope import Event, decode
from park.incidents.incident import told_id
from park.operators.facts import HandoverSigned, OperatorAction
from park.operators.handover import Act, Handover, Recorded, Silence, canonical, digest, draw
from park.operators.refusal import RefusedError

LATE = timedelta(hours=1)  # so long after its end a shift may still hand over
VALID = timedelta(minutes=15)  # so long what was drawn may be signed
LONGEST = timedelta(hours=24)
LONGEST_NOTE = 500
_DRAWN = 50


class Signed(Struct, frozen=True):
    """A signed handover; ``sound`` when its text is what was signed, and the audit trail says so too."""

    digest: str
    time: datetime
    shift: str
    leaving: str
    taking: str
    note: str
    sound: bool
    text: str = ""


class Handovers:
    """Handovers of the park that ``hub`` knows; ``clock`` tells the time of day, aware."""

    def __init__(
        self,
        engine: sa.Engine,
        stream: AsyncStream,
        hub: Hub,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Draw from ``engine`` and ``hub``, tell through ``stream``."""
        self.engine = engine
        self.stream = stream
        self.hub = hub
        self.clock = clock
        self._subject = f"{hub.park.id}/room/shift"
        self._drawn: dict[str, Handover] = {}

    async def draw(self) -> tuple[str, Handover]:
        """Return the handover as things are now and its digest, by which it can be signed.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the record is away.
        """
        now = self.clock()
        last = await asyncio.to_thread(self._last)
        shift, since = self._shift(now, last)
        told = await asyncio.to_thread(self._recorded, since, now)
        leaving = last.data.taking if last is not None else None
        drawn = draw(self.hub.park, self.hub.state, now, since, shift, leaving, told)
        name = digest(canonical(drawn))
        self._drawn[name] = drawn
        while len(self._drawn) > _DRAWN:
            del self._drawn[next(iter(self._drawn))]
        return name, drawn

    async def sign(self, name: str, leaving: str, who: Session, note: str = "") -> None:
        """Take over: ``who`` signs what was drawn as ``name``.

        Raises:
            RefusedError: it was not drawn here lately, another one was signed since, or nobody leaves.
            redis.exceptions.RedisError, sqlalchemy.exc.SQLAlchemyError: nothing was told.
        """
        drawn, now = self._drawn.get(name), self.clock()
        if drawn is None or now - _moment(drawn.drawn_ms) > VALID:
            raise RefusedError("인계서가 오래되었습니다. 다시 작성하십시오")
        if not leaving.strip() or leaving.strip() == who.user:
            raise RefusedError("넘기는 사람과 받는 사람은 서로 달라야 합니다")
        last = await asyncio.to_thread(self._last)
        if last is not None and last.time > _moment(drawn.drawn_ms):
            raise RefusedError("그 사이 다른 인계가 서명되었습니다. 다시 작성하십시오")
        local = _moment(drawn.since_ms).astimezone(self.hub.park.zone)
        shift, text = f"{local:%Y-%m-%d} {drawn.shift.ko}", canonical(drawn)
        fact = HandoverSigned(shift, leaving.strip()[:100], who.user, name, note[:LONGEST_NOTE], text)
        act = who.did("handover.sign", name, note[:LONGEST_NOTE])
        id_ = told_id("handover", name)
        await self.stream.append([self._event(id_, fact, now), self._event(told_id(id_, "action"), act, now)])

    def signed(self, limit: int = 50) -> list[Signed]:
        """Return the signed handovers of the record, newest first, without their texts; blocks."""
        page = history.events(self.engine, types=(HandoverSigned.TYPE,), limit=limit)
        return [self._signed(decode(found.ce.encode())) for found in page.items]

    def one(self, name: str) -> Signed | None:
        """Return a signed handover with its text; blocks."""
        page = history.events(self.engine, types=(HandoverSigned.TYPE,), limit=history.LONGEST_PAGE)
        told = (decode(found.ce.encode()) for found in page.items)
        found = next((event for event in told if event.data.digest == name), None)
        return self._signed(found, whole=True) if found else None

    def _signed(self, event: Event, *, whole: bool = False) -> Signed:
        fact = event.data
        acts = trail.rows(self.engine, trail.Asked(action="handover.sign", object=fact.digest), limit=1)
        sound = digest(fact.text) == fact.digest and any(row.user == fact.taking for row in acts)
        about = fact.digest, event.time, fact.shift, fact.leaving, fact.taking, fact.note, sound
        return Signed(*about, fact.text if whole else "")

    def _last(self) -> Event | None:
        """Return the newest signed handover, of the record or just told."""
        page = history.events(self.engine, types=(HandoverSigned.TYPE,), limit=1)
        told = [decode(found.ce.encode()) for found in page.items]
        if held := self.hub.state.latest.get(self._subject, {}).get(HandoverSigned.TYPE):
            told.append(held)
        return max(told, key=lambda event: event.time, default=None)

    def _shift(self, now: datetime, last: Event | None) -> tuple[Label, datetime]:
        """Return the shift that hands over and since when: the last handover, else its beginning."""
        park = self.hub.park
        local = (now - LATE).astimezone(park.zone)
        name = status.shift_at(park.config.shifts, local) or Label("근무", "Shift")
        began = next((s.start for s in park.config.shifts if s.name == name), None)
        if last is not None and now - last.time < LONGEST:
            return name, last.time
        since = (
            local
            if began is None
            else local.replace(hour=began.hour, minute=began.minute, second=0, microsecond=0)
        )
        return name, since if since <= local else since - timedelta(days=1)

    def _recorded(self, since: datetime, now: datetime) -> Recorded:
        head = audit.head(self.engine)
        did = trail.every(self.engine, trail.Asked(since=since, until=now))
        hub, now_ms = self.hub, int(now.timestamp() * 1000)
        never_ms = int((now - LONGEST).timestamp() * 1000)  # who never spoke is silent for that long
        silent = status.silent(hub.park.assets, hub.picture.heard_ms, never_ms, now_ms)
        return Recorded(
            acts=tuple(
                Act(int(row.time.timestamp() * 1000), row.user, row.action, row.object, row.reason)
                for row in did
            ),
            raised=self._count(AlarmRaised.TYPE, since, now),
            acknowledged=self._count(AlarmAcknowledged.TYPE, since, now),
            silent=tuple(msgspec.convert(one, Silence, from_attributes=True) for one in silent),
            audit_rows=head.rows,
            audit_hash=head.hash,
        )

    def _count(self, type_: str, since: datetime, until: datetime) -> int:
        query = sa.select(sa.func.count()).where(
            events.c.type == type_, events.c.time >= since, events.c.time < until
        )
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _event(self, id_: str, fact: HandoverSigned | OperatorAction, time: datetime) -> Event:
        return Event(id_, SOURCE, fact.TYPE, self._subject, time, self.hub.park.id, fact)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
