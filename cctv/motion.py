"""Where a picture moves: a learnt background at low resolution, milliseconds a picture."""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.sources.base import Image
from cctv.tracks import Box

HEIGHT_PX = 180
MEMORY_S = 200.0  # what stands still is background after about a tenth of this
VARIANCE = 25.0
FOREGROUND = 200  # MOG2 marks shadows with 127
SMALLEST_SHARE = 0.0008
EVERYTHING_SHARE = 0.6
SETTLE_S = 0.4
_JOIN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 9))  # a person is taller than wide


class Moved(NamedTuple):
    """What moved: blobs in the picture's pixels, the mask (low resolution), its pixels per picture pixel.

    ``scene_changed``: everything changed at once (a cut, lamps, a turned camera): no motion.
    """

    boxes: tuple[Box, ...]
    mask: NDArray[np.uint8]
    scale: float
    scene_changed: bool = False

    def share(self, box: Box) -> float:
        """Return the share of a box (pixels of the picture) that moved, 0 … 1."""
        x, y, w, h = (value * self.scale for value in box)
        part = self.mask[max(0, int(y)) : math.ceil(y + h), max(0, int(x)) : math.ceil(x + w)]
        return float(np.count_nonzero(part)) / part.size if part.size else 0.0


class Motion:
    """Background of one camera (MOG2: Zivkovic 2004), fed with pictures in order."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._begin(float("-inf"))
        self._last_s = 0.0

    def _begin(self, t_s: float) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2(varThreshold=VARIANCE, detectShadows=True)
        self._background.setShadowThreshold(0.6)
        self._pictures, self._began_s = 0, t_s

    def look(self, image: Image, t_s: float) -> Moved:
        """Return what moved since the pictures before; time in seconds, never going back."""
        scale = min(1.0, HEIGHT_PX / image.shape[0])
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        small = cv2.GaussianBlur(cv2.resize(image, size, interpolation=cv2.INTER_AREA), (3, 3), 0)
        rate = max(1 - math.exp(-max(0.0, t_s - self._last_s) / MEMORY_S), 1 / (self._pictures + 1))
        self._last_s = t_s
        if self._pictures > 0:
            rate = min(rate, 0.2)
        mask = np.asarray(self._background.apply(small, learningRate=rate), np.uint8)
        self._pictures += 1
        mask = np.asarray(cv2.medianBlur(np.where(mask > FOREGROUND, 255, 0).astype(np.uint8), 3), np.uint8)
        if self._pictures > 1 and np.count_nonzero(mask) > EVERYTHING_SHARE * mask.size:
            self._begin(t_s)
            self._background.apply(small, learningRate=1.0)
            self._pictures = 1
            return Moved((), np.zeros_like(mask), scale, scene_changed=True)
        if t_s - self._began_s < SETTLE_S:
            return Moved((), np.zeros_like(mask), scale)
        return Moved(_blobs(mask, scale), mask, scale)


def _blobs(mask: NDArray[np.uint8], scale: float) -> tuple[Box, ...]:
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _JOIN)
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for x, y, w, h, area in stats[1:]:
        if area >= SMALLEST_SHARE * mask.size:
            found.append((float(x / scale), float(y / scale), float(w / scale), float(h / scale)))
    return tuple(found)
