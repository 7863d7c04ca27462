"""The camera process on a real Redis: the park's own cameras with Debian's sample footage."""

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from redis import Redis

from data.settings import Settings
from data.stream import stream_key
from park.events import decode
from workers.camera_wire import frame
from workers.cameras import find_detector, load_all

NAMES = ("CAM-030", "CAM-052", "CAM-084")


def subjects(redis: Redis, kind: str) -> set[str]:
    entries: Any = redis.xrange(stream_key("changwon"))
    events = [decode(fields[b"ce"]) for _, fields in entries]
    return {event.subject for event in events if event.type == kind}


def test_frame_is_what_screens_take() -> None:
    raw = frame("changwon/camera/CAM-1", 1234.5, b"\xff\xd8jpeg")
    length = raw[0]
    assert raw[1 : 1 + length] == b"changwon/camera/CAM-1"
    assert struct.unpack(">d", raw[1 + length : 9 + length]) == (1234.5,)
    assert raw[9 + length :] == b"\xff\xd8jpeg"


def test_one_bad_file_leaves_the_others(tmp_path: Path) -> None:
    good = 'id = "CAM-1"\nname = { ko = "가", en = "a" }\nframe = [320, 240]\n'
    (tmp_path / "CAM-1.toml").write_text(good, "utf-8")
    (tmp_path / "CAM-2.toml").write_text("id = 3", "utf-8")
    (tmp_path / "CAM-3.toml").write_text(good, "utf-8")
    cameras, wrong = load_all(tmp_path)
    assert [camera.id for camera in cameras] == ["CAM-1"]
    assert set(wrong) == {"CAM-2", "CAM-3"}
    assert "CAM-2.toml" in wrong["CAM-2"]
    assert "id" in wrong["CAM-3"]


def test_a_model_that_is_none_leaves_motion(tmp_path: Path) -> None:
    path = tmp_path / "bad.onnx"
    path.write_bytes(b"no model")
    assert find_detector(Settings(var_dir=str(tmp_path), detector=str(path))) is None


def test_the_process_shows_and_tells(settings: Settings, redis: Redis) -> None:
    environ = os.environ | {
        "GWANJE_VAR": settings.var_dir,
        "REDIS_URL": settings.redis_url,
        "GWANJE_DETECTOR": "",
    }
    process = subprocess.Popen([sys.executable, "-m", "workers.cameras"], env=environ)
    expected = {f"changwon/camera/{name}" for name in NAMES}
    try:
        deadline_s = time.monotonic() + 60
        while time.monotonic() < deadline_s:
            seen = subjects(redis, "park.camera.detection")
            if expected <= seen:
                break
            time.sleep(0.5)
        assert expected <= seen
        assert expected <= subjects(redis, "park.camera.health")
        for subject in expected:
            still = redis.get(f"still:changwon:{subject}")
            assert isinstance(still, bytes)
            assert still[9 + still[0] :][:2] == b"\xff\xd8"
        oldest: Any = redis.xrange(stream_key("changwon"), count=1)
        (first,) = oldest
        event = decode(first[1][b"ce"])
        assert event.source.startswith("simulator/cctv/changwon/CAM-0")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
