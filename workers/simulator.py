"""The simulator as a process: backfills a day at its first start, then lives in real time."""

import contextlib
import json
import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import redis

from data.park_files.park import ParkFileError
from data.settings import Settings
from data.stream.redis_stream import Stream, connect, raw_of, stream_key
from data.stream.spool import Spool, SpoolFullError
from feeds.simulator.answers import Answers
from feeds.simulator.engine import Engine
from feeds.simulator.setup import Kept, Memory, find_scenario, open_engine, requests_key
from feeds.simulator.stage import ScenarioError, truth
from park.events.envelope import Event, InvalidEventError, decode
from workers.process import log_to_stderr, stop_on_signal

SEED = 1
PAST_H = 26
LONGEST_CATCH_UP_S = 120
SAVE_EVERY_S = 10
BATCH = 1000
LISTEN_S = 0.2
HEARD_AT_ONCE = 5000

log = logging.getLogger("simulator")


class Simulator:
    """One synthetic park in the stream."""

    def __init__(self, settings: Settings, client: redis.Redis, now: datetime) -> None:
        """Go on from what an earlier run left, else begin a day and two hours ago."""
        self.settings, self.client = settings, client
        self.memory = Memory(settings.var / "simulator" / f"{settings.park}.json")
        kept = self.memory.load() or Kept(now - timedelta(hours=PAST_H))
        self.start = max(kept.now, now - timedelta(hours=PAST_H))
        self.engine: Engine = open_engine(settings, SEED, self.start, kept.counters)
        self._unfinished = kept.shipments
        self.spool = Spool(Stream(client, settings.park), settings.var / "spool" / "simulator")
        self.answers = Answers(self.engine, settings.var / "simulator" / f"{settings.park}-orders.json")
        self._heard = self.answers.orders.at

    def catch_up(self, now: datetime) -> int:
        """Tell the past coarsely where there is much of it, and return how many events that was."""
        told, batch = 0, list[Event]()
        for event in self.engine.past(now):
            batch.append(event)
            if len(batch) == BATCH:
                self.append(batch)
                told, batch = told + BATCH, []
        self.append(batch)
        return told + len(batch)

    def begin(self) -> None:
        """Call off what an earlier run left unfinished, and let every asset say how it is."""
        self.append(self.engine.traffic.call_off(self._unfinished, self.engine.now))
        self.append(self.engine.roll_call())

    def append(self, events: list[Event]) -> None:
        """Put events in the stream; when even the spool is full, say what is lost."""
        try:
            self.spool.append(events)
        except SpoolFullError:
            log.exception("%d events lost: Redis is away and the spool is full", len(events))

    def live(self, now: datetime) -> None:
        """Live up to now, second by second, and stage what was asked for."""
        self._stage_requests(now)
        while self.engine.now + timedelta(seconds=1) <= now:
            self.append(self.engine.step())

    def listen(self, now: datetime) -> int:
        """Carry out the commands that are new in the stream; return how many words on commands there were.

        A simulator that never listened begins with what comes from now on.
        """
        key, words = stream_key(self.settings.park), 0
        try:
            if not self._heard:
                newest: Any = self.client.xrevrange(key, count=1)
                self._heard = newest[0][0].decode() if newest else "0-0"
            found: Any = self.client.xrange(key, f"({self._heard}", count=HEARD_AT_ONCE)
        except redis.RedisError:
            return 0
        told = self.answers.pass_time(now)
        for id_, fields in found:
            raw = raw_of(fields)
            if b"park.command." in raw:
                words += 1
                told += self._hear(raw, now)
            self._heard = id_.decode()
        if told:
            self.append(told)
        if words or told:
            self._keep_orders()
        return words

    def _hear(self, raw: bytes, now: datetime) -> list[Event]:
        try:
            return self.answers.hear(decode(raw), now)
        except InvalidEventError:  # for the recorder's dead letters
            return []

    def _keep_orders(self) -> None:
        with contextlib.suppress(OSError):
            self.answers.save(self._heard)

    def _stage_requests(self, now: datetime) -> None:
        try:
            name = self.client.lpop(requests_key(self.settings.park))
        except redis.RedisError:
            return
        if not isinstance(name, bytes):
            return
        try:
            scenario = find_scenario(
                self.settings, self.engine.energy.world.park, name.decode(errors="replace")
            )
        except ScenarioError as error:
            log.warning("%s", error)
            return
        staged = self.engine.stage.play(scenario, now)
        path = self.settings.var / "simulator" / "truth.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(
                json.dumps(r, ensure_ascii=False) + "\n" for r in truth(self.settings.park, staged)
            )
        log.info("scenario %s staged", name.decode(errors="replace"))

    def save(self) -> None:
        """Remember where it stands, and what its devices were told."""
        self._keep_orders()
        engine = self.engine
        self.memory.save(Kept(engine.now, engine.energy.counters, engine.traffic.open_shipments()))


def main() -> int:
    """Simulate the park of the settings until asked to stop; 1 when its files are wrong."""
    log_to_stderr()
    settings, stop = Settings.read(), stop_on_signal()
    client = connect(settings)
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        simulator = Simulator(settings, client, now)
    except ParkFileError as error:
        log.critical("%s", error)
        return 1
    if now - simulator.start > timedelta(seconds=LONGEST_CATCH_UP_S):
        log.info("%d past events told", simulator.catch_up(now))
    simulator.live(now)
    simulator.begin()
    simulator.save()
    _run(simulator, stop)
    simulator.save()
    client.close()
    return 0


def _run(simulator: Simulator, stop: threading.Event) -> None:
    saved = time.monotonic()
    while not stop.wait(LISTEN_S - time.time() % LISTEN_S):
        now = datetime.now(UTC)
        simulator.listen(now)
        if now - simulator.engine.now > timedelta(seconds=LONGEST_CATCH_UP_S):
            simulator.catch_up(now.replace(microsecond=0))
        simulator.live(now)
        if time.monotonic() - saved > SAVE_EVERY_S:
            saved = time.monotonic()
            with contextlib.suppress(OSError):
                simulator.save()


if __name__ == "__main__":
    raise SystemExit(main())
