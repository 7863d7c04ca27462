"""What happens when processes die in the middle of it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis import Redis

from data.record.store import create_engine, migrate
from data.settings import Settings
from data.stream import server as broker
from data.stream.redis_stream import Group, Stream
from data.tables import events
from tests.data.stream.test_server import written
from tests.postgres import Cluster
from tests.sample_events import gas

ROOT = Path(__file__).resolve().parents[2]
RATE = 2000
KILLS = 3


class Producer(threading.Thread):
    """Appends 2,000 events a second in batches of 100; ``accepted`` are those that Redis took."""

    def __init__(self, client: Redis) -> None:
        super().__init__()
        self.stream = Stream(client, "changwon")
        self.enough = threading.Event()
        self.accepted = 0

    def run(self) -> None:
        began = time.monotonic()
        while not self.enough.wait(max(0.0, began + self.accepted / RATE - time.monotonic())):
            self.stream.append(gas(n) for n in range(self.accepted, self.accepted + 100))
            self.accepted += 100


class Recorder:
    """The recorder as its own process."""

    def __init__(self, settings: Settings, log: Path) -> None:
        variables = {"REDIS_URL": settings.redis_url, "DATABASE_URL": settings.database_url}
        self.log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers.recorder"],
                cwd=ROOT,
                env=os.environ | variables | {"GWANJE_VAR": settings.var_dir},
                stdout=file,
                stderr=file,
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> float:
        """Ask it to stop and return how long that took in seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0, self.log.read_text()
        return time.monotonic() - began


@pytest.fixture
def room(settings: Settings, database_url: str, engine: sa.Engine) -> Settings:
    assert engine.dialect.name
    return replace(settings, database_url=database_url)


@pytest.fixture
def recorders() -> Iterator[list[Recorder]]:
    started: list[Recorder] = []
    yield started
    for recorder in started:
        if recorder.process.poll() is None:
            recorder.kill()


def counted(engine: sa.Engine) -> tuple[int, int]:
    """Return how many events of the producer are in the record, and how many different ones."""
    query = sa.select(sa.func.count(), sa.func.count(sa.distinct(events.c.ce_id)))
    with engine.connect() as connection:
        all_, different = connection.execute(query.where(events.c.source == "test/gas")).one()
    return all_, different


def wait_for(engine: sa.Engine, number: int, within_s: float = 180) -> None:
    end = time.monotonic() + within_s
    while counted(engine)[0] < number:
        assert time.monotonic() < end, f"{counted(engine)[0]} of {number} recorded"
        time.sleep(0.1)


def test_kill_9_of_the_recorder_under_load_loses_and_doubles_nothing(
    room: Settings, engine: sa.Engine, redis: Redis, recorders: list[Recorder], tmp_path: Path
) -> None:
    producer = Producer(redis)
    recorders.append(Recorder(room, tmp_path / "log"))
    producer.start()
    killed_mid_way = 0
    try:
        for _ in range(KILLS):
            wait_for(engine, counted(engine)[0] + 500)
            recorders[-1].kill()
            killed_mid_way += Group(redis, "changwon", "recorder", "recorder-1").lag().pending > 0
            recorders.append(Recorder(room, tmp_path / "log"))
        wait_for(engine, counted(engine)[0] + 500)
    finally:
        producer.enough.set()
        producer.join()
    assert killed_mid_way, "no kill met an entry that was delivered and not acknowledged"
    wait_for(engine, producer.accepted)
    assert recorders[-1].end() < 5
    assert counted(engine) == (producer.accepted, producer.accepted)
    assert Group(redis, "changwon", "recorder", "recorder-1").lag().pending == 0


def test_redis_killed_and_restarted_keeps_what_it_took(
    tmp_path: Path, engine: sa.Engine, database_url: str, recorders: list[Recorder]
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="gwanje-"))
    own = Settings(var_dir=str(folder), database_url=database_url)
    running = broker.start(own)
    recorders.append(Recorder(replace(own, redis_url=running.url), tmp_path / "log"))
    with Redis.from_url(running.url) as client:
        Stream(client, "changwon").append(gas(n) for n in range(500))
        wait_for(engine, 500)
        Stream(client, "changwon").append(gas(n) for n in range(500, 1000))
        written(client)
    running.kill()
    running = broker.start(own)
    with Redis.from_url(running.url) as client:
        Stream(client, "changwon").append(gas(n) for n in range(1000, 1500))
    wait_for(engine, 1500)
    assert counted(engine) == (1500, 1500)
    recorders[-1].end()
    running.stop()


def test_the_backlog_waits_while_the_database_is_away(
    settings: Settings, postgres: Cluster, redis: Redis, recorders: list[Recorder], tmp_path: Path
) -> None:
    room = replace(settings, database_url=postgres.database())
    engine = create_engine(room)
    migrate(engine)
    recorders.append(Recorder(room, tmp_path / "log"))
    stream = Stream(redis, "changwon")
    stream.append(gas(n) for n in range(100))
    wait_for(engine, 100)
    engine.dispose()
    postgres.stop()
    stream.append(gas(n) for n in range(100, 3100))
    time.sleep(1.5)
    lag = Group(redis, "changwon", "recorder", "recorder-1").lag()
    assert lag.pending + lag.lag >= 3000
    assert recorders[-1].process.poll() is None
    postgres.start()
    wait_for(engine, 3100)
    assert counted(engine) == (3100, 3100)
    assert recorders[-1].end() < 5
    engine.dispose()
