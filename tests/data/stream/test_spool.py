from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from data.settings import Settings
from data.stream import server as broker
from data.stream.redis_stream import Stream, connect
from data.stream.server import Broker
from data.stream.spool import Spool, SpoolFullError
from park.events.envelope import decode
from tests.sample_events import entries, gas


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a Redis of its own, for tests that stop it."""
    return Settings(var_dir=str(tmp_path))


@pytest.fixture
def running(settings: Settings) -> Iterator[list[Broker]]:
    """The Redis that runs, last in the list."""
    all_ = [broker.start(settings)]
    yield all_
    all_[-1].stop()


@pytest.fixture
def client(settings: Settings) -> Iterator[Redis]:
    with connect(settings) as client:
        yield client


def told(client: Redis) -> list[str]:
    return [decode(raw).id for _, raw in entries(client)]


def test_events_wait_on_disk_and_go_in_first(
    settings: Settings, running: list[Broker], client: Redis, tmp_path: Path
) -> None:
    spool = Spool(Stream(client, "changwon"), tmp_path / "spool")
    assert len(spool.append([gas(0)])) == 1
    running[-1].stop()
    assert spool.append([gas(1), gas(2)]) == []
    assert spool.append([gas(3)]) == []
    assert spool.waiting_bytes > 0
    running.append(broker.start(settings))
    assert len(spool.append([gas(4)])) == 1
    assert told(client) == ["e-0", "e-1", "e-2", "e-3", "e-4"]
    assert spool.waiting_bytes == 0


def test_the_spool_outlives_its_process_and_a_half_written_line(
    settings: Settings, running: list[Broker], client: Redis, tmp_path: Path
) -> None:
    running[-1].stop()
    Spool(Stream(client, "changwon"), tmp_path / "spool").append([gas(1), gas(2)])
    with (tmp_path / "spool" / "spool.jsonl").open("ab") as file:
        file.write(b'{"id": "e-3", "sour')
    running.append(broker.start(settings))
    again = Spool(Stream(client, "changwon"), tmp_path / "spool")
    assert again.drain() == 2
    assert told(client) == ["e-1", "e-2"]


def test_a_full_spool_says_so_and_keeps_what_it_has(
    settings: Settings, running: list[Broker], client: Redis, tmp_path: Path
) -> None:
    spool = Spool(Stream(client, "changwon"), tmp_path / "spool", limit=1000)
    running[-1].stop()
    spool.append([gas(1), gas(2)])
    with pytest.raises(SpoolFullError, match="1000 bytes"):
        spool.append([gas(n) for n in range(3, 9)])
    running.append(broker.start(settings))
    spool.drain()
    assert told(client) == ["e-1", "e-2"]
