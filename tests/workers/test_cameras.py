"""The camera process on a real Redis: the park's own cameras with Debian's sample footage."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from cctv.live.runner import Eye, Fact
from data.settings import Settings
from data.stream.redis_stream import stream_key
from park.cameras.facts import CameraHealth
from park.events.envelope import decode
from tests.cctv.footage import camera, walk
from workers import cameras
from workers.camera_held import load
from workers.camera_voice import Voice
from workers.camera_wire import frame
from workers.cameras import Watch, find_detector

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


def test_a_bad_file_is_told_with_file_line_and_reason(tmp_path: Path) -> None:
    good = 'id = "CAM-1"\nname = { ko = "가", en = "a" }\nframe = [320, 240]\n'
    for name, text in (("CAM-1", good), ("CAM-2", "\nid = 3"), ("CAM-3", good)):
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    camera, wrong = load(tmp_path / "CAM-1.toml")
    assert camera is not None
    assert (camera.id, wrong) == ("CAM-1", "")
    assert load(tmp_path / "CAM-2.toml")[1].startswith("CAM-2.toml: 2행 · line 2: id: ")
    assert "is not the file's name" in load(tmp_path / "CAM-3.toml")[1]
    (tmp_path / "CAM-4.toml").write_text("a = " + "[" * 20_000, "utf-8")
    nested = load(tmp_path / "CAM-4.toml")
    assert nested == (None, "CAM-4.toml: 1행 · line 1: file: not TOML: nested too deeply (at line 1)")


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
        deadline_s = time.monotonic() + 180
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
        assert process.wait(60) == 0


def health(redis: Redis, name: str) -> list[CameraHealth]:
    entries: Any = redis.xrange(stream_key("changwon"))
    facts = [decode(fields[b"ce"]) for _, fields in entries]
    return [e.data for e in facts if isinstance(e.data, CameraHealth) and e.subject.endswith(f"/{name}")]


def until(happened: Callable[[], bool], within_s: float) -> float:
    began_s = time.monotonic()
    while not happened():
        assert time.monotonic() - began_s < within_s, "it did not happen"
        time.sleep(0.1)
    return time.monotonic() - began_s


def test_a_file_that_changes_starts_its_own_camera_over(settings: Settings, redis: Redis) -> None:
    folder = Path(settings.var_dir) / "cameras"
    folder.mkdir(parents=True)
    text = 'id = "{id}"\nname = {{ ko = "가", en = "a" }}\nframe = [320, 240]\nsource = "{source}"\n'
    bad = folder / "CAM-901.toml"
    bad.write_text(text.format(id="CAM-901", source="sample:vtest.avi") + "no_such_key = 1\n", "utf-8")
    (folder / os.fsdecode("정.toml".encode("cp949"))).write_text("", "utf-8")  # stops nobody
    environ = os.environ | {"GWANJE_VAR": settings.var_dir, "REDIS_URL": settings.redis_url}
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.cameras"], env=environ | {"GWANJE_DETECTOR": ""}
    )
    try:
        until(lambda: any(f.state == "ok" for f in health(redis, "CAM-030")), 120)
        assert "line 5" in health(redis, "CAM-901")[0].detail
        others = len([f for f in health(redis, "CAM-030") if f.state != "ok"])
        bad.write_text(text.format(id="CAM-901", source="sample:vtest.avi"), "utf-8")
        until(lambda: redis.get("still:changwon:changwon/camera/CAM-901") is not None, 120)
        (folder / "CAM-902.toml").write_text(text.format(id="CAM-902", source="/none.avi"), "utf-8")
        took_s = until(lambda: any("none.avi" in f.detail for f in health(redis, "CAM-902")), 120)
        assert took_s < 6, "a new file is taken up within about two seconds"
        view, still = settings.var / "views" / "CAM-901.npz", "still:changwon:changwon/camera/CAM-901"
        view.parent.mkdir(exist_ok=True)
        view.write_bytes(b"learnt")
        masked = "[[masks]]\npolygon = [[0, 0], [320, 0], [320, 240]]\n"
        bad.write_text(text.format(id="CAM-901", source="/none.avi") + masked, "utf-8")
        until(lambda: not view.exists(), 120)
        until(lambda: redis.get(still) is None, 120)  # no old picture while there is no new one
        view.write_bytes(b"learnt")
        bad.unlink()
        until(lambda: not view.exists(), 120)
        until(lambda: "gone" in health(redis, "CAM-901")[-1].detail, 120)
        assert len([f for f in health(redis, "CAM-030") if f.state != "ok"]) == others
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_file_that_goes_wrong_leaves_its_camera_running_by_the_last_right_one(
    settings: Settings, redis: Redis
) -> None:
    folder = Path(settings.var_dir) / "cameras"
    folder.mkdir(parents=True)
    path = folder / "CAM-901.toml"
    good = 'id = "CAM-901"\nname = { ko = "가", en = "a" }\nframe = [768, 576]\nsource = "sample:vtest.avi"\n'
    path.write_text(good, "utf-8")
    environ = os.environ | {"GWANJE_VAR": settings.var_dir, "REDIS_URL": settings.redis_url}
    environ |= {"GWANJE_DETECTOR": ""}
    key = "still:changwon:changwon/camera/CAM-901"

    def noted() -> bool:
        (*_, last) = health(redis, "CAM-901")
        return last.state == "ok" and "CAM-901.toml: 5행 · line 5: no_such" in last.detail

    def shown_anew() -> bool:
        before = redis.get(key)
        time.sleep(2.5)
        return redis.get(key) not in (None, before)

    process = subprocess.Popen([sys.executable, "-m", "workers.cameras"], env=environ)
    try:
        until(lambda: any(f.state == "ok" for f in health(redis, "CAM-901")), 120)
        path.write_text(good + "no_such = 1\n", "utf-8")
        until(noted, 120)
        until(shown_anew, 120)
        assert "마지막으로 바른 설정" in health(redis, "CAM-901")[-1].detail
        assert {fact.state for fact in health(redis, "CAM-901")} == {"ok"}, "it never stopped"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        redis.delete(stream_key("changwon"), key)
        process = subprocess.Popen([sys.executable, "-m", "workers.cameras"], env=environ)
        until(lambda: bool(health(redis, "CAM-901")) and noted(), 120)
        path.write_text(good + "heading_deg = 9\n", "utf-8")
        until(lambda: "CAM-901.toml" not in health(redis, "CAM-901")[-1].detail, 120)
        assert {fact.state for fact in health(redis, "CAM-901")} == {"ok"}
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


class Failing:
    """An outlet that nobody thought of: it fails with the first picture."""

    def __init__(self) -> None:
        self.states: list[str] = []
        self.failed = False

    def tell(self, name: str, fact: Fact, *, sample: bool = False) -> None:
        assert (name, sample) == ("CAM-1", False)
        if isinstance(fact, CameraHealth):
            self.states.append(fact.state)

    def show(self, name: str, picture: bytes) -> None:
        assert (name, picture[:2]) == ("CAM-1", b"\xff\xd8")
        if not self.failed:
            self.failed = True
            raise RuntimeError("nobody thought of it")


def test_a_camera_with_a_main_stream_goes_on_after_an_unexpected_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "TELL_AGAIN_S", 0.5)
    small, large = walk(tmp_path / "small.mp4"), walk(tmp_path / "large.mp4", size=(640, 480))
    eyes, stop, heard = camera(str(large), substream=str(small)), threading.Event(), Failing()
    voice = Voice(heard)
    watch = Watch(eyes, lambda: Eye(eyes, "x/camera/CAM-1", None, tmp_path, voice, stop), stop, voice)
    try:
        until(lambda: heard.states[:2] == ["lost", "ok"], 60)
        until(lambda: [thread.name for thread in threading.enumerate()].count("CAM-1 main") == 1, 60)
    finally:
        watch.end()
        until(watch.over, 60)


def test_what_ends_the_worker_ends_its_cameras(
    settings: Settings, redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    eyes, stop = camera(str(walk(tmp_path / "walk.mp4"))), threading.Event()
    voice = Voice(Failing())
    watch = Watch(eyes, lambda: Eye(eyes, "x/camera/CAM-1", None, tmp_path, voice, stop), stop, voice)
    worker = cameras.Cameras(settings, redis, threading.Event())
    worker._watches["CAM-1"] = watch
    monkeypatch.setattr(worker, "_take_up", lambda: 1 // 0)
    try:
        with pytest.raises(ZeroDivisionError):
            worker.run()
        until(watch.over, 60)
    finally:
        watch.end()
