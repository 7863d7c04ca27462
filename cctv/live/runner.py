"""One camera, live: pictures for the screens, facts for the stream, stills and clips as evidence.

Knows no Redis: what it has to say goes through an :class:`Outlet`. A source that is lost is told and tried
again.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import av
import cv2
import numpy as np
from msgspec.structs import replace

from cctv.config.camera import Camera
from cctv.detectors import Detector
from cctv.live.evidence import Clip, Pictured, Roll, jpeg, write_clip, write_still
from cctv.live.facts import detection, event
from cctv.live.health import Health
from cctv.live.main_stream import MainStream, fit
from cctv.pipeline import Pipeline
from cctv.privacy.masking import masked
from cctv.sources import SourceError, open_source
from cctv.sources.again import Again
from cctv.sources.base import Frame, Image
from cctv.sources.decode import decoding
from park.cameras.facts import CameraDetection, CameraEvent, CameraHealth, CameraScene

PICTURE_FPS = 8.0
ANALYSIS_FPS = 5.0
WIDTH = 640
SCREEN_QUALITY = 70
DETECTION_S = 0.5
Fact = CameraDetection | CameraEvent | CameraHealth | CameraScene
log = logging.getLogger("cameras")


class Outlet(Protocol):
    """Where a camera's facts and pictures go; called from the camera's own thread."""

    def tell(self, name: str, fact: Fact, *, sample: bool = False) -> None:
        """Put a fact of the camera ``name`` on its way to the stream; ``sample``: not of the park."""

    def show(self, name: str, picture: bytes) -> None:
        """Show a JPEG to whoever watches."""


class Eye:
    """Runs one camera until asked to stop."""

    def __init__(
        self,
        camera: Camera,
        subject: str,
        detector: Detector | None,
        var: Path,
        outlet: Outlet,
        stop: threading.Event,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet; ``subject`` is the camera's asset id, ``clock_s`` a steady clock in seconds."""
        self.camera, self.subject = camera, subject
        self._var = var
        self._outlet = outlet
        self._stop = stop
        self._clock_s = clock_s
        self._pipeline = Pipeline(camera, detector)
        self._roll = Roll()
        self._health = Health(
            camera, self._pipeline.model, lambda: self._pipeline.off, self._still, var / "views"
        )
        self._seen_at = camera.substream or camera.source
        self._main = MainStream(camera, PICTURE_FPS, stop) if camera.substream else None
        self._size: tuple[int, int] | None = None
        self._filmed_s = float("-inf")
        self._filmed_size: tuple[int, int] | None = None
        self._writing: threading.Thread | None = None
        self._due_s = self._detected_s = float("-inf")
        self._shift_s = self._last_s = 0.0
        self._came = datetime.now(UTC)

    def run(self) -> None:
        """Watch; a lost source is told with its reason and opened again, ever more patiently."""
        try:
            self._run()
        finally:  # after what nobody thought of too: an event names the clip that is being taken
            if self._main:
                self._main.leave()
            self._end_roll()
            if self._writing:
                self._writing.join()
            if self._main and self._stop.is_set():
                self._main.join()

    def _run(self) -> None:
        if self._main:
            self._main.start()
        again = Again(self._seen_at, self._clock_s)
        while not self._stop.is_set():
            before_s = self._last_s
            try:
                self._watch()
                reason = "영상이 끝남 · the footage ended"
            except SourceError as error:
                reason = str(error)
            if self._stop.is_set():
                break
            self._lose(reason)
            had_s = self._last_s - before_s
            again.rest(had_s, self._stop, lambda: self._check(self._health.tell(self._clock_s())))

    def _watch(self) -> None:
        opening = open_source(self._seen_at, self.camera.start_s, self.camera.transport).opening()
        opening = replace(opening, live=True, fps=PICTURE_FPS, width=self.camera.frame[0])
        self._shift_s = self._last_s  # times go on growing over a loss
        with decoding(opening) as frames:
            for frame in frames:
                if self._stop.is_set():
                    return
                self._size = self._size or (frame.image.shape[1], frame.image.shape[0])
                image = masked(self.camera, fit(frame.image, self._size))  # a camera may change its size
                self._take(frame._replace(t_s=frame.t_s + self._shift_s, image=image))

    def _take(self, frame: Frame) -> None:
        self._last_s, self._came = frame.t_s, datetime.now(UTC)
        picture = jpeg(shrink(frame.image), SCREEN_QUALITY)
        self._outlet.show(self.camera.id, picture)
        for filmed in self._film(frame, picture):
            self._write(self._roll.add(filmed))
        every_s = 1 / min(ANALYSIS_FPS, self.camera.analysis_fps)
        if frame.t_s >= self._due_s - 0.01:  # pictures come at another beat: late ones do not slow the rate
            self._due_s = max(self._due_s, frame.t_s - every_s) + every_s
            self._look(frame)
        self._check(self._health.see(frame, self._clock_s(), frame.clock_off_s))

    def _film(self, frame: Frame, picture: bytes) -> list[Pictured]:
        """Return the pictures for clips: of the main stream where there is one, else the shown one."""
        if self._main is None:
            return [Pictured(frame.t_s, picture)]
        taken, size = self._main.take(), self._main.size
        if size != self._filmed_size:  # it came for the first time: no clip is of two sizes
            self._end_roll()
            self._filmed_size = size
        if taken is None:  # away: the smaller one, at the size of the main stream
            found = [Pictured(frame.t_s, jpeg(fit(frame.image, size)) if size else picture)]
        else:
            ahead_s = frame.t_s - time.monotonic()
            found = [Pictured(large.at_s + ahead_s, large.jpeg) for large in taken]
        found = [one for one in found if one.t_s > self._filmed_s]
        self._filmed_s = found[-1].t_s if found else self._filmed_s
        return found

    def _look(self, frame: Frame) -> None:
        seen = self._pipeline.look(frame)
        self._roll.saw(frame.t_s, seen.tracks)
        if seen.changed:
            self._tell(seen.changed)
        if seen.tracks and frame.t_s - self._detected_s >= DETECTION_S:
            self._detected_s = frame.t_s
            self._tell(detection(seen, self._pipeline.model))
        if not seen.findings:
            return
        clip, still = self._roll.begin(frame.t_s), self._still(frame.image)
        for finding in seen.findings:
            fact = event(finding, seen, self.subject, self._pipeline.model)
            fact = replace(fact, still=still, clip=clip)
            self._roll.note(fact)
            self._tell(fact)

    def _still(self, image: Image) -> str | None:
        try:
            return write_still(image, self._var, self.camera.id)
        except OSError:
            log.exception("%s: the still is lost", self.camera.id)
            return None

    def _end_roll(self) -> None:
        """Write what is being taken, and begin a new roll: times do not count what comes between."""
        while clip := self._roll.finish():
            self._write(clip)
        self._roll = Roll()

    def _write(self, clip: Clip | None) -> None:
        """Write a clip aside, so that the pictures go on."""
        if clip is None:
            return
        began = self._came - timedelta(seconds=self._last_s - clip.pictures[0].t_s)

        def write() -> None:
            try:
                write_clip(clip, self.camera, self._pipeline.model, began, self._var)
            except (OSError, av.FFmpegError):
                log.exception("%s: the clip %s is lost", self.camera.id, clip.number)

        self._writing = threading.Thread(target=write, name=f"{self.camera.id} clip")
        self._writing.start()

    def _lose(self, reason: str) -> None:
        log.warning("%s: %s", self.camera.id, reason)
        self._end_roll()
        self._check(self._health.lose(reason, self._clock_s()))

    def _tell(self, fact: Fact) -> None:
        self._outlet.tell(self.camera.id, fact, sample=bool(self.camera.sample))

    def _check(self, fact: CameraHealth | None) -> None:
        if fact:
            self._tell(fact)


def shrink(image: Image) -> Image:
    """Return a picture at most ``WIDTH`` wide, for screens."""
    height, width = image.shape[:2]
    if width <= WIDTH:
        return image
    size = (WIDTH, round(height * WIDTH / width))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
