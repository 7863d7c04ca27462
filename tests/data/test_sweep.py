"""The sweep: days and room are kept, and what an open incident or a person holds stays."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.clips import Hold, Plan, Shelf
from data.settings import Settings
from data.sweep import Sweep, cameras_at
from park.events import Event
from park.fact_base import FactBase
from park.response_facts import IncidentAcknowledged, IncidentAdvanced, IncidentJoined, IncidentOpened
from park.state import State
from tests.data.test_clips import CAMERA, NOW, put
from tests.data.test_jobs import until

INCIDENT = "changwon/incident/i-1"


def told(*facts: FactBase, at: datetime) -> State:
    state = State({})
    for number, fact in enumerate(facts):
        moment = at + timedelta(seconds=number)
        state.apply(Event(str(number), "watch/changwon", fact.TYPE, INCIDENT, moment, "changwon", fact))
    return state


def leak(at: datetime, *more: FactBase) -> State:
    opened = IncidentOpened("i-1", "2026-0001", "intrusion", CAMERA, "alert")
    joined = IncidentJoined("i-1", "m-1", CAMERA, "camera", "intrusion", at, "cause")
    return told(opened, joined, *more, at=at)


def sweep(var: Path, gb: str = "20") -> Sweep:
    return Sweep(Settings(var_dir=str(var), clips_budget=gb), lambda: State({}), lambda: NOW)


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

    def odd(since: dict[str, datetime]) -> Plan:
        for error in times:
            raise error
        return once(since)

    monkeypatch.setattr("data.sweep.EVERY_S", 0.01)
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
