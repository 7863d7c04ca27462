"""Brings messages out: by mail, webhook and CAP, each at most once. ``python -m workers.messenger``.

A request goes from the stream into the outbox, is claimed there, and only then sent. What surely did not
go out is tried again, ever more rarely; what may have gone out is ``unclear`` and left to the operator.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Literal, NamedTuple

import redis
from redis.exceptions import RedisError

from data.park_files.park import ParkFileError, load_park
from data.record.outbox import Outbox, Row, State, make_durable
from data.record.store import AWAY, REFUSED, create_engine
from data.settings import Settings
from data.stream.redis_stream import Entry, Group, Stream, connect
from feeds import cap, mail, webhook
from feeds.outcome import NotSentError, RejectedError, UnclearError
from park.engine.facts import FeedHeartbeat
from park.events.envelope import Event, InvalidEventError, decode
from park.incidents.incident import told_id
from park.messages.contacts import Contacts, Delivery
from park.messages.facts import MessageRequested, MessageStatus
from park.operators.facts import ExerciseStatus
from workers.process import Backoff, Timer, log_to_stderr, stop_on_signal

GROUP = "messenger"
SOURCE = "gwanje/messenger"
TRUSTED = ("gwanje/", "watch/")  # the room itself; who else asks for a message is not heard
BATCH = 500
BLOCK_MS = 200
BUSY_MS = 10
WORKERS = 8
BEAT_S = 10.0
SWEEP_S = 1.0
RECLAIM_S = 5.0
IDLE_MS = 10_000
logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What became of one attempt; ``queued`` when it may be tried again."""

    state: State
    detail: str


class Carrier:
    """Gives one message to its channel; holds no state, so several threads may."""

    def __init__(self, settings: Settings, contacts: Contacts) -> None:
        """Reach the contacts with the servers and secrets that the settings name."""
        self.settings = settings
        self.contacts = contacts

    def carry(self, row: Row, now: datetime) -> Outcome:
        """Make one attempt; never raises."""
        try:
            return Outcome("sent", self._send(row.request.data, now))
        except NotSentError as error:
            return Outcome("queued", str(error))
        except (RejectedError, ValueError) as error:
            return Outcome("failed", str(error))
        except UnclearError as error:
            return Outcome("unclear", str(error))
        except Exception as error:
            logger.exception("message %s: the attempt broke", row.message)
            return Outcome("unclear", f"the attempt broke: {type(error).__name__}")

    def _send(self, request: MessageRequested, now: datetime) -> str:
        address = self.contacts.address(request.recipient, request.channel)
        if address is None:
            raise RejectedError(f"no address of {request.recipient} for {request.channel}")
        if request.channel == "room":
            return "shown in the room"
        if request.channel == "email":
            return self._mail(request, address, now)
        secret, timeout_s = self.settings.webhook_secret, self.contacts.delivery.timeout_s
        if not secret:
            raise RejectedError("no webhook secret set")
        if request.channel == "cap":
            return cap.send(request, address, secret, now, timeout_s)
        body = webhook.compose(request)
        return webhook.post(address, body, "application/json", request.message, secret, now, timeout_s)

    def _mail(self, request: MessageRequested, address: str, now: datetime) -> str:
        if not self.settings.smtp:
            raise RejectedError("no SMTP server set")
        if not self.settings.smtp_from:
            raise RejectedError("no sender of mail set")
        server = mail.read_server(self.settings.smtp)
        text = mail.compose(request, self.settings.smtp_from, address, now)
        return mail.send(server, text, self.contacts.delivery.timeout_s)


