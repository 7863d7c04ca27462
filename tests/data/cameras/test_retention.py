"""The sweep: days and room are kept, and what an open incident or a person holds stays."""

import asyncio
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.cameras import files as camera_files
from data.cameras.clips import Hold, Plan, Shelf
from data.cameras.retention import Spans, Sweep, cameras_at
from data.cameras.stills import camera_of, new_id
from data.settings import Settings
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import IncidentAcknowledged, IncidentAdvanced, IncidentJoined, IncidentOpened
from park.state.state import State
from park.systems import new_state
from tests.data.cameras.test_clips import CAMERA, NOW, put
from tests.data.test_jobs import until

INCIDENT = "changwon/incident/i-1"


def told(*facts: FactBase, at: datetime) -> State:
    state = new_state({})
    for number, fact in enumerate(facts):
        moment = at + timedelta(seconds=number)
        state.apply(Event(str(number), "watch/changwon", fact.TYPE, INCIDENT, moment, "changwon", fact))
    return state


def leak(at: datetime, *more: FactBase) -> State:
    opened = IncidentOpened("i-1", "2026-0001", "intrusion", CAMERA, "alert")
    joined = IncidentJoined("i-1", "m-1", CAMERA, "camera", "intrusion", at, "cause")
    return told(opened, joined, *more, at=at)


def sweep(var: Path, gb: str = "20") -> Sweep:
    return Sweep(Settings(var_dir=str(var), clips_budget=gb), lambda: new_state({}), lambda: NOW)


def names(swept: Sweep) -> set[str]:
    return {one.card.id for one in swept.shelf.all()}


def test_days_and_room_and_what_is_held(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name, age in (("old", 40), ("held", 39), ("crowded", 9), ("last", 5), ("new", 1)):
        put(tmp_path, name, age, 1_000_000)
    one = sweep(tmp_path, str(3_100_000 / (1 << 30)))
    one.shelf.hold("held", Hold("kim", "증거", NOW))
    plan = one.once({})
    assert names(one) == {"held", "last", "new"}
    assert (plan.expired, plan.crowded) == (("old",), ("crowded",))
    assert "next to go: changwon/camera/CAM-1" in caplog.text
    assert not (tmp_path / "stills" / "still-old.jpg").exists()
    assert one.once({}).expired == ()


def test_an_open_incident_keeps_its_clips_until_it_is_closed(tmp_path: Path) -> None:
    put(tmp_path, "before", 60)
    put(tmp_path, "during", 45)
    opened = NOW - timedelta(days=45)
    one = sweep(tmp_path)
    one.once(cameras_at(leak(opened)))
    assert names(one) == {"during"}
    over = (IncidentAdvanced("i-1", state, "kim") for state in ("controlled", "closed"))
    closed = leak(opened, IncidentAcknowledged("i-1", "kim"), *over)
    one.once(cameras_at(closed))
    assert names(one) == set()


def test_what_an_open_incident_keeps_ends_with_what_joined_it(tmp_path: Path) -> None:
    opened = NOW - timedelta(days=45)
    for name, days_old in (("at", 45), ("joined", 44), ("beside", 43.995), ("later", 43.9), ("next", 40)):
        put(tmp_path, name, days_old)
    still(tmp_path, "CAM-1", 44.5)
    gone = still(tmp_path, "CAM-1", 41)
    joined = IncidentJoined("i-1", "m-2", CAMERA, "camera", "fall", opened + timedelta(days=1), "near")
    one = sweep(tmp_path)
    plan = one.once(cameras_at(leak(opened, joined)))
    assert names(one) == {"at", "joined", "beside"}
    assert plan.stills == (gone,)


def test_stills_of_no_clip_go_by_the_days_of_their_camera(tmp_path: Path) -> None:
    cameras(tmp_path, {"CAM-1": "retention_days = 3\n", "a-b_c": "retention_days = 90\n"})
    kept = {still(tmp_path, "CAM-1", 2), still(tmp_path, "a-b_c", 60), still(tmp_path, "", 20)}
    gone = {still(tmp_path, "CAM-1", 4), still(tmp_path, "a-b_c", 91), still(tmp_path, "", 31)}
    assert set(sweep(tmp_path).once({}).stills) == gone
    assert stills(tmp_path) == kept


def test_stills_of_no_clip_make_room_but_one_whose_clip_may_be_coming(tmp_path: Path) -> None:
    put(tmp_path, "held", 9, 1_000)
    put(tmp_path, "new", 2, 1_000)
    old, fresh = still(tmp_path, "CAM-1", 5, 1_000_000), still(tmp_path, "CAM-1", 0, 1_000_000)
    one = sweep(tmp_path, str(1_100_000 / (1 << 30)))
    one.shelf.hold("held", Hold("kim", "증거", NOW))
    plan = one.once({})
    assert (plan.stills, names(one)) == ((old,), {"held", "new"})
    assert 1_000_000 < plan.used_bytes < 1_100_000
    assert stills(tmp_path) == {fresh, "still-held", "still-new"}


def still(var: Path, camera: str, days_old: float, size: int = 100) -> str:
    """Lay a still of no clip down; return its id."""
    path = var / "stills" / f"{new_id(camera)}.jpg"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(size))
    taken_s = (NOW - timedelta(days=days_old)).timestamp()
    os.utime(path, (taken_s, taken_s))
    return path.stem


