"""Off line, on real decoding: made footage, Debian's sample, and kept clips where they are."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from cctv.__main__ import main
from cctv.config.camera import Mask, ZoneConfig, load_camera
from cctv.detectors.yolox import Yolox
from cctv.offline.analyse import analyse
from cctv.offline.sample import find_sample
from cctv.offline.score import read_truth, score
from cctv.rules import Intrusion
from cctv.sources import SourceError
from cctv.sources.decode import decoding
from cctv.sources.file import FileSource
from park.events.envelope import Event, decode
from tests.cctv.damaged_films import erase, spoil
from tests.cctv.footage import CAMERAS, MODEL, SHARED, camera, walk

CLIPS = [
    SHARED / "clips" / name
    for name in ("intel_worker_zone.mp4", "intel_one_by_one_person.mp4", "bgslib_highway.avi")
]
TOML = (
    'id = "CAM-1"\nname = { ko = "시험", en = "Test" }\nframe = [320, 240]\n'
    '[[zones]]\nname = "middle"\npolygon = [[110, 100], [210, 100], [210, 220], [110, 220]]\n'
    'rules = [{ kind = "intrusion" }]\n'
)


def kinds(events: list[Event]) -> list[str]:
    return sorted(event.data.kind for event in events)


def test_a_walk_is_an_intrusion_and_a_crossing_and_says_motion(tmp_path: Path) -> None:
    events = list(analyse(str(walk(tmp_path / "walk.mp4")), camera(), None, "changwon"))
    assert kinds(events) == ["intrusion", "line_crossing"]
    assert {event.data.model for event in events} == {"motion"}
    crossing = next(event.data for event in events if event.data.kind == "line_crossing")
    assert (crossing.line, crossing.direction) == ("gate", "right")
    assert crossing.t_s == pytest.approx(1.5 + (160 + 8) / 8 / 10, abs=0.4)


def test_who_stops_loiters(tmp_path: Path) -> None:
    events = list(analyse(str(walk(tmp_path / "stand.mp4", stand_s=8)), camera(), None, "changwon"))
    assert kinds(events) == ["intrusion", "line_crossing", "loitering"]


def test_twice_is_the_same(tmp_path: Path) -> None:
    video = str(walk(tmp_path / "walk.mp4"))
    first, second = (list(analyse(video, camera(), None, "changwon")) for _ in range(2))
    assert first == second
    assert first


def test_the_sample_of_debian_shows_people() -> None:
    ground = ((0.0, 60.0), (320.0, 60.0), (320.0, 240.0), (0.0, 240.0))
    eyes = camera(lines=(), zones=(ZoneConfig("ground", ground, (Intrusion(),)),), analysis_fps=5.0)
    events = list(analyse(str(find_sample("vtest.avi")), eyes, None, "changwon"))
    assert len(events) >= 5
    assert {event.data.zone for event in events} == {"ground"}


def run(tmp_path: Path, video: Path) -> int:
    toml = tmp_path / "CAM-1.toml"
    toml.write_text(TOML, "utf-8")
    return main(["analyse", str(video), "--camera", str(toml), "--out", str(tmp_path / "events.jsonl")])


def test_command_writes_one_event_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, walk(tmp_path / "walk.mp4")) == 0
    (line,) = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert decode(line).data.zone == "middle"
    assert "motion" in capsys.readouterr().out


def test_footage_that_cannot_be_read_is_one_clear_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {
        "raw.avi": walk(tmp_path / "raw.avi", codec="rawvideo", size=(48, 48)).read_bytes(),
        "noise.mp4": bytes(range(256)) * 64,
        "cut.mp4": walk(tmp_path / "whole.mp4").read_bytes()[:300],
        "empty.avi": b"",
        "list.m3u8": b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        assert run(tmp_path, tmp_path / name) == 1, name
        said = capsys.readouterr().err.strip().splitlines()
        assert said[-1].startswith("cctv: "), name
        assert "Traceback" not in "".join(said)
    assert run(tmp_path, tmp_path / "missing.mp4") == 1


def test_a_film_with_a_damaged_packet_is_analysed_to_its_end_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, spoil(walk(tmp_path / "walk.mp4"), 12, 12)) == 0
    assert decode((tmp_path / "events.jsonl").read_bytes().splitlines()[0]).data.zone == "middle"
    said = capsys.readouterr()
    assert "damaged" in said.err
    assert "끝까지 읽지 못함" not in said.err


def test_a_part_of_a_film_is_never_taken_for_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = walk(tmp_path / "walk.mkv", stand_s=4)
    assert run(tmp_path, whole) == 0
    count = len((tmp_path / "events.jsonl").read_bytes().splitlines())
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"duration_s": 10, "events": []}))
    scoring = ["score", "--truth", str(truth), "--events", str(tmp_path / "events.jsonl")]
    assert main(scoring) == 0
    assert "끝까지 읽지 못함" not in "".join(capsys.readouterr())

    assert run(tmp_path, erase(whole, 60, 500)) == 1
    said = capsys.readouterr()
    assert said.err.strip().splitlines()[-1].startswith("cctv: 끝까지 읽지 못함")
    assert len((tmp_path / "events.jsonl").read_bytes().splitlines()) == count, "what was found in it stands"
    assert main(scoring) == 0
    assert "끝까지 읽지 못함" in capsys.readouterr().out
    assert main([*scoring, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["part"]

    assert run(tmp_path, tmp_path / "missing.mkv") == 1
    assert main(scoring) == 0
    assert "끝까지 읽지 못함" in capsys.readouterr().out, "nothing of this film was read"


def test_masks_are_burnt_in_before_anything_looks(tmp_path: Path) -> None:
    everything = (Mask(((0.0, 0.0), (320.0, 0.0), (320.0, 240.0), (0.0, 240.0))),)
    assert not list(analyse(str(walk(tmp_path / "walk.mp4")), camera(masks=everything), None, "changwon"))


def test_score_counts_one_to_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = {"duration_s": 60, "events": [{"type": "intrusion", "zone": "middle", "t_start": 3.4}]}
    truth_path = tmp_path / "truth.json"
    truth_path.write_text(json.dumps(truth | {"must_not_fire": ["fire"]}))
    assert run(tmp_path, walk(tmp_path / "walk.mp4")) == 0
    events = tmp_path / "events.jsonl"
    events.write_bytes(events.read_bytes() * 2)
    assert main(["score", "--truth", str(truth_path), "--events", str(events), "--json"]) == 0
    (rule,) = json.loads(capsys.readouterr().out.splitlines()[-1])["rules"]
    assert (rule["hits"], rule["false_alarms"], rule["precision"], rule["recall"]) == (1, 1, 0.5, 1.0)


@pytest.mark.kept(MODEL)
@pytest.mark.parametrize("clip", CLIPS, ids=lambda path: path.name)
def test_kept_clips(clip: Path) -> None:
    eyes = load_camera(CAMERAS / f"{clip.stem}.toml")
    truth = read_truth(clip.with_suffix(".json").read_bytes())
    (figures,) = score(truth, list(analyse(str(clip), eyes, Yolox(MODEL), "changwon"))).rules
    assert figures.f1 is not None
    assert figures.f1 >= (0.9 if "highway" in clip.name else 1.0)


def test_a_decoder_that_hangs_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "real.mp4").write_bytes(b"x")
    opening = FileSource(str(tmp_path / "real.mp4")).opening()
    hanging = msgspec.structs.replace(opening, address=f"file:{tmp_path / 'pipe.mp4'}", timeout_s=0.5)
    with pytest.raises(SourceError, match="no picture"), decoding(hanging) as frames:
        next(frames)
