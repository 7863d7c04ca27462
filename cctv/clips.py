"""Evidence: a still at the moment, and a clip from before to after it, under opaque ids.

Pictures come here masked already. Beside each clip lies a JSON file with the boxes.
"""

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import cv2
import msgspec
import numpy as np
from av.video.stream import VideoStream

from cctv.sources.base import Image
from park.facts import CameraEvent

BEFORE_S, AFTER_S = 5.0, 5.0
KEPT = 1000
QUALITY = 85
CRF = "27"
TICKS = 1000  # a clip's time base: milliseconds


class Pictured(NamedTuple):
    """One picture as JPEG at ``t_s`` seconds of its source."""

    t_s: float
    jpeg: bytes


class Clip(NamedTuple):
    """A finished clip, still to be written."""

    number: str
    pictures: tuple[Pictured, ...]
    facts: tuple[CameraEvent, ...]


class Roll:
    """The last pictures of one camera, and the clip being taken; times in seconds of the source."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._last: deque[Pictured] = deque()
        self._taking: list[Pictured] = []
        self._facts: list[CameraEvent] = []
        self._number = ""
        self._until_s = 0.0

    def begin(self, t_s: float) -> str:
        """Take a clip around ``t_s`` and return its id; events close together share one."""
        if not self._number:
            self._number, self._until_s = secrets.token_urlsafe(16), t_s + AFTER_S
            self._taking = list(self._last)
        return self._number

    def note(self, fact: CameraEvent) -> None:
        """Keep a fact for the file beside the clip being taken."""
        self._facts.append(fact)

    def add(self, picture: Pictured) -> Clip | None:
        """Take the next picture; return the clip that it completes, if any."""
        self._last.append(picture)
        while picture.t_s - self._last[0].t_s > BEFORE_S:
            self._last.popleft()
        if not self._number:
            return None
        self._taking.append(picture)
        return self.finish() if picture.t_s >= self._until_s else None

    def finish(self) -> Clip | None:
        """End the clip being taken, if any: its time is up, or the source is lost."""
        if not self._number:
            return None
        clip = Clip(self._number, tuple(self._taking), tuple(self._facts))
        self._number, self._taking, self._facts = "", [], []
        return clip


def jpeg(image: Image, quality: int = QUALITY) -> bytes:
    """Return a picture (height, width, BGR) as JPEG."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("no JPEG of this picture")
    return data.tobytes()


def write_still(image: Image, var: Path) -> str:
    """Write a still under ``var/stills`` and return its id; raises OSError."""
    number = secrets.token_urlsafe(16)
    _write(var / "stills", f"{number}.jpg", lambda part: part.write_bytes(jpeg(image)))
    return number


def write_clip(clip: Clip, var: Path) -> Path:
    """Write a clip and its boxes under ``var/clips``; raises OSError."""
    folder = var / "clips"
    _write(folder, f"{clip.number}.json", lambda part: part.write_bytes(msgspec.json.encode(clip.facts)))
    return _write(folder, f"{clip.number}.mp4", lambda part: encode(clip.pictures, part))


def encode(pictures: Sequence[Pictured], path: Path) -> None:
    """Write pictures as H.264 in MP4 that a browser plays, each at its own time; raises OSError."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream: VideoStream | None = None
        for picture in pictures:
            image: Any = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
            if stream is None:
                stream = container.add_stream("libx264", rate=25)
                stream.width, stream.height = image.shape[1] // 2 * 2, image.shape[0] // 2 * 2
                stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, TICKS)
                stream.codec_context.time_base = Fraction(1, TICKS)
                stream.options = {"preset": "veryfast", "crf": CRF, "threads": "1"}
            frame = av.VideoFrame.from_ndarray(image[: stream.height, : stream.width], format="bgr24")
            frame.pts, frame.time_base = round((picture.t_s - pictures[0].t_s) * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode())


def _write(folder: Path, name: str, fill: Callable[[Path], object]) -> Path:
    """Write whole or not at all, and forget the oldest beyond what is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    fill(part)
    path = part.rename(folder / name)
    kept = sorted(folder.glob(f"*{path.suffix}"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-KEPT]:
        old.unlink(missing_ok=True)
    return path
