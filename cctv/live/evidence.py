"""Evidence: a still at the moment, and a clip from before to after it, under opaque ids.

Pictures come here masked already. What was seen lies beside the clip, never in its pictures
(``data/cameras/clips.py``). Video only: no sound is ever written.
"""

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import av
import cv2
import msgspec
import numpy as np
from av.video.stream import VideoStream

from cctv.config.camera import Camera
from cctv.sources.base import Image
from cctv.tracking.tracker import Track
from data.cameras.clips import Card, Course, Drawn, Moment, Thing
from data.cameras.stills import new_id
from park.cameras.facts import CameraEvent

BEFORE_S, AFTER_S = 10.0, 20.0
LONGEST_S = 120.0  # of one clip, however many events follow each other: its pictures are held in memory
QUALITY = 85
CRF = "27"
GOP = "16"  # pictures between whole ones: two seconds, so that stepping back is quick
TICKS = 1000  # a clip's time base: milliseconds


class Pictured(NamedTuple):
    """One picture as JPEG at ``t_s`` seconds of its source."""

    t_s: float
    jpeg: bytes


class Saw(NamedTuple):
    """What was tracked in the picture at ``t_s``."""

    t_s: float
    things: tuple[Thing, ...]


class Clip(NamedTuple):
    """A finished clip, still to be written; facts with the time of their picture."""

    number: str
    pictures: tuple[Pictured, ...]
    facts: tuple[tuple[float, CameraEvent], ...]
    seen: tuple[Saw, ...] = ()

    @property
    def length_s(self) -> float:
        """From the first picture to the last."""
        return self.pictures[-1].t_s - self.pictures[0].t_s


class Roll:
    """The last pictures of one camera, and the clip being taken; times in seconds of the source."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._last: deque[Pictured] = deque()
        self._saw: deque[Saw] = deque()
        self._taking: list[Pictured] = []
        self._facts: list[tuple[float, CameraEvent]] = []
        self._number = ""
        self._until_s = self._at_s = 0.0
        self._full: Clip | None = None

    def begin(self, t_s: float) -> str:
        """Take a clip around ``t_s`` and return its id; events close together share and lengthen one."""
        if self._taking and t_s + AFTER_S - self._taking[0].t_s > LONGEST_S:
            self._full = self.finish()
        if not self._number:
            self._number, self._taking = secrets.token_urlsafe(16), list(self._last)
        self._until_s, self._at_s = t_s + AFTER_S, t_s
        return self._number

    def note(self, fact: CameraEvent) -> None:
        """Keep a fact of the moment that was begun last."""
        self._facts.append((self._at_s, fact))

    def saw(self, t_s: float, tracks: Sequence[Track]) -> None:
        """Keep what was tracked in the picture at ``t_s``."""
        self._saw.append(Saw(t_s, tuple(thing(track) for track in tracks)))

    def add(self, picture: Pictured) -> Clip | None:
        """Take the next picture; return the clip that it completes, if any."""
        self._last.append(picture)
        while picture.t_s - self._last[0].t_s > BEFORE_S:
            self._last.popleft()
        first_s = self._taking[0].t_s if self._taking else self._last[0].t_s
        while self._saw and self._saw[0].t_s < min(first_s, self._last[0].t_s):
            self._saw.popleft()
        full, self._full = self._full, None
        if self._number:
            self._taking.append(picture)
            full = full or (self.finish() if picture.t_s >= self._until_s else None)
        return full

    def finish(self) -> Clip | None:
        """End the clip being taken, if any: its time is up, or the source is lost; no pictures, no clip."""
        if not self._taking:
            self._number, self._facts = "", []
            full, self._full = self._full, None
            return full
        first_s, last_s = self._taking[0].t_s, self._taking[-1].t_s
        seen = tuple(saw for saw in self._saw if first_s <= saw.t_s <= last_s)
        clip = Clip(self._number, tuple(self._taking), tuple(self._facts), seen)
        self._number = ""
        self._taking = []
        self._facts = []
        return clip


def thing(track: Track) -> Thing:
    """Return a track as it stands in a clip's course."""
    x, y, w, h = (round(side, 1) for side in track.box)
    return Thing(track.number, track.label, round(track.score, 3), x, y, w, h)


