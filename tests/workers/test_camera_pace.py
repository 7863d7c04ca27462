"""How often pictures go out, and that only watched cameras are sent at all."""

import os
import shutil
import signal
import struct
import tempfile
import time
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from redis import Redis
from redis.client import PubSub

from data.settings import Settings
from data.stream import server as broker
from data.stream.redis_stream import Stream, connect, stream_key
from park.cameras.facts import CameraDetection
from park.events.envelope import decode
from park.events.rings import milliseconds
from tests.faults.machine_pauses import Pauses
from workers import camera_wire
from workers.camera_pace import EVENT_S, Pace
from workers.camera_wire import Wire

CAMERA = "changwon:changwon/camera/CAM-030"
SEEN = CameraDetection((768, 576), ((1.0, 2.0, 3.0, 4.0),), ("person",), (1,), (0.9,), "m")


def sent(pace: Pace, start_s: float, *, watched: bool = True, large: bool = False) -> int:
    """Count the pictures that go out of ten seconds at eight a second."""
    return sum(pace.due(start_s + n / 8, watched=watched, large=large)[0] for n in range(80))


def test_a_calm_camera_sends_one_a_second_and_a_lively_one_all() -> None:
    pace = Pace()
    assert sent(pace, 0.0) == 10
    pace.stir(100.0, EVENT_S)
    assert sent(pace, 100.0) == 80
    assert sent(pace, 100.0 + EVENT_S) == 10


def test_who_looks_at_it_alone_gets_all_and_for_nobody_one_a_second_is_kept() -> None:
    assert sent(Pace(), 0.0, large=True) == 80
    pace = Pace()
    pace.stir(0.0, EVENT_S)
    assert sent(pace, 0.0, watched=False) == 10


def test_a_calm_picture_is_never_older_than_two_seconds() -> None:
    pace, last_s = Pace(), 0.0
    for n in range(500):
        if pace.due(n * 0.13, watched=True, large=False)[0]:
            assert n * 0.13 - last_s < 2.0
            last_s = n * 0.13


def test_the_wire_asks_redis_who_watches(settings: Settings, redis: Redis) -> None:
    wire, heard = Wire(settings, redis), PubSub(redis.connection_pool, ignore_subscribe_messages=True)
    wire.show("CAM-030", b"jpeg")
    assert redis.get(f"still:{CAMERA}")
    heard.subscribe(f"video:{CAMERA}")
    alone = PubSub(redis.connection_pool)
    alone.subscribe(f"full:{CAMERA}")
    count(heard)
    time.sleep(1.1)
    for _ in range(5):
        wire.show("CAM-030", b"jpeg")
        time.sleep(0.05)
    assert count(heard) == 5
    alone.close()
    time.sleep(1.1)
    count(heard)
    for _ in range(5):
        wire.show("CAM-030", b"jpeg")
    assert count(heard) == 1
    wire.tell("CAM-030", SEEN)
    for _ in range(5):
        wire.show("CAM-030", b"jpeg")
    assert count(heard) == 5


def test_what_is_seen_in_a_picture_has_the_time_of_that_picture(settings: Settings, redis: Redis) -> None:
    """The detector took a while; the boxes are of the picture it was given all the same."""
    wire = Wire(settings, redis)
    wire.show("CAM-030", b"jpeg")
    time.sleep(0.05)
    wire.tell("CAM-030", SEEN)
    wire.tell("CAM-031", SEEN)  # no picture of it was shown: now
    wire.drain()
    held = redis.get(f"still:{CAMERA}")
    assert isinstance(held, bytes)
    (taken_ms,) = struct.unpack_from(">d", held, 1 + held[0])
    entries: Any = redis.xrange(stream_key(settings.park))
    first, other = (decode(fields[b"ce"]) for _, fields in entries)
    assert milliseconds(first) == int(taken_ms)
    assert milliseconds(other) >= taken_ms + 50


def test_a_fact_that_cannot_be_written_costs_only_itself(settings: Settings, redis: Redis) -> None:
    wire, stream = Wire(settings, redis), Stream(redis, settings.park)
    wire.tell("CAM-030", replace(SEEN, scores=(np.float64(0.9),)))  # JSON knows no numbers of numpy
    wire.tell("\udcc1\udca4", SEEN)  # a name of bytes that are no UTF-8
    wire.tell("CAM-030", SEEN)
    wire.drain()
    assert redis.xlen(stream.key) == 1


def test_a_redis_that_hangs_costs_a_camera_half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tempfile.mkdtemp(prefix="gwanje-")
    running = broker.start(settings := Settings(var_dir=folder))
    assert running.pid
    monkeypatch.setattr(camera_wire, "RETRY_S", 1.0)
    client = connect(settings)
    wire = Wire(settings, client)
    try:
        wire.show("CAM-030", b"jpeg")
        os.kill(running.pid, signal.SIGSTOP)
        with Pauses(settings.var) as pauses:
            began_s = time.monotonic()
            for number in range(20):
                wire.show(f"CAM-{number}", b"jpeg")
            assert time.monotonic() - began_s < 2 + pauses.longest_s()
        os.kill(running.pid, signal.SIGCONT)
        time.sleep(1.1)
        wire.show("CAM-1", b"jpeg")
        assert client.get("still:changwon:changwon/camera/CAM-1")
    finally:
        os.kill(running.pid, signal.SIGCONT)
        client.close()
        running.stop()
        shutil.rmtree(folder)


def test_the_last_picture_goes_in_a_day_or_when_it_is_unwanted(settings: Settings, redis: Redis) -> None:
    wire = Wire(settings, redis)
    wire.show("CAM-030", b"jpeg")
    assert 0 < int(redis.ttl(f"still:{CAMERA}")) <= 86_400
    wire.forget("CAM-030")
    wire.drain()
    assert redis.get(f"still:{CAMERA}") is None


def count(heard: PubSub) -> int:
    """Count the pictures that come within half a second."""
    end_s, got = time.monotonic() + 0.5, 0
    while time.monotonic() < end_s:
        said = heard.get_message(timeout=0.1)
        got += said is not None and said["type"] == "message"
    return got
