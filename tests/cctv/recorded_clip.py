"""A clip as a live camera takes it: footage through the pipeline and the roll; nothing is made up."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from cctv.config.camera import Camera
from cctv.detectors import Detector
from cctv.live.evidence import Pictured, Roll, jpeg, write_clip
from cctv.live.facts import event
from cctv.pipeline import Pipeline
from cctv.privacy.masking import masked
from cctv.sources import open_source
from cctv.sources.base import Frame
from cctv.sources.decode import decoding
from data.cameras.clips import Card, Course
from park.cameras.facts import CameraEvent

BEGAN = datetime(2026, 11, 22, 6, tzinfo=UTC)


def taken(
    camera: Camera, var: Path, detector: Detector | None = None, seconds: float = 40.0, every: int = 1
) -> Path:
    """Write the first clip of a camera whose source is a file; return its MP4.

    ``seconds`` of it are looked at, each ``every``-th picture analysed; what is being taken then is ended.
    """
    roll, pipeline, begun = Roll(), Pipeline(camera, detector), False
    with decoding(open_source(camera.source).opening()) as frames:
        for number, got in enumerate(frames):
            frame = Frame(got.t_s, masked(camera, got.image))
            clip = roll.add(Pictured(frame.t_s, jpeg(frame.image)))
            if clip or frame.t_s > seconds:
                break
            if number % every:
                continue
            seen = pipeline.look(frame)
            roll.saw(frame.t_s, seen.tracks)
            for finding in seen.findings:
                fact = event(finding, seen, f"changwon/camera/{camera.id}", pipeline.model)
                name, begun = roll.begin(frame.t_s), True
                roll.note(replace(fact, clip=name))
    whole = clip or roll.finish()
    assert begun, "nothing happened in this footage"
    assert whole
    return write_clip(whole, camera, pipeline.model, BEGAN, var)


def about(path: Path) -> tuple[Card, Course]:
    """Return what lies beside a clip."""
    card = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Card)
    return card, msgspec.json.decode(path.with_suffix(".track.json").read_bytes(), type=Course)


def noted(rule: str = "intrusion") -> CameraEvent:
    """A fact to be noted."""
    return CameraEvent("intrusion", "changwon/camera/CAM-1", "motion", rule, 0.9)
