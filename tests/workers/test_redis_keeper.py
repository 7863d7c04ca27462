"""Our own Redis that keeps ending: started again, its data kept, and never the room's end."""

import io
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from data.settings import Settings
from data.stream import server as broker
from workers.pauses import LONGEST_S, SPREAD
from workers.redis_keeper import RedisKeeper
from workers.supervise import Console, Leash


@pytest.fixture
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="gw-") as folder:  # a socket's path has a limit
        yield Settings(var_dir=folder)


@pytest.fixture
def leash() -> Iterator[Leash]:
    leash = Leash()
    yield leash
    leash.close()


class Steps:
    """A clock that stands until it is moved."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def kill(settings: Settings) -> None:
    """End the server as the kernel does when memory is short."""
    with Redis.from_url(settings.redis) as client:
        pid = int(client.info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)


def tick_until_gone_is_seen(keeper: RedisKeeper, said: io.StringIO, times: int) -> None:
    until = time.monotonic() + 60
    while said.getvalue().count("[redis]") < times:
        assert time.monotonic() < until
        keeper.tick()
        time.sleep(0.02)


def test_a_redis_that_keeps_ending_is_started_again_with_its_data(settings: Settings, leash: Leash) -> None:
    said, clock = io.StringIO(), Steps()
    keeper = RedisKeeper(settings, Console(said), leash, clock)
    keeper.start()
    with Redis.from_url(settings.redis) as client:
        client.set("kept", 1)
        client.config_set("appendfsync", "always")
        client.set("kept", 2)
    for times in range(1, 4):
        kill(settings)
        tick_until_gone_is_seen(keeper, said, times)
        clock.now_s += LONGEST_S * (1 + SPREAD)
        keeper.tick()
        broker._await(settings.redis, 60)
    with Redis.from_url(settings.redis) as client:
        assert client.get("kept") == b"2"
    keeper.stop()


def test_a_redis_that_cannot_be_started_is_tried_again(settings: Settings, leash: Leash) -> None:
    said, clock = io.StringIO(), Steps()
    keeper = RedisKeeper(settings, Console(said), leash, clock)
    keeper.start()
    kill(settings)
    tick_until_gone_is_seen(keeper, said, 1)
    folder, away = settings.var / "redis", settings.var / "away"
    folder.rename(away)
    Path(folder).write_text("in the way")
    for times in range(2, 10):
        clock.now_s += LONGEST_S * (1 + SPREAD)
        keeper.tick()
        assert said.getvalue().count("[redis]") == times
    folder.unlink()
    away.rename(folder)
    clock.now_s += LONGEST_S * (1 + SPREAD)
    keeper.tick()
    broker._await(settings.redis, 60)
    keeper.stop()
