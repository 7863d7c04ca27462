"""The recorder: every accepted event of the stream into SQL, exactly once. ``python -m workers.recorder``.

Acknowledges only after the commit, so whatever kills it, the entries come again and the unique key of
the record makes them one. What is no event, or was delivered five times in vain, goes to the dead letters.
"""

import contextlib
import functools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import redis
from msgspec import Struct
from msgspec.structs import asdict
from redis.exceptions import RedisError
from uuid_utils import uuid7

from data.audit.chain import SEEN, ends_seen
from data.park_files.park import ParkFileError, load_park
from data.record.store import AWAY, REFUSED, Accepted, Recorded, Refused, Store, create_engine
from data.settings import Settings
from data.stream.lag import RECORDER_FIGURES, REUSED
from data.stream.redis_stream import Entry, Group, Stream, arrived, connect, raw_of, stream_key, trim
from park.engine.facts import FeedHeartbeat, IdentityReused
from park.events.envelope import Event, InvalidEventError, encode
from park.intake.entry import Door
from workers.process import Backoff, Timer, log_to_stderr, relax_collector, stop_on_signal

BATCH = 1000
RECALLED = 20_000
GATHER_S = 0.05
BLOCK_MS = 250
DELIVERIES = 5
RECLAIM_S = 5.0
IDLE_MS = 10_000
METRICS_S = 1.0
METRICS_KEY = RECORDER_FIGURES
HEARTBEAT_S = 5.0
REASON_CHARS = 500
_log = logging.getLogger(__name__)


class Figures(Struct):
    """What the recorder has done since it started."""

    recorded: int = 0
    duplicates: int = 0
    dead: int = 0
    batch_ms: float = 0.0


class Recorder:
    """Reads the stream of one park into the store, until asked to stop."""

    def __init__(
        self,
        client: redis.Redis,
        store: Store,
        park: str,
        stop: threading.Event,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        door: Door | None = None,
    ) -> None:
        """Touch neither Redis nor the database yet; without a ``door`` events are kept as they came."""
        self.door = door
        self.client = client
        self.store = store
        self.park = park
        self.stop = stop
        self.clock = clock
        self.figures = Figures()
        self.group = Group(client, park, "recorder", "recorder-1")
        self._stream = Stream(client, park, clock)
        self._reused: list[Event] = []
        self._reclaim = Timer(RECLAIM_S)
        self._metrics = Timer(METRICS_S)
        self._beat = Timer(HEARTBEAT_S)

    def run(self) -> None:
        """Record until asked to stop; Redis and the database may come and go."""
        self._patiently(self.store.ping, AWAY)
        self._recall()
        first, backoff = True, Backoff(self.stop)
        while not self.stop.is_set():
            try:
                if self._reclaim.due(time.monotonic()):
                    self.save(self.group.reclaim(0 if first else IDLE_MS))
                    first = False
                    trim(self.client, self.park)
                self.save(self.gather())
                self._tell()
                backoff.reset()
            except RedisError as error:
                _log.warning("stream away: %s", error)
                backoff.wait()

    def _recall(self) -> None:
        """Let the door hear what the stream still has of what was recorded: its clocks are known then."""
        if self.door is None:
            return
        with contextlib.suppress(RedisError):
            recorded: Any = self.client.xrevrange(self.group.key, self._last_delivered(), count=RECALLED)
            accepted, _ = sort((Entry(id_.decode(), raw_of(fields)) for id_, fields in reversed(recorded)))
            for item in accepted:
                self.door.enter(item.event)

    def _last_delivered(self) -> str:
        self.group.ensure()
        groups: Any = self.client.xinfo_groups(self.group.key)
        found = (row["last-delivered-id"] for row in groups if row["name"].decode() == self.group.group)
        return str(next(found).decode())

    def gather(self) -> list[Entry]:
        """Return up to ``BATCH`` new entries: as soon as there are that many, or 50 ms after the first."""
        entries = self.group.read(BATCH, BLOCK_MS)
        until = time.monotonic() + GATHER_S
        while entries and len(entries) < BATCH and (left_s := until - time.monotonic()) > 0.001:
            entries += self.group.read(BATCH - len(entries), max(1, int(left_s * 1000)))
        return entries

    def save(self, entries: Sequence[Entry]) -> None:
        """Commit the entries as events or dead letters, then acknowledge; asked to stop first, neither."""
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            began = time.monotonic()
            if not self._patiently(functools.partial(self._commit, batch), AWAY):
                return
            self.group.ack([entry.id for entry in batch])
            self.figures.batch_ms = (time.monotonic() - began) * 1000

    def _commit(self, batch: Iterable[Entry]) -> None:
        accepted, refused = sort(batch, self.door)
        done, bad = self._keep(accepted)
        refused += bad
        if refused:
            self.store.record([], refused, stream=stream_key(self.park), now=self.clock())
            _log.warning("%d entries to the dead letters, first: %s", len(refused), refused[0].reason)
        self.figures.recorded += done.inserted
        self.figures.duplicates += done.duplicates
        self.figures.dead += len(refused)
        self._tell_reused()

    def _keep(self, accepted: list[Accepted]) -> tuple[Recorded, list[Refused]]:
        """Record the events; when one spoils the batch, halve until it stands alone."""
        try:
            done = self.store.record(accepted)
        except AWAY:
            raise
        except REFUSED as error:
            if len(accepted) == 1:
                entry = accepted[0]
                reason = f"refused by the database: {str(error).splitlines()[0]}"
                return Recorded(0, 0), [refuse(entry.stream_id, entry.text.encode(), "$", reason)]
        else:
            self._reused += self.store.reused
            return done, []
        middle = len(accepted) // 2
        (left, bad), (right, worse) = self._keep(accepted[:middle]), self._keep(accepted[middle:])
        return Recorded(left.inserted + right.inserted, left.duplicates + right.duplicates), bad + worse

    def _tell_reused(self) -> None:
        """Tell the room of identities that came again with other content: one of each asset and feed."""
        newest = {(event.subject, event.source): event for event in self._reused}
        told = []
        for (subject, source), event in newest.items():
            fact = IdentityReused(event.sameid or event.id, source, event.id)
            # told of the arrival, not of now: entries that are read once more say the same once more
            at = event.ingested or event.time
            id_ = str(uuid5(NAMESPACE_OID, f"{source} {event.id} {at.isoformat()}"))
            about = (id_, "gwanje/recorder", fact.TYPE, subject, at, self.park, fact)
            told.append(Event(*about))
            _log.warning("%s: id %r came again with other content, kept as %r", source, fact.event, event.id)
        if told:
            self._stream.append(told)
            self.client.incrby(REUSED, len(self._reused))
        self._reused.clear()

    def _patiently(self, act: Callable[[], None], away: tuple[type[Exception], ...]) -> bool:
        """Try until the database answers; false when asked to stop before."""
        backoff = Backoff(self.stop)
        while True:
            try:
                act()
            except away as error:
                _log.warning("database away, the backlog waits: %s", str(error).splitlines()[0])
                if backoff.wait():
                    return False
            else:
                return True

    def _tell(self) -> None:
        now_s = time.monotonic()
        if self._metrics.due(now_s):
            lag = self.group.lag()
            told = asdict(self.figures) | lag._asdict() | {"time_ms": int(self.clock().timestamp() * 1000)}
            self.client.hset(METRICS_KEY, items=[word for pair in told.items() for word in pair])
            self._witness()
        if self._beat.due(now_s):
            fact = FeedHeartbeat(HEARTBEAT_S, self.figures.recorded)
            subject = f"{self.park}/feed/recorder"
            beat = Event(str(uuid7()), "gwanje/recorder", fact.TYPE, subject, self.clock(), self.park, fact)
            self._stream.append([beat])

    def _witness(self) -> None:
        """Note the end of the audit trail outside the database; one noted already is never taken back."""
        head, hour = self.store.head, f"{self.clock():%Y-%m-%dT%H}"
        if head is None:
            return
        held: Any = self.client.hget(SEEN, hour)
        if held is not None and ends_seen([held])[0].rows > head.rows:
            _log.critical("the audit trail is shorter than it was: %s", held)
            return
        self.client.hset(SEEN, hour, f"{head.rows} {head.hash}")