class Messenger:
    """Reads requests of one park, claims, sends and tells; the database and Redis may come and go."""

    def __init__(
        self,
        client: redis.Redis,
        outbox: Outbox,
        carrier: Carrier,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Touch neither Redis nor the database yet."""
        self.outbox = outbox
        self.carrier = carrier
        self.clock = clock
        self.delivery: Delivery = carrier.contacts.delivery
        self.group = Group(client, outbox.park, GROUP, f"{GROUP}-1")
        self.stream = Stream(client, outbox.park, clock)
        self.told = 0
        self._pool = ThreadPoolExecutor(WORKERS, "carrier")
        self._running: dict[str, tuple[Row, Future[Outcome]]] = {}
        self._beat = Timer(BEAT_S)
        self._sweep = Timer(SWEEP_S)
        self._reclaim = Timer(RECLAIM_S)
        self._idle_ms = 0  # at first take over at once what one before this left open

    def once(self) -> int:
        """Do all there is to do, waiting 200 ms for more when idle; return how many entries were read.

        Raises one of ``AWAY`` or RedisError; nothing is lost by it.
        """
        self._settle()
        if self._sweep.due(time.monotonic()):
            self.outbox.abandon(self.clock(), self.delivery.lease_s, list(self._running))
        self._start()
        self._tell()
        entries = []
        if self._reclaim.due(time.monotonic()):
            entries, self._idle_ms = self.group.reclaim(self._idle_ms), IDLE_MS
        entries += self.group.read(BATCH, BUSY_MS if self._running else BLOCK_MS)
        for entry in entries:
            self._take(entry)
        self.group.ack([entry.id for entry in entries])
        return len(entries)

    def close(self) -> None:
        """Wait for the attempts under way and keep what became of them."""
        self._pool.shutdown(wait=True)
        self._settle()
        self._tell()

    @property
    def busy(self) -> bool:
        """Whether attempts are under way."""
        return bool(self._running)

    def _take(self, entry: Entry) -> None:
        """Put a request into the outbox; what the database refuses is told as failed."""
        if MessageRequested.TYPE.encode() not in entry.raw and ExerciseStatus.TYPE.encode() not in entry.raw:
            return
        try:
            event = decode(entry.raw)
        except InvalidEventError:  # for the recorder's dead letters
            return
        if event.park != self.outbox.park or not event.source.startswith(TRUSTED):
            return
        try:
            if isinstance(event.data, ExerciseStatus):
                self.outbox.note_exercise(event)
            elif isinstance(event.data, MessageRequested):
                self.outbox.put(event, self.clock())
        except AWAY:
            raise
        except REFUSED:
            logger.exception("entry %s cannot be kept", entry.id)
            if isinstance(event.data, MessageRequested):
                self.stream.append([unkept(event, self.clock())])

    def _start(self) -> None:
        """Claim as many messages as there are free hands, and let them be carried."""
        free = WORKERS - len(self._running)
        for row in self.outbox.claim(self.clock(), free) if free else ():
            late_s = (self.clock() - row.request.time).total_seconds()
            if late_s > self.delivery.stale_s:
                self.outbox.settle(row, "failed", f"asked for {late_s:.0f} s ago: too late", self.clock())
            else:
                future = self._pool.submit(self.carrier.carry, row, self.clock())
                self._running[row.message] = row, future

    def _settle(self) -> None:
        """Keep what became of finished attempts; what cannot be kept now is kept the next time."""
        for message, (row, future) in list(self._running.items()):
            if future.done():
                self._keep(row, future.result())
                del self._running[message]

    def _keep(self, row: Row, outcome: Outcome) -> None:
        state = outcome.state
        detail = outcome.detail
        wait_s = 0.0
        if state == "queued" and row.attempt >= self.delivery.attempts:
            state, detail = "failed", f"{detail}; given up after {row.attempt} attempts"
        elif state == "queued":
            wait_s = min(self.delivery.longest_wait_s, self.delivery.first_wait_s * 2 ** (row.attempt - 1))
            detail = f"{detail}; again in {wait_s:g} s"
        if state in ("failed", "unclear"):
            logger.warning("message %s to %s %s: %s", row.message, row.request.data.recipient, state, detail)
        self.outbox.settle(row, state, detail, self.clock(), wait_s)

    def _tell(self) -> None:
        """Say in the stream how far messages have come; said twice is once, by its id."""
        rows = self.outbox.untold(BATCH)
        told = [status(self.outbox.park, row) for row in rows]
        if self._beat.due(time.monotonic()):
            told.append(self._heartbeat(len(told)))
        if told:
            self.stream.append(told)
            self.outbox.told(rows)
        self.told += len(told)

    def _heartbeat(self, more: int) -> Event:
        now, park = self.clock(), self.outbox.park
        fact = FeedHeartbeat(BEAT_S, self.told + more + 1)
        subject = f"{park}/feed/messenger"
        return Event(f"beat-{now.timestamp():.3f}", SOURCE, fact.TYPE, subject, now, park, fact)


def unkept(request: Event, now: datetime) -> Event:
    """Return the event that says that a message never reached the outbox; told twice is once."""
    asked = request.data
    fact = MessageStatus(asked.message, "failed", 0, "refused by the database: see the log", asked.incident)
    id_ = told_id("message", asked.message, 0, "refused")
    return Event(id_, SOURCE, fact.TYPE, request.subject, now, request.park, fact)


def status(park: str, row: Row) -> Event:
    """Return the event that says how far a message has come; queued again after a failure is ``failed``."""
    state: Literal["sending", "sent", "failed", "held", "unclear"]
    state = "failed" if row.state == "queued" else row.state
    fact = MessageStatus(row.message, state, row.attempt, row.detail, row.request.data.incident)
    id_ = told_id("message", row.message, row.attempt, row.state)
    return Event(id_, SOURCE, fact.TYPE, row.request.subject, row.updated, park, fact)


def run(settings: Settings, stop: threading.Event) -> None:
    """Bring messages out until told to stop."""
    park = load_park(settings)
    if park.contacts is None:
        raise ParkFileError(settings.park_dir, "no contacts")
    engine, client = create_engine(settings), connect(settings)
    make_durable(engine)
    outbox = Outbox(engine, park.id, f"{GROUP}-{socket.gethostname()}-{os.getpid()}")
    messenger = Messenger(client, outbox, Carrier(settings, park.contacts))
    backoff = Backoff(stop)
    known = False
    while not stop.is_set():
        try:
            if not known:
                outbox.recall_exercise()
                known = True
            messenger.once()
            backoff.reset()
        except (RedisError, *AWAY) as error:
            logger.warning("stream or record away: %s", str(error).splitlines()[0])
            backoff.wait()
    try:
        messenger.close()
    except (RedisError, *AWAY) as error:
        logger.warning("what was under way is not kept: %s", type(error).__name__)
    client.close()
    engine.dispose()


def main() -> int:
    """Bring out the messages of the park that the environment names; 1 when its files are wrong."""
    log_to_stderr()
    try:
        run(Settings.read(), stop_on_signal())
    except ParkFileError as error:
        logger.critical("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
