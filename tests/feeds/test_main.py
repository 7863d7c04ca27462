"""``python -m feeds``: files as asked for, requests in Redis, one line and 2 when it cannot be done."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from data.settings import Settings
from feeds.__main__ import main
from feeds.simulator.setup import requests_key
from park.cameras.facts import CameraEvent
from park.events.envelope import decode
from tests.sample_events import entries

START = "2026-11-23T02:00:00+09:00"


@pytest.fixture(autouse=True)
def _environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWANJE_VAR", settings.var_dir)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.delenv("GWANJE_PARK", raising=False)


def simulate(out: Path, *more: str) -> int:
    return main(["simulate", "--from", START, "--hours", "0.01", "--out", str(out), *more])


def test_simulate_writes_events_and_truth(tmp_path: Path) -> None:
    out, told = tmp_path / "out.jsonl", tmp_path / "truth.jsonl"
    assert simulate(out, "--scenario", "intrusion", "--truth", str(told)) == 0
    events = [decode(line) for line in out.read_bytes().splitlines()]
    assert len(events) > 5000
    assert [e.data.kind for e in events if isinstance(e.data, CameraEvent)] == ["intrusion"]
    (record,) = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert record["kind"] == "intrusion"
    assert record["start"] == "2026-11-22T17:00:05+00:00"


def test_the_same_call_writes_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert simulate(first) == 0
    command = [sys.executable, "-m", "feeds", "simulate", "--from", START, "--hours", "0.01", "--out"]
    subprocess.run([*command, str(second)], check=True, env=os.environ | {"PYTHONHASHSEED": "7"})
    assert first.read_bytes() == second.read_bytes()


def test_without_a_file_the_events_go_into_the_stream(redis: Redis) -> None:
    assert main(["simulate", "--from", START, "--hours", "0.002", "--speed", "0"]) == 0
    told = [decode(raw) for _, raw in entries(redis)]
    assert len(told) > 4449
    assert all(event.ingested for event in told)


def test_a_scenario_is_asked_of_the_running_simulator(redis: Redis) -> None:
    assert main(["scenario", "gas_leak"]) == 0
    assert redis.lrange(requests_key("changwon"), 0, -1) == [b"gas_leak"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scenario", "earthquake"], "earthquake: no such scenario; there are:"),
        (["scenario", "nowhere.toml"], "nowhere.toml: "),
        (["simulate", "--park", "atlantis", "--hours", "0.01"], "atlantis: no such park"),
        (["simulate", "--scenario", "earthquake", "--hours", "0.01"], "no such scenario"),
        (["simulate", "--out", "/nowhere/out.jsonl", "--hours", "0.01"], "/nowhere/out.jsonl"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_2(
    arguments: list[str], says: str, redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert redis.keys() == []


def test_a_wrong_scenario_is_not_asked_for(
    redis: Redis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('name = { ko = "x" }\nincidents = []\neffects = [{ do = "explode" }]\n', encoding="utf-8")
    assert main(["scenario", str(path)]) == 2
    assert f"{path}: " in capsys.readouterr().err
    assert redis.keys() == []


def test_without_redis_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["scenario", "gas_leak"]) == 2
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["simulate", "--from", "2026-11-23T02:00:00"],
        ["simulate", "--from", "now"],
        ["scenario"],
    ],
)
def test_a_wrong_command_line_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_park_can_be_made_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "park_dir", property(lambda self: tmp_path / self.park))
    assert main(["inventory", "--park", "elsewhere", "--lat", "36.1", "--lon", "128.3", "--seed", "5"]) == 0
    assets = json.loads((tmp_path / "elsewhere" / "assets.geojson").read_bytes())["features"]
    assert {row["properties"]["id"].split("/")[0] for row in assets} == {"elsewhere"}
    assert abs(assets[0]["geometry"]["coordinates"][1] - 36.1) < 0.05
