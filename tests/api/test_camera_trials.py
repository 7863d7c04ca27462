"""A trial on the last hour: clips as the cameras keep them, rules on them, events by their times."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from cctv.config.camera import load_camera
from data.cameras import toml as camera_toml
from data.cameras.clips import Card
from tests.api.conftest import Site
from tests.cctv.recorded_clip import taken

HERE = "/api/v1/cameras/setup/CAM-030"
YARD = {"name": "yard", "polygon": [[0, 100], [768, 100], [768, 576], [0, 576]]}


def kept(site: Site, table: dict[str, Any], began: datetime) -> Card:
    """Let the camera take a clip of real footage, as if it had begun then."""
    path = site.settings.var / "taking.toml"
    path.write_text(camera_toml.written(table), "utf-8")
    clip = taken(load_camera(path), site.settings.var, seconds=14.0, every=2)
    path.unlink()
    card = clip.with_suffix(".json")
    told = replace(msgspec.json.decode(card.read_bytes(), type=Card), began=began)
    card.write_bytes(msgspec.json.encode(told))
    return told


def tried(manager: httpx.Client, table: dict[str, Any]) -> dict[str, Any]:
    asked = {"camera": table, "on": "hour"}
    job = manager.post(f"{HERE}/try", json=asked).raise_for_status().json()["job"]
    end_s = time.monotonic() + 120
    while True:
        told: dict[str, Any] = manager.get(f"/api/v1/cameras/trials/{job}").json()
        assert not told["error"]
        if told["done"]:
            return told
        assert time.monotonic() < end_s
        time.sleep(0.2)


@pytest.fixture
def clips(site: Site) -> Path:
    return site.settings.var / "clips"


def test_the_clips_of_the_last_hour_are_tried_in_their_order(site: Site, clips: Path) -> None:
    now = datetime.now(UTC)
    with site.as_role("manager") as manager:
        table = manager.get(HERE).raise_for_status().json()["camera"]
        table["zones"] = [YARD | {"rules": [{"kind": "intrusion"}]}]
        late, early, old = (kept(site, table, now - timedelta(minutes=ago)) for ago in (5, 40, 70))
        assert manager.get(HERE).json()["clips"] == 2
        told = tried(manager, table)
        films = [name for name, _ in told["result"]["films"]]
        assert films == [f"{early.id}.mp4", f"{late.id}.mp4"]
        assert f"{old.id}.mp4" not in films
        assert told["began_ms"] == [round(card.began.timestamp() * 1000) for card in (early, late)]
        length_s = told["result"]["films"][0][1]
        assert told["result"]["watched_s"] == pytest.approx(early.length_s + late.length_s, abs=1)
        found = [event["t_s"] for event in told["result"]["events"]]
        assert any(t_s < length_s for t_s in found)
        assert any(t_s > length_s for t_s in found), "the second clip is tried as well"
        assert {event["zone"] for event in told["result"]["events"]} == {"yard"}
        nowhere = table | {"zones": [YARD | {"rules": [{"kind": "loitering", "dwell_s": 600}]}]}
        assert tried(manager, nowhere)["result"]["events"] == []
    for path in clips.iterdir():
        path.unlink()
