import time
from pathlib import Path

import pytest
from redis import Redis

from data.settings import Settings
from data.stream import server as broker


def written(client: Redis) -> None:
    """Wait until the append-only file has all that the server took."""
    end_s = time.monotonic() + 60
    while client.info("persistence")["aof_buffer_length"]:
        assert time.monotonic() < end_s, "the file is not written"
        time.sleep(0.02)


def test_keeps_its_data_over_a_restart_and_a_kill(tmp_path: Path) -> None:
    settings = Settings(var_dir=str(tmp_path))
    running = broker.start(settings)
    with Redis.from_url(running.url) as client:
        client.set("a", 1)
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    running.stop()
    running = broker.start(settings)
    with Redis.from_url(running.url) as client:
        assert client.get("a") == b"1"
        client.set("b", 2)
        written(client)
    running.kill()
    running = broker.start(settings)
    with Redis.from_url(running.url) as client:
        assert client.get("b") == b"2"
    running.stop()


def test_takes_over_the_server_that_a_killed_room_left(tmp_path: Path) -> None:
    settings = Settings(var_dir=str(tmp_path))
    first = broker.start(settings)
    second = broker.start(settings)
    assert second.pid == first.pid
    first.stop()


def test_a_given_redis_is_not_ours_to_stop(redis: Redis, settings: Settings) -> None:
    broker.start(settings).stop()
    assert redis.ping()


def test_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(broker.BrokerError, match="GWANJE_VAR"):
        broker.start(Settings(var_dir=str(tmp_path / ("x" * 120))))
    with pytest.raises(broker.BrokerError, match="does not answer"):
        broker._await("redis://127.0.0.1:1/0", 0.1)


def test_without_redis_on_path_the_packaged_server_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    running = broker.start(Settings(var_dir=str(tmp_path)))
    with Redis.from_url(running.url) as client:
        assert client.xadd("a", {"ce": b"1"})
    running.stop()


def test_a_server_taken_over_is_seen_to_end(tmp_path: Path) -> None:
    settings = Settings(var_dir=str(tmp_path))
    first = broker.start(settings)
    second = broker.start(settings)
    assert not first.gone
    assert not second.gone
    first.kill()
    assert first.gone
    assert second.gone
