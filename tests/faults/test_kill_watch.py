"""The watch is killed again and again in the middle of its work: nothing is lost, nothing is doubled."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from data.park_files.park import load_park
from data.record.store import Store, create_engine, migrate
from data.settings import Settings
from data.stream.redis_stream import Group, Stream, arrived, stream_key
from park.alarms.engine import Conditions
from park.alarms.facts import AlarmRaised
from park.alarms.suppression import Suppression
from park.cameras.facts import CameraEvent, CameraHealth
from park.correlation.engine import Correlation
from park.engine.pipeline import Response
from park.environment.facts import GasObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.procedures.engine import Procedures
from park.systems import new_state
from tests.park.small_park import event
from workers.recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
PARK = load_park(Settings())
KILLS = 200
SEED = 20261123
SPAN = timedelta(minutes=9)
BY_THE_CLOCK = {"feed_silent", "worker_absent", "command_failed"}


class Lives:
    """Real processes of the watch, one after the other."""

    def __init__(self, settings: Settings, log: Path) -> None:
        variables = {"REDIS_URL": settings.redis_url, "GWANJE_VAR": settings.var_dir, "DATABASE_URL": ""}
        with log.open("ab") as file:
            self.nest = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.watch_forker"],
                cwd=ROOT,
                env=os.environ | variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
            )
        self.pid = 0

    def begin(self) -> None:
        assert self.nest.stdin is not None
        assert self.nest.stdout is not None
        self.nest.stdin.write("\n")
        self.nest.stdin.flush()
        self.pid = int(self.nest.stdout.readline())

    def end(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)
        until = time.monotonic() + 60
        while Path(f"/proc/{self.pid}").exists():
            assert time.monotonic() < until, "does not die"
            time.sleep(0.002)
        self.pid = 0

    def close(self) -> None:
        if self.pid:
            self.end()
        assert self.nest.stdin is not None
        self.nest.stdin.close()
        self.nest.wait(60)


@pytest.fixture
def lives(settings: Settings, tmp_path: Path) -> Iterator[Lives]:
    running = Lives(settings, tmp_path / "watch.log")
    yield running
    running.close()


@pytest.fixture
def recording(settings: Settings, redis: Redis) -> Iterator[None]:
    """A recorder beside it, as in the room."""
    engine, stop = create_engine(settings), threading.Event()
    migrate(engine)
    recorder = Recorder(redis, Store(engine), "changwon", stop)
    thread = threading.Thread(target=recorder.run)
    thread.start()
    yield
    stop.set()
    thread.join()
    engine.dispose()


def story(start: datetime) -> list[Event]:
    """Nine minutes of a bad day: what an asset says comes in order, the assets mixed as they come.

    No two words of an asset are nearer to each other than the delays of what they lead to, so the
    answer does not hang on how far the clock had gone when they were read.
    """
    chance = random.Random(SEED)
    gases = [a for a in PARK.assets.values() if a.kind == "gas"][:24]
    cameras = [a.id for a in PARK.assets.values() if a.kind == "camera"][:48]
    told: list[Event] = []

    def say(fact: FactBase, asset: str, after_s: float) -> None:
        told.append(event(fact, asset, start + timedelta(seconds=after_s), f"s{len(told)}"))

    for asset in gases:
        substance = str(asset.traits["substance"])
        limit = PARK.limits.gas(substance)
        assert limit is not None
        begin = chance.uniform(0, 60)
        for part in range(4):
            over = (limit.stel if chance.random() < 0.5 else limit.twa) or 1.0
            say(GasObservation(substance, 1.1 * over), asset.id, begin + 120 * part)
            say(GasObservation(substance, 0.0), asset.id, begin + 120 * part + 40)
    for asset_id in cameras:
        begin = chance.uniform(0, 60)
        if chance.random() < 0.5:
            for part in range(2):
                kind = chance.choice(["fire", "smoke", "fall", "intrusion"])
                seen = CameraEvent(kind, asset_id.rpartition("/")[2], "m", "r", 0.9)  # type: ignore[arg-type]
                say(seen, asset_id, begin + 400 * part)
        else:
            for part in range(4):
                say(CameraHealth("lost" if part % 2 == 0 else "ok", 25.0), asset_id, begin + 100 * part)
    return sorted(told, key=lambda one: one.time)


def spoken(redis: Redis) -> list[Event]:
    """Return all that was put into the stream."""
    entries: Any = redis.xrange(stream_key("changwon"))
    return [arrived(fields[b"ce"], id_.decode()) for id_, fields in entries]


def uninterrupted(heard: list[Event], now: datetime) -> list[Event]:
    """Return what a watch tells that is never killed."""
    state = new_state(PARK.assets)
    engines = [kind(PARK, state) for kind in (Conditions, Suppression, Correlation, Procedures)]
    response = Response(state, engines)
    told = [answer for one in heard for answer in response.take(one)]
    for _ in range(3):
        told += response.tick(now)
    return told


def alarms(events: list[Event]) -> list[tuple[str, str, datetime]]:
    """Return what was told of alarms, but not what hangs on the clock: silence, commands unanswered."""
    told = (one for one in events if one.type.startswith("park.alarm."))
    return sorted((one.type, one.id, one.time) for one in told if one.data.condition not in BY_THE_CLOCK)


def reads(redis: Redis) -> str:
    """Return what the watch was last given; every second life is killed shortly after it got something."""
    groups: Any = redis.xinfo_groups(stream_key("changwon"))
    return str(next((row["last-delivered-id"] for row in groups if row["name"] == b"watch"), ""))


@pytest.mark.usefixtures("recording")
def test_two_hundred_kills_lose_and_double_nothing(redis: Redis, lives: Lives) -> None:
    stream, group = Stream(redis, "changwon"), Group(redis, "changwon", "watch", "watch-1")
    heard, chance = story(datetime.now(UTC) - SPAN - timedelta(minutes=1)), random.Random(SEED)
    left, in_the_middle, told_by = list(heard), 0, Counter[int]()
    for kill in range(KILLS):
        lives.begin()
        share = max(1, round(len(left) / (KILLS - kill) * chance.uniform(0, 2)))
        stream.append(left[:share])
        del left[:share]
        if kill % 2:
            before, until = reads(redis), time.monotonic() + 5
            while reads(redis) == before and time.monotonic() < until:
                time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.03 if kill % 2 else 0.2))
        lives.end()
        in_the_middle += group.lag().pending > 0
        told_by[sum(one.source == "watch/changwon" for one in spoken(redis))] += 1
    stream.append(left)
    lives.begin()
    until, calm = time.monotonic() + 180, 0
    while calm < 8:
        lag = group.lag()
        calm = calm + 1 if lag.pending + lag.lag == 0 else 0
        assert time.monotonic() < until, f"not calm: {lag}"
        time.sleep(0.4)
    lives.end(signal.SIGTERM)

    said = spoken(redis)
    mine = [one for one in said if one.source == "watch/changwon" and one.type != "park.feed.heartbeat"]
    whole = uninterrupted([one for one in said if one.source == "test"], datetime.now(UTC))
    assert {one.key for one in heard} <= {one.key for one in said}
    assert max(Counter(one.key for one in mine).values()) == 1, "told twice"
    assert alarms(mine) == alarms(whole)
    assert len(alarms(mine)) > 400
    answered(mine)
    assert in_the_middle > KILLS / 10, "the kills met no entry that was delivered and not acknowledged"
    assert len(told_by) > KILLS / 10, "the kills met no watch that works"


def answered(mine: list[Event]) -> None:
    """Every grave alarm is in an incident, nothing is in one twice, nobody is told the same twice."""
    joined = Counter((one.subject, one.data.member) for one in mine if one.type == "park.incident.joined")
    assert max(joined.values()) == 1
    grave = [
        one.data.alarm
        for one in mine
        if one.data.__class__ is AlarmRaised and one.data.priority == "critical"
    ]
    assert grave
    assert set(grave) <= {one.data.alarm for one in mine if one.type == "park.incident.joined"}
    words = ("incident", "recipient", "channel", "step", "title_ko")
    messages = Counter(
        tuple(getattr(one.data, word) for word in words)
        for one in mine
        if one.type == "park.message.requested"
    )
    assert messages
    assert max(messages.values()) == 1