def jpeg(image: Image, quality: int = QUALITY) -> bytes:
    """Return a picture (height, width, BGR) as JPEG."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("no JPEG of this picture")
    return data.tobytes()


def write_still(image: Image, var: Path, camera: str = "") -> str:
    """Write a still of the camera of that name under ``var/stills``; return its id. Raises OSError."""
    number = new_id(camera)
    _write(var / "stills", f"{number}.jpg", lambda part: part.write_bytes(jpeg(image)))
    return number


def write_clip(clip: Clip, camera: Camera, model: str, began: datetime, var: Path) -> Path:
    """Write a clip, what was seen in it and last its card under ``var/clips``; raises OSError.

    ``began`` is the time of day of its first picture.
    """
    folder = var / "clips"
    path = _write(folder, f"{clip.number}.mp4", lambda part: encode(clip.pictures, part))
    told = msgspec.json.encode(course(clip))
    _write(folder, f"{clip.number}.track.json", lambda part: part.write_bytes(told))
    about = msgspec.json.encode(card(clip, camera, model, began))
    _write(folder, f"{clip.number}.json", lambda part: part.write_bytes(about))
    return path


def card(clip: Clip, camera: Camera, model: str, began: datetime) -> Card:
    """Return what a clip is: its camera as it was then, and its moments."""
    first_s = clip.pictures[0].t_s
    moments = tuple(
        Moment(
            round(t_s - first_s, 3), fact.kind, fact.rule, fact.score, fact.track, fact.zone or fact.line,
            fact.still,
        )
        for t_s, fact in clip.facts
    )  # fmt: skip
    return Card(
        clip.number,
        clip.facts[0][1].camera if clip.facts else camera.id,
        began,
        round(clip.length_s, 3),
        camera.frame,
        model,
        moments,
        tuple(Drawn(zone.name, zone.polygon) for zone in camera.zones),
        tuple(Drawn(line.name, line.points) for line in camera.lines),
        camera.retention_days,
        bool(camera.sample),
    )


def course(clip: Clip) -> Course:
    """Return the times of a clip's pictures and what was seen, from its first picture on."""
    first_s = clip.pictures[0].t_s
    return Course(
        tuple(round(picture.t_s - first_s, 3) for picture in clip.pictures),
        tuple((round(saw.t_s - first_s, 3), saw.things) for saw in clip.seen),
    )


class Mp4:
    """H.264 in MP4 that a browser plays, every picture at its own time."""

    def __init__(self, path: Path) -> None:
        """Open the file; the first picture gives the size. Raises OSError."""
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "faststart"})
        self._stream: VideoStream | None = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        """End the file; without a mistake it is whole."""
        if self._stream is not None and kind is None:
            self._container.mux(self._stream.encode())
        self._container.close()

    def write(self, image: Image, t_s: float) -> None:
        """Add a picture at ``t_s`` seconds of the clip, later than the one before."""
        stream = self._stream = self._stream or self._opened(image)
        shown: Any = image[: stream.height, : stream.width]
        if image.shape[0] // 2 * 2 != stream.height or image.shape[1] // 2 * 2 != stream.width:
            shown = cv2.resize(image, (stream.width, stream.height), interpolation=cv2.INTER_AREA)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(shown), format="bgr24")
        frame.pts, frame.time_base = round(t_s * TICKS), Fraction(1, TICKS)
        self._container.mux(stream.encode(frame))

    def _opened(self, image: Image) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=25)
        stream.width, stream.height = image.shape[1] // 2 * 2, image.shape[0] // 2 * 2
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, TICKS)
        stream.codec_context.time_base = Fraction(1, TICKS)
        stream.options = {"preset": "veryfast", "crf": CRF, "threads": "1", "g": GOP}
        return stream


def encode(pictures: Sequence[Pictured], path: Path) -> None:
    """Write pictures as a clip; raises OSError."""
    with Mp4(path) as out:
        for picture in pictures:
            image: Any = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
            out.write(image, picture.t_s - pictures[0].t_s)


def _write(folder: Path, name: str, fill: Callable[[Path], object]) -> Path:
    """Write whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    try:
        fill(part)
        return part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)
