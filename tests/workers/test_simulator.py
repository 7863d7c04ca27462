"""The simulator as a process on a real Redis: a day of past, then live, restarts and scenarios."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis

from data.settings import Settings
from feeds.simulator.setup import Kept, Memory, requests_key
from park.cameras.facts import CameraEvent
from park.energy.facts import MeterReading, PvReading
from park.events.envelope import Event, decode
from park.lighting.facts import LightStatus
from park.logistics.facts import ShipmentStatus, VehiclePosition
from tests.sample_events import entries
from workers.simulator import PAST_H, Simulator

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def stream(redis: Redis) -> list[Event]:
    return [decode(raw) for _, raw in entries(redis)]


def started(settings: Settings, redis: Redis, now: datetime = NOW) -> Simulator:
    """Return a simulator that has told its past and called its roll, as ``main`` lets it."""
    simulator = Simulator(settings, redis, now)
    simulator.catch_up(now)
    simulator.begin()
    simulator.save()
    return simulator


def remember(settings: Settings, when: datetime) -> None:
    """Leave what a run until then would have left."""
    Memory(settings.var / "simulator" / "changwon.json").save(Kept(when, {"soc_pct": 44.0}))


def counters(events: list[Event]) -> dict[str, Any]:
    return {e.subject: e.data.energy_kwh for e in events if isinstance(e.data, MeterReading | PvReading)}


def test_a_first_start_tells_a_day_and_then_lives(settings: Settings, redis: Redis) -> None:
    simulator = started(settings, redis)
    past = stream(redis)
    readings = [event.time for event in past if isinstance(event.data, MeterReading)]
    assert min(readings) <= NOW - timedelta(hours=PAST_H - 1)
    assert max(readings) == NOW
    lights = Counter(event.subject for event in past if isinstance(event.data, LightStatus))
    assert len(lights) == 4449  # the roll call: nothing is unknown
    assert set(lights.values()) == {1}
    simulator.live(NOW + timedelta(seconds=5))
    live = stream(redis)[len(past) :]
    assert {event.time for event in live} == {NOW + timedelta(seconds=second) for second in range(1, 6)}
    assert any(isinstance(event.data, VehiclePosition) for event in live)
    assert max(Counter(event.key for event in live).values()) == 1


def test_a_restart_goes_on_with_its_counters_and_calls_off_what_was_open(
    settings: Settings, redis: Redis
) -> None:
    remember(settings, NOW - timedelta(minutes=50))
    first = started(settings, redis)
    first.live(NOW + timedelta(seconds=61))
    first.save()
    before, underway = counters(stream(redis)), set(first.engine.traffic.open_shipments())
    redis.delete("events:changwon")
    later = NOW + timedelta(minutes=5)
    second = Simulator(settings, redis, later)
    assert second.start == NOW + timedelta(seconds=61)
    second.catch_up(later)
    second.begin()
    told = stream(redis)
    after = counters(told)
    assert set(after) == set(before)
    assert all(after[asset] >= before[asset] for asset in before)
    assert sum(after.values()) > sum(before.values())
    cancelled = {
        e.subject for e in told if isinstance(e.data, ShipmentStatus) and e.data.state == "cancelled"
    }
    assert underway
    assert cancelled == underway


def test_a_long_pause_is_not_told_beyond_the_day(settings: Settings, redis: Redis) -> None:
    remember(settings, NOW - timedelta(days=30))
    assert Simulator(settings, redis, NOW).start == NOW - timedelta(hours=PAST_H)


def test_a_scenario_that_is_asked_for_is_staged_and_its_truth_written(
    settings: Settings, redis: Redis
) -> None:
    simulator = Simulator(settings, redis, NOW)
    simulator.engine.now = NOW
    redis.rpush(requests_key("changwon"), "intrusion")
    simulator.live(NOW)
    simulator.live(NOW + timedelta(seconds=6))
    (seen,) = [event for event in stream(redis) if isinstance(event.data, CameraEvent)]
    assert (seen.data.kind, seen.time) == ("intrusion", NOW + timedelta(seconds=5))
    text = (settings.var / "simulator" / "truth.jsonl").read_text(encoding="utf-8")
    (record,) = [json.loads(line) for line in text.splitlines()]
    assert record["cause"] == seen.subject
    assert datetime.fromisoformat(record["start"]) == seen.time
    assert redis.llen(requests_key("changwon")) == 0


def test_a_wrong_request_does_no_harm(settings: Settings, redis: Redis) -> None:
    simulator = Simulator(settings, redis, NOW)
    simulator.engine.now = NOW
    redis.rpush(requests_key("changwon"), "earthquake", b"\xff\xfe", "x" * 5000, "\0.toml", "/")
    for second in range(1, 7):
        simulator.live(NOW + timedelta(seconds=second))
    assert redis.llen(requests_key("changwon")) == 0
    assert len(stream(redis)) > 100
    assert not (settings.var / "simulator" / "truth.jsonl").exists()


def test_without_redis_the_park_goes_on_and_is_told_later(settings: Settings, redis: Redis) -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0")
    simulator = Simulator(settings, away, NOW)
    simulator.engine.now = NOW
    simulator.live(NOW + timedelta(seconds=3))
    assert simulator.engine.now == NOW + timedelta(seconds=3)
    back = Simulator(settings, redis, NOW)
    back.engine.now = NOW + timedelta(seconds=3)
    back.live(NOW + timedelta(seconds=4))
    assert {event.time for event in stream(redis)} == {NOW + timedelta(seconds=n) for n in range(1, 5)}


def test_the_process_starts_lives_and_stops_when_told(settings: Settings, redis: Redis) -> None:
    environment = os.environ | {"GWANJE_VAR": settings.var_dir, "REDIS_URL": settings.redis_url}
    process = subprocess.Popen([sys.executable, "-m", "workers.simulator"], env=environment)
    try:
        kept = settings.var / "simulator" / "changwon.json"
        until(kept.is_file, 180)
        many = redis.xlen("events:changwon")
        until(lambda: redis.xlen("events:changwon") > many + 100, 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    last = stream(redis)[-1]
    assert abs((datetime.now(UTC) - last.time).total_seconds()) < 120


def test_a_park_that_is_not_there_ends_it_with_one_line(settings: Settings) -> None:
    environment = os.environ | {"GWANJE_VAR": settings.var_dir, "REDIS_URL": settings.redis_url}
    command = [sys.executable, "-m", "workers.simulator"]
    ended = subprocess.run(
        command, env=environment | {"GWANJE_PARK": "atlantis"}, check=False, capture_output=True, timeout=120
    )
    assert ended.returncode == 1
    assert ended.stderr.count(b"\n") == 1
    assert b"atlantis: no such park" in ended.stderr


def until(met: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.2)