def sort(entries: Iterable[Entry], door: Door | None = None) -> tuple[list[Accepted], list[Refused]]:
    """Tell events from what is none, or was delivered too often to be tried again."""
    accepted, refused = list[Accepted](), list[Refused]()
    for entry in entries:
        if entry.deliveries > DELIVERIES:
            reason = f"delivered {entry.deliveries} times and never recorded"
            refused.append(refuse(entry.id, entry.raw, "$", reason, entry.deliveries))
            continue
        try:
            accepted.append(_accept(entry, door))
        except InvalidEventError as error:
            refused.append(refuse(entry.id, entry.raw, error.path, error.reason, entry.deliveries))
        except UnicodeDecodeError as error:
            refused.append(refuse(entry.id, entry.raw, "$", f"not UTF-8: {error.reason}", entry.deliveries))
    return accepted, refused


def _accept(entry: Entry, door: Door | None) -> Accepted:
    """Understand an entry; its bytes are kept as they came, unless the door settled what they say."""
    told = arrived(entry.raw, entry.id)
    event = door.enter(told) if door else told
    text = entry.raw.decode() if event is told else encode(event).decode()
    return Accepted(entry.id, text, event)


def refuse(stream_id: str, raw: bytes, path: str, reason: str, deliveries: int = 1) -> Refused:
    """Return a dead letter whose words every database can keep."""
    return Refused(stream_id, raw, _plain(path), _plain(reason), deliveries)


def _plain(words: str) -> str:
    return words.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:REASON_CHARS]


def main() -> None:
    """Record the stream of the park that the environment names."""
    log_to_stderr()
    relax_collector()
    settings, stop = Settings.read(), stop_on_signal()
    try:
        door = Door(load_park(settings))
    except ParkFileError as error:
        _log.critical("%s; events are kept as they come", error)
        door = None
    engine = create_engine(settings)
    client = connect(settings)
    Recorder(client, Store(engine), settings.park, stop, door=door).run()
    client.close()
    engine.dispose()


if __name__ == "__main__":
    main()
