"""Clips with a truth file: the camera comes of the truth alone, and which clips were tuned on is told."""

import json
import tomllib
from pathlib import Path

import pytest

from bench import kept
from bench.kept import ANYWHERE, Clip, clips, kinds_of, kinds_on
from cctv.rules import Intrusion, Loitering, PictureRule
from tests.bench.sample_clips import ZONE, folder_of, write


def one(folder: Path, **changes: object) -> Clip:
    (found,) = clips(write(folder, "clip", **changes))
    return found


def test_clips_by_name_and_nothing_else_in_the_folder(tmp_path: Path) -> None:
    folder_of(tmp_path)
    (tmp_path / "boxes.json").write_text(json.dumps([{"frame": 1}]), "utf-8")
    (tmp_path / "gone.json").write_text(
        json.dumps({"file": "gone.mp4", "size": [320, 240], "duration_s": 1}), "utf-8"
    )
    assert [clip.name for clip in clips(tmp_path)] == ["falling", "passing"]


def test_a_camera_watches_what_is_labelled_or_must_not_fire_and_alarms_everywhere(tmp_path: Path) -> None:
    found = one(
        tmp_path,
        events=[{"type": "intrusion", "zone": "middle", "t": 2.0}],
        must_not_fire=["loitering", "vehicle"],
        lines={"gate": [[160, 60], [160, 230]]},
    )
    (zone,) = found.camera.zones
    assert zone.polygon == tuple(tuple(float(side) for side in point) for point in ZONE)
    assert {type(rule) for rule in zone.rules} == {Intrusion, Loitering}
    assert zone.rules == (Intrusion(), Loitering())  # as the standard has them
    assert [line.name for line in found.camera.lines] == ["gate"]
    assert not found.camera.lines[0].rules
    assert set(ANYWHERE) & kinds_of(PictureRule) <= set(found.kinds)
    assert found.kinds == kinds_on(found.camera)
    assert found.off == ()


def test_labels_say_the_dwell_and_who_was_labelled(tmp_path: Path) -> None:
    stayed = {"type": "loitering", "zone": "middle", "t": 2.0, "rule": "dwell>=12s in zone"}
    found = one(tmp_path, events=[stayed, {"type": "person_in_zone", "zone": "middle", "t_start": 1.0}])
    rules = {type(rule): rule for rule in found.camera.zones[0].rules}
    assert rules[Loitering] == Loitering(dwell_s=12.0)
    assert rules[Intrusion] == Intrusion(classes=("person",))
    assert [event.type for event in found.truth.events] == ["loitering", "intrusion"]


def test_a_state_begins_an_event_only_where_there_is_none_of_its_own(tmp_path: Path) -> None:
    both = [{"type": "fall", "t": 2.0}, {"type": "person_down", "t_start": 3.0}, {"type": "note", "t": 1.0}]
    assert [event.type for event in one(tmp_path, events=both).truth.events] == ["fall"]


def test_the_split_is_what_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = tmp_path / "split.toml"
    split.write_text('tuning = ["falling"]\n', "utf-8")
    monkeypatch.setattr(kept, "SPLIT", split)
    found = clips(folder_of(tmp_path / "clips"))
    assert {clip.name: clip.tuning for clip in found} == {"falling": True, "passing": False}


def test_the_split_of_the_project_is_whole() -> None:
    table = tomllib.loads(kept.SPLIT.read_text("utf-8"))
    assert table["tuning"]
    for corners in table["empty"].values():
        assert len(corners) >= 3
        assert all(0 <= side <= 1 for corner in corners for side in corner)
