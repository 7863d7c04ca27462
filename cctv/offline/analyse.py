"""The pipeline of the room, off line: a clip in, the camera events of its rules out."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from cctv.config.camera import Camera
from cctv.detectors import Detector
from cctv.live.facts import event
from cctv.pipeline import Pipeline
from cctv.privacy.masking import masked
from cctv.sources import open_source
from cctv.sources.base import NOTHING, Frame, PartError, SourceError
from cctv.sources.decode import decoding
from cctv.sources.footage import Footage
from park.cameras.facts import CameraEvent
from park.events.envelope import Event

START = datetime(1970, 1, 1, tzinfo=UTC)


def analyse(
    video: str,
    camera: Camera,
    detector: Detector | None,
    park: str,
    read: Callable[[Footage], object] = lambda _: None,
) -> Iterator[Event]:
    """Yield the events of a clip, deterministically: by the clip's own time, from 1970-01-01 UTC on.

    ``read`` is called once, at the end, with what came of the clip.

    Raises:
        PartError: after all events, when the clip could not be read to its end.
        SourceError: when it cannot be decoded, or has no picture.
    """
    opening = msgspec.structs.replace(open_source(video).opening(), fps=camera.analysis_fps)
    with decoding(opening) as frames:
        yield from judge(frames, camera, detector, park)
        footage = frames.ended()
    read(footage)
    if not footage.whole:
        raise PartError(footage.part())


def judge(
    frames: Iterable[Frame], camera: Camera, detector: Detector | None, park: str = ""
) -> Iterator[Event]:
    """Yield the events of pictures in order, wherever they come from; times in seconds from the first.

    Raises:
        SourceError: when there is no picture.
    """
    pipeline = Pipeline(camera, detector)
    count = 0
    picture = None
    for picture in frames:
        seen = pipeline.look(picture._replace(image=masked(camera, picture.image)))
        for finding in seen.findings:
            count += 1
            fact = event(finding, seen, camera.id, pipeline.model, t_s=seen.t_s)
            yield Event(
                id=f"{count}",
                source=f"cctv/{park}/{camera.id}/analyse",
                type=CameraEvent.TYPE,
                subject=f"{park}/camera/{camera.id}",
                time=START + timedelta(seconds=seen.t_s),
                park=park,
                data=fact,
            )
    if picture is None:
        raise SourceError(NOTHING)