def stills(var: Path) -> set[str]:
    return {path.stem for path in (var / "stills").iterdir()}


def cameras(var: Path, texts: Mapping[str, str]) -> Settings:
    """Save files of cameras in the room."""
    folder = var / "cameras"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return Settings(var_dir=str(var))


def test_a_still_tells_its_camera_and_an_old_id_tells_none() -> None:
    for name in ("CAM-1", "a-b_c", "-", "x" * 64):
        assert camera_of(new_id(name)) == name
    for old in (new_id(""), "still-a", "A-" + "b" * 20, ""):
        assert camera_of(old) == ""


def test_the_file_that_wins_says_alone_how_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = cameras(tmp_path, {"CAM-030": "frame = [640, 480]\n", "CAM-7": "retention_days = 7\n"})
    park = tmp_path / "park"
    (park / "cameras").mkdir(parents=True)
    (park / "cameras" / "CAM-030.toml").write_text("retention_days = 3\n", "utf-8")
    (park / "cameras" / "CAM-8.toml").write_text("retention_days = 8\n", "utf-8")
    monkeypatch.setattr(Settings, "park_dir", park)
    days = Sweep(settings, lambda: new_state({})).days()
    assert days == {f"changwon/camera/{name}": value for name, value in
                    {"CAM-030": 30.0, "CAM-7": 7.0, "CAM-8": 8.0}.items()}  # fmt: skip


def test_a_wrong_file_says_nothing_and_the_last_right_one_does(tmp_path: Path) -> None:
    settings = cameras(tmp_path, {"CAM-1": "retention_days = 90\n"})
    path = tmp_path / "cameras" / "CAM-1.toml"
    camera_files.remember(path, settings)  # as the camera process does
    one = sweep(tmp_path)
    for wrong in ('retention_days = 3\nsauce = "x"\n', "retention_days = [\n", "x = " + "[" * 5000):
        path.write_text(wrong, "utf-8")
        assert one.days()[CAMERA] == 90.0
    camera_files.forget("CAM-1", settings)
    for wrong in (
        "x = " + "[" * 5000,
        *(f"retention_days = {days}\n" for days in ("0", "nan", "true", "1e9")),
    ):
        path.write_text(wrong, "utf-8")
        assert CAMERA not in one.days(), "then a clip keeps what its card says"


def test_a_budget_that_is_no_size_is_refused() -> None:
    for bad in ("plenty", "0", "-3", "inf", "nan"):
        with pytest.raises(ValueError, match="GWANJE_CLIPS_GB"):
            Settings.read({"GWANJE_CLIPS_GB": bad})


async def test_one_odd_clip_stops_no_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "old", 40)
    put(tmp_path, "naive", 50)
    card = tmp_path / "clips" / "naive.json"
    card.write_text(card.read_text().replace("Z", "").replace("+00:00", ""))
    one, times = sweep(tmp_path), iter([OverflowError("a date too far")])
    once = one.once

    def odd(spans: Spans) -> Plan:
        for error in times:
            raise error
        return once(spans)

    monkeypatch.setattr("data.cameras.retention.EVERY_S", 0.01)
    monkeypatch.setattr(one, "once", odd)
    running = asyncio.create_task(one.run())
    await until(lambda: not (tmp_path / "clips" / "old.json").exists())
    running.cancel()
    assert card.exists()


def test_a_hold_made_meanwhile_counts(tmp_path: Path) -> None:
    put(tmp_path, "a", 40)
    shelf = Shelf(tmp_path)
    shelf.all()
    Shelf(tmp_path).hold("a", Hold("kim", "증거", NOW))
    shelf.sweep("a")
    assert [one.card.id for one in shelf.all()] == ["a"]
