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

from cctv.camera import Camera
from cctv.clips import Clip, Pictured, Roll, jpeg, write_clip, write_still
from cctv.detectors import Detector
from cctv.health import Health
from cctv.pipeline import Pipeline
from cctv.privacy import masked
from cctv.report import detection, event
from cctv.sources import SourceError, open_source
from cctv.sources.base import Frame, Image
from cctv.sources.decode import decoding
from park.facts import CameraDetection, CameraEvent, CameraHealth

PICTURE_FPS = 8.0
ANALYSIS_FPS = 5.0
WIDTH = 640
SCREEN_QUALITY = 70
DETECTION_S = 0.5
FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 60.0
Fact = CameraDetection | CameraEvent | CameraHealth
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
        self._var, self._outlet, self._stop, self._clock_s = var, outlet, stop, clock_s
        self._pipeline = Pipeline(camera, detector)
        self._roll, self._health = Roll(), Health(camera, self._pipeline.model)
        self._writing: threading.Thread | None = None
        self._looked_s = self._detected_s = float("-inf")
        self._shift_s = self._last_s = 0.0

    def run(self) -> None:
        """Watch; a lost source is told with its reason and opened again, ever more patiently."""
        wait_s = FIRST_RETRY_S
        while not self._stop.is_set():
            began_s = self._clock_s()
            try:
                self._watch()
                reason = "영상이 끝남 · the footage ended"
            except SourceError as error:
                reason = str(error)
            if self._stop.is_set():
                break
            self._lose(reason)
            wait_s = FIRST_RETRY_S if self._clock_s() - began_s > LONGEST_RETRY_S else wait_s
            self._rest(wait_s)
            wait_s = min(LONGEST_RETRY_S, wait_s * 2)
        self._write(self._roll.finish())
        if self._writing:
            self._writing.join()

    def _watch(self) -> None:
        opening = open_source(self.camera.source, self.camera.start_s).opening()
        opening = replace(opening, live=True, fps=PICTURE_FPS, width=self.camera.frame[0])
        self._shift_s = self._last_s  # times go on growing over a loss
        with decoding(opening) as frames:
            for frame in frames:
                if self._stop.is_set():
                    return
                self._take(Frame(frame.t_s + self._shift_s, masked(self.camera, frame.image)))

    def _take(self, frame: Frame) -> None:
        self._last_s = frame.t_s
        picture = jpeg(shrink(frame.image), SCREEN_QUALITY)
        self._outlet.show(self.camera.id, picture)
        self._write(self._roll.add(Pictured(frame.t_s, picture)))
        if frame.t_s - self._looked_s >= 1 / min(ANALYSIS_FPS, self.camera.analysis_fps) - 0.01:
            self._looked_s = frame.t_s
            self._look(frame)
        self._check(self._health.see(frame, self._clock_s()))

    def _look(self, frame: Frame) -> None:
        seen = self._pipeline.look(frame)
        self._roll.saw(frame.t_s, seen.tracks)
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
            return write_still(image, self._var)
        except OSError:
            log.exception("%s: the still is lost", self.camera.id)
            return None

    def _write(self, clip: Clip | None) -> None:
        """Write a clip aside, so that the pictures go on."""
        if clip is None:
            return

        began = datetime.now(UTC) - timedelta(seconds=clip.length_s)

        def write() -> None:
            try:
                write_clip(clip, self.camera, self._pipeline.model, began, self._var)
            except (OSError, av.FFmpegError):
                log.exception("%s: the clip %s is lost", self.camera.id, clip.number)

        self._writing = threading.Thread(target=write, name=f"{self.camera.id} clip")
        self._writing.start()

    def _lose(self, reason: str) -> None:
        log.warning("%s: %s", self.camera.id, reason)
        self._write(self._roll.finish())
        self._check(self._health.lose(reason, self._clock_s()))

    def _rest(self, for_s: float) -> None:
        until_s = self._clock_s() + for_s
        while self._clock_s() < until_s and not self._stop.wait(min(1.0, for_s)):
            self._check(self._health.tell(self._clock_s()))

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
