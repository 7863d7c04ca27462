"""A copy of a clip that may leave the room: ``python -m cctv export``, a process of its own.

Every copy bears the mark of who took it and when. With ``track`` everybody but that one is made unknowable;
with ``at_s`` it is one picture. Prints how far it is, 0 to 1, a line at a time, and ``error`` and why when
there will be none.
"""

import argparse
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import msgspec
import numpy as np

from cctv.detectors import Detector, ModelError
from cctv.detectors.chosen import model_path
from cctv.detectors.yolox import Yolox
from cctv.live.evidence import Mp4
from cctv.privacy.anonymiser import Hiding, empty_scene
from cctv.privacy.masking import Mark, blurred
from cctv.sources.base import Frame
from data.cameras.clips import Card, Course
from data.reports.fonts import Font, MissingFontError, korean
from data.settings import Settings

BLIND = (
    "사람을 찾는 모델이 없어 한 사람만 남긴 사본을 만들 수 없습니다"
    " · no detector model: a copy of one person alone cannot be made"
)
SPREAD = 25  # pictures that tell what the scene is without whoever passes
Told = Callable[[float], None]


class ExportError(ValueError):
    """No copy can be made; the message says why."""


class Wanted(NamedTuple):
    """What is asked for: the text of the mark, one person's track, or one picture at ``at_s`` seconds."""

    mark: str
    track: int | None = None
    at_s: float | None = None


def export(
    clip: Path, out: Path, wanted: Wanted, detector: Detector | None, told: Told, font: Font | None = None
) -> None:
    """Write the copy of a clip, whole or not at all; ``told`` hears how far it is.

    Raises:
        ExportError: no such person in the clip, no picture in it, or nothing that finds the others.
        MissingFontError: no font for the mark.
        OSError, av.FFmpegError: a file cannot be read or written.
    """
    told(0.01)
    font = font or korean()
    part = out.with_name(f".{out.name}.part")
    try:
        if wanted.at_s is None:
            _film(clip, part, wanted, detector, told, font)
        else:
            _still(clip, part, wanted.at_s, wanted.mark, font)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    told(1.0)


def frames(clip: Path) -> Generator[Frame, None, None]:
    """Yield the pictures of a clip with their times; raises OSError, av.FFmpegError."""
    with av.open(str(clip)) as container:
        for frame in container.decode(container.streams.video[0]):
            yield Frame(float(frame.time or 0.0), np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))


def _film(
    clip: Path, part: Path, wanted: Wanted, detector: Detector | None, told: Told, font: Font
) -> None:  # fmt: skip
    count = max(1, sum(1 for _ in _times(clip)))
    hiding = _hiding(clip, wanted.track, detector, count) if wanted.track is not None else None
    mark: Mark | None = None
    with Mp4(part) as out:
        for number, (t_s, image, *_) in enumerate(frames(clip), 1):
            mark = mark or Mark(wanted.mark, (image.shape[0], image.shape[1]), font)
            shown = blurred(image, hiding.hidden(image, t_s)) if hiding else image
            out.write(mark.burn(shown), t_s)
            told(min(0.99, 0.05 + 0.94 * number / count))
    if mark is None:
        raise ExportError("no picture in the clip")


def _times(clip: Path) -> Iterator[float]:
    with av.open(str(clip)) as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.pts is not None:
                yield float(packet.pts * (packet.time_base or 0))


def _still(clip: Path, part: Path, at_s: float, mark: str, font: Font) -> None:
    """Write the picture that is shown at ``at_s`` as PNG."""
    found: Frame | None = None
    with closing(frames(clip)) as pictures:
        for frame in pictures:
            if found is not None and frame.t_s > at_s + 0.001:
                break
            found = frame
    if found is None:
        raise ExportError("no picture in the clip")
    shape = (found.image.shape[0], found.image.shape[1])
    done, data = cv2.imencode(".png", Mark(mark, shape, font).burn(found.image))
    if not done:
        raise ExportError("no PNG of this picture")
    part.write_bytes(data.tobytes())


def _hiding(clip: Path, track: int, detector: Detector | None, count: int) -> Hiding:
    if detector is None:  # nothing else tells a bystander who never stirs from the ground
        raise ExportError(BLIND)
    course = msgspec.json.decode(clip.with_suffix(".track.json").read_bytes(), type=Course)
    card = msgspec.json.decode(clip.with_suffix(".json").read_bytes(), type=Card)
    if not any(one.track == track for _, things in course.seen for one in things):
        raise ExportError(f"nobody of number {track} in the clip")
    step = max(1, count // SPREAD)
    spread = [frame.image for number, frame in enumerate(frames(clip)) if number % step == 0]
    if not spread:
        raise ExportError("no picture in the clip")
    empty = empty_scene(spread)
    scale = (empty.shape[1] / card.frame[0], empty.shape[0] / card.frame[1])
    return Hiding(course, scale, track, detector, empty)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command ``export``."""
    one = commands.add_parser("export", help="copy a clip for somebody outside, marked, others unknowable")
    one.add_argument("clip", type=Path, help="MP4 of a clip, its card and its track beside it")
    one.add_argument("--out", type=Path, required=True)
    one.add_argument("--mark", required=True, help="text burnt in: who takes it, and when")
    one.add_argument("--track", type=int, help="the one person to be left clear")
    one.add_argument("--at", type=float, help="seconds: one picture as PNG, not the clip")
    one.add_argument("--model", type=Path, help="ONNX detector; else the room's")
    one.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Make one copy; what stands in its way is told as ``error`` as well."""

    def told(done: float) -> None:
        sys.stdout.write(f"{done:.2f}\n")
        sys.stdout.flush()

    wanted = Wanted(arguments.mark, arguments.track, arguments.at)
    try:
        detector = _detector(arguments.model) if wanted.track is not None else None
        export(arguments.clip, arguments.out, wanted, detector, told)
    except (ExportError, MissingFontError, OSError, av.FFmpegError, msgspec.MsgspecError) as error:
        reason = getattr(error, "strerror", None) or str(error)  # no path of this machine
        sys.stdout.write(f"error {' '.join(reason.split())}\n")
        raise SystemExit(1) from error


def _detector(model: Path | None) -> Detector | None:
    """Return the room's detector, None when there is none; ExportError when it cannot be loaded."""
    settings = Settings.read()
    path = model or model_path(settings)
    try:
        return Yolox(path, engine=settings.engine) if path else None
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        raise ExportError("the room's model cannot be loaded: nobody could be told apart") from error
