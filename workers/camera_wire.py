"""Where all cameras of a park say what they see: facts to the stream, pictures to whoever watches."""

import contextlib
import logging
import queue
import struct
import time
from datetime import UTC, datetime

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from uuid_utils import uuid7

from cctv.live.runner import Fact
from data.settings import Settings
from data.stream.redis_stream import Stream
from data.stream.spool import Spool, SpoolFullError
from park.cameras.facts import CameraDetection, CameraEvent
from park.engine.facts import FeedHeartbeat
from park.engine.required_workers import feed_of
from park.events.envelope import Event, encode
from workers.camera_pace import EVENT_S, MOVING_S, Pace

WAITING = 1000
SHOW_S, RETRY_S = 0.5, 5.0  # a stuck Redis costs a camera half a second of looking, then none for a while
STILL_S = 86_400  # how long the last picture of a camera is kept
ASK_S = 1.0  # how long an answer to "who watches?" holds
PATIENCE_S = 30.0  # several times what a stuck Redis takes to be told apart
log = logging.getLogger("cameras")


class Wire:
    """The outlet of all cameras: facts to the stream by way of a spool, pictures to whoever watches."""

    def __init__(self, settings: Settings, client: redis.Redis) -> None:
        """Write nothing yet."""
        self._park = settings.park
        self._pictures = redis.Redis.from_url(
            settings.redis, socket_timeout=SHOW_S, socket_connect_timeout=SHOW_S, retry=Retry(NoBackoff(), 0)
        )
        self._away_until_s = float("-inf")
        self._unwanted: set[str] = set()
        self._told = 0
        self._spool = Spool(Stream(client, settings.park), settings.var / "spool" / "cameras")
        self._waiting: queue.Queue[Event] = queue.Queue(WAITING)
        self._paces: dict[str, Pace] = {}
        self._watched: dict[str, tuple[float, int, int]] = {}
        self._shown: dict[str, datetime] = {}

    def subject(self, name: str) -> str:
        """Return the asset id of a camera."""
        return f"{self._park}/camera/{name}"

    def tell(self, name: str, fact: Fact, *, sample: bool = False) -> None:
        """Put a fact in the queue; demonstration footage is marked as made up.

        What is in a picture has the time of that picture, so that screens put its boxes on it.
        What a camera sees now may be dropped when too much waits; anything else waits for its place.
        """
        source = f"simulator/cctv/{self._park}/{name}" if sample else f"cctv/{self._park}/{name}"
        at, subject = datetime.now(UTC), self.subject(name)
        if isinstance(fact, CameraDetection):
            at = self._shown.get(name, at)
        if isinstance(fact, CameraDetection | CameraEvent):
            lasting_s = EVENT_S if isinstance(fact, CameraEvent) else MOVING_S
            self._pace(subject).stir(time.monotonic(), lasting_s)
        event = Event(str(uuid7()), source, fact.TYPE, subject, at, self._park, fact)
        try:
            self._waiting.put(event, timeout=0 if isinstance(fact, CameraDetection) else PATIENCE_S)
        except queue.Full:
            log.error("%s: %s dropped, too much is waiting", name, fact.TYPE)  # noqa: TRY400 (no trace needed)

    def show(self, name: str, picture: bytes) -> None:
        """Publish a JPEG when it is due (:class:`Pace`); about once a second keep it as the camera's last."""
        taken = self._shown[name] = datetime.now(UTC)
        name = self.subject(name)
        framed = frame(name, taken.timestamp() * 1000, picture)
        now_s, key = time.monotonic(), f"{self._park}:{name}"
        if now_s < self._away_until_s:
            return
        try:
            watching, large = self._watchers(key, now_s)
            send, keep = self._pace(name).due(now_s, watched=watching > 0, large=large > 0)
            if send and watching:
                self._pictures.publish(f"video:{key}", framed)
            if keep:
                self._pictures.set(f"still:{key}", framed, ex=STILL_S)
        except redis.RedisError:  # pictures are not kept for later
            self._away_until_s = time.monotonic() + RETRY_S

    def beat(self, period_s: float) -> None:
        """Say that the process of the cameras is there, and again within ``period_s``."""
        fact = FeedHeartbeat(period_s, self._told)
        subject, at = feed_of(self._park, "cameras"), datetime.now(UTC)
        event = Event(str(uuid7()), f"cctv/{self._park}", fact.TYPE, subject, at, self._park, fact)
        with contextlib.suppress(queue.Full):  # the next says as much
            self._waiting.put_nowait(event)

    def forget(self, name: str) -> None:
        """Delete, when next drained, the last picture of a camera that is no more or is masked otherwise."""
        self._unwanted.add(f"still:{self._park}:{self.subject(name)}")

    def _pace(self, subject: str) -> Pace:
        return self._paces.setdefault(subject, Pace())

    def _watchers(self, key: str, now_s: float) -> tuple[int, int]:
        """Return how many screens hold the camera, and how many ask for its full rate; told once a second."""
        asked_s, watching, large = self._watched.get(key, (float("-inf"), 0, 0))
        if now_s - asked_s >= ASK_S:
            told = self._pictures.pubsub_numsub(f"video:{key}", f"full:{key}")
            watching, large = (int(count) for _, count in told)
            self._watched[key] = now_s, watching, large
        return watching, large

    def drain(self) -> None:
        """Append what waits to the stream, or to the spool while Redis is away; delete what is unwanted."""
        events = list[Event]()
        with contextlib.suppress(queue.Empty):
            while True:
                events.append(self._waiting.get_nowait())
        self._told += len(events)
        try:
            self._spool.append([event for event in events if _writable(event)])
        except SpoolFullError:
            log.exception("%d events lost: Redis is away and the spool is full", len(events))
        if self._unwanted:
            with contextlib.suppress(redis.RedisError):  # then with the next
                self._pictures.delete(*self._unwanted)
                self._unwanted.clear()


def _writable(event: Event) -> bool:
    """Tell whether a fact can be written down: one that cannot must not end all the cameras."""
    try:
        encode(event)
    except (TypeError, ValueError):
        log.exception("%s: a fact cannot be written: %r", event.subject, event.data)
        return False
    return True


def frame(camera: str, time_ms: float, picture: bytes) -> bytes:
    """Return a picture as screens take it: length and bytes of the camera's id, time in ms, JPEG."""
    name = camera.encode()
    return struct.pack(f">B{len(name)}sd", len(name), name, time_ms) + picture
