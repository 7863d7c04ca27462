"""People who fall and people who do not, on kept clips where they are, seen by the detector."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cctv.analyse import analyse
from cctv.camera import Camera, load_camera
from cctv.detectors.yolox import Yolox
from cctv.score import read_truth, score
from park.facts import CameraEvent
from tests.cctv.footage import CAMERAS, SHARED

MODEL = SHARED / "models" / "yolox_nano_coco_416.onnx"
# Clips that some machines keep beside the repository; without them there is nothing to run.
CLIPS = [
    camera.stem
    for camera in sorted(CAMERAS.glob("gmdcsa24_*.toml"))
    if MODEL.is_file() and (SHARED / "clips" / f"{camera.stem}.mp4").is_file()
]


def kinds(name: str, camera: Camera) -> Iterator[tuple[str, float]]:
    clip = SHARED / "clips" / f"{name}.mp4"
    events = list(analyse(str(clip), camera, Yolox(MODEL), "changwon"))
    result = score(read_truth(clip.with_suffix(".json").read_bytes()), events)
    assert not any(result.must_not_fire.values())
    assert all(figures.f1 == 1.0 for figures in result.rules)
    for event in events:
        assert isinstance(event.data, CameraEvent)
        yield event.data.kind, event.data.t_s or 0.0


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("fps", [15.0, 10.0])
def test_who_falls_is_told_once_and_nobody_else(name: str, fps: float) -> None:
    camera = msgspec.structs.replace(load_camera(CAMERAS / f"{name}.toml"), analysis_fps=fps)
    expected = {"fall": 1} if "_Fall_" in name else {}
    assert Counter(kind for kind, _ in kinds(name, camera)) == expected


def test_their_camera_files_can_be_read() -> None:
    files = sorted(Path(CAMERAS).glob("gmdcsa24_*.toml"))
    assert len(files) == 6
    assert all(len(load_camera(file).rules) == 3 for file in files)
