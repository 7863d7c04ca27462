"""The main stream of a camera that is watched by its smaller one: larger pictures, for clips alone."""

import logging
import threading
import time
from collections import deque
from typing import NamedTuple

import cv2
import numpy as np
from msgspec.structs import replace

from cctv.config.camera import Camera
from cctv.live.evidence import jpeg
from cctv.privacy.masking import masked
from cctv.sources import SourceError, open_source
from cctv.sources.again import Again
from cctv.sources.base import Image
from cctv.sources.decode import decoding

WIDTH = 1280
QUALITY = 75
WAITING = 64
FRESH_S = 2.0
log = logging.getLogger("cameras")


class Large(NamedTuple):
    """One picture of the main stream as JPEG, and when it came on a steady clock."""

    at_s: float
    jpeg: bytes


class MainStream:
    """Decodes the main stream in a thread of its own; a loss of it is no loss of the camera.

    ``size``: width and height of its pictures, once known; it stays whatever the camera does.
    """

    def __init__(self, camera: Camera, fps: float, stop: threading.Event) -> None:
        """Open nothing yet."""
        self._camera = camera
        self._fps = fps
        self._stop = stop
        self._left = False
        self._waiting: deque[Large] = deque(maxlen=WAITING)
        self._came_s = float("-inf")
        self.size: tuple[int, int] | None = None
        self._thread = threading.Thread(target=self._run, name=f"{camera.id} main")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def leave(self) -> None:
        """Have it end by itself, soon: the camera starts over with another."""
        self._left = True

    def join(self) -> None:
        """Wait for the end, after ``stop``."""
        self._thread.join()

    def take(self) -> list[Large] | None:
        """Return what came since the last call; None while the stream is away."""
        if time.monotonic() - self._came_s > FRESH_S:
            self._waiting.clear()
            return None
        return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _run(self) -> None:
        again = Again(self._camera.source)
        while not self._over():
            began_s = time.monotonic()
            try:
                self._watch()
            except SourceError:  # the health of the camera is that of its smaller stream
                pass
            except Exception:  # no memory, no room for a process: it may come back
                log.exception("%s: main stream", self._camera.id)
            again.rest(self._came_s - began_s, self._stop, lambda: None)

    def _over(self) -> bool:
        return self._left or self._stop.is_set()

    def _watch(self) -> None:
        camera = self._camera
        opening = open_source(camera.source, camera.start_s, camera.transport).opening()
        with decoding(replace(opening, live=True, fps=self._fps, width=WIDTH)) as frames:
            for frame in frames:
                if self._over():
                    return
                self.size = self.size or (frame.image.shape[1], frame.image.shape[0])
                picture = masked(camera, fit(frame.image, self.size))
                self._came_s = time.monotonic()
                self._waiting.append(Large(self._came_s, jpeg(picture, QUALITY)))


def fit(image: Image, size: tuple[int, int]) -> Image:
    """Return a picture at exactly ``size`` (width, height)."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
