"""People who fall and people who do not, on kept clips where they are, seen by the detector."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cctv.config.camera import Camera, load_camera
from cctv.detectors.yolox import Yolox
from cctv.offline.analyse import analyse
from cctv.offline.score import read_truth, score
from park.cameras.facts import CameraEvent
from tests.cctv.footage import CAMERAS, MODEL, SHARED

CLIPS = [SHARED / "clips" / f"{file.stem}.mp4" for file in sorted(CAMERAS.glob("gmdcsa24_*.toml"))]


def kinds(clip: Path, camera: Camera) -> Iterator[tuple[str, float]]:
    events = list(analyse(str(clip), camera, Yolox(MODEL), "changwon"))
    result = score(read_truth(clip.with_suffix(".json").read_bytes()), events)
    assert not any(result.must_not_fire.values())
    assert all(figures.f1 == 1.0 for figures in result.rules)
    for event in events:
        assert isinstance(event.data, CameraEvent)
        yield event.data.kind, event.data.t_s or 0.0


@pytest.mark.kept(MODEL)
@pytest.mark.parametrize("clip", CLIPS, ids=lambda path: path.stem)
@pytest.mark.parametrize("fps", [15.0, 10.0])
def test_who_falls_is_told_once_and_nobody_else(clip: Path, fps: float) -> None:
    camera = msgspec.structs.replace(load_camera(CAMERAS / f"{clip.stem}.toml"), analysis_fps=fps)
    expected = {"fall": 1} if "_Fall_" in clip.stem else {}
    assert Counter(kind for kind, _ in kinds(clip, camera)) == expected


def test_their_camera_files_can_be_read() -> None:
    files = sorted(Path(CAMERAS).glob("gmdcsa24_*.toml"))
    assert len(files) == 6
    assert all(len(load_camera(file).rules) == 3 for file in files)
