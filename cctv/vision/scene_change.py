"""The whole picture at once: lamps, IR, lightning, a cut; and a camera that wind or a lorry shakes."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.sources.base import Image
from park.cameras.facts import CameraScene

REFERENCE_S = 5.0
SMALLEST_SHIFT_PX = 0.7
LARGEST_SHIFT = 0.12  # of the width: beyond it is a turned camera or another scene
SURE = 0.15  # response of phase correlation
TELL_AGAIN_S = 10.0
STAYS_S, STAYS_PX = 10.0, 3.0
SHAKES_S = 2.0
BLOCK_PX = 12
BLOCK_LEVELS = 9.0  # mean of a block, far above its noise
LIGHT_SHARE = 0.5  # blocks that brighten or darken from one picture to the next
ALIKE = 0.45  # correlation of edges: the same things in another light
# Grey levels (0 to 255) of a blinded picture
FLAT = 6.0  # most of their standard deviation
BLACK = 40.0  # most of their mean, dark
WHITE = 215.0  # least of their mean, bright


def change_of(before: Image, now: Image, raw: NDArray[np.uint8], everything: float) -> CameraScene | None:
    """Return what changed the whole picture since the last one, if anything.

    Args:
        before: the last picture, small, BGR.
        now: this picture, of the same size.
        raw: what differs from the learnt background, shadows included, same size.
        everything: share of ``raw`` that is too much for things moving about.
    """
    share = np.count_nonzero(raw) / raw.size
    size = (max(1, now.shape[1] // BLOCK_PX), max(1, now.shape[0] // BLOCK_PX))
    a, b = (
        cv2.resize(p, size, interpolation=cv2.INTER_AREA).astype(np.float32).mean(2) for p in (before, now)
    )
    stepped = float(np.mean(np.abs(a - b) > BLOCK_LEVELS))
    if share < everything and stepped < LIGHT_SHARE:
        return None
    if share < everything and not _alike(before, now):
        return None  # a lorry close by: many blocks, other things in them
    light = _alike(before, now) or _blind(a) or _blind(b)
    return CameraScene(
        change="light" if light else "cut", share=round(min(1.0, float(max(share, stepped))), 3)
    )


def _blind(blocks: NDArray[np.float32]) -> bool:
    """Tell whether a picture is all black or all white."""
    return float(blocks.std()) < FLAT and not BLACK < float(blocks.mean()) < WHITE


def _alike(before: Image, now: Image) -> bool:
    """Tell whether two pictures show the same edges, whatever the light."""
    edges = []
    for picture in (before, now):
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        x, y = (cv2.Sobel(grey, cv2.CV_32F, *way) for way in ((1, 0), (0, 1)))
        edges.append(np.sqrt(cv2.magnitude(x, y)).ravel())
    a, b = edges
    if a.std() < 1e-6 or b.std() < 1e-6:
        return False
    return float(np.corrcoef(a, b)[0, 1]) > ALIKE


class Steady:
    """How far the camera shakes, against a picture of the learnt background (phase correlation)."""

    def __init__(self) -> None:
        """Know no background yet."""
        self.forget()

    def forget(self) -> None:
        """Begin again: the background is a new one."""
        self._reference: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._window: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._taken_s = self._told_s = self._shaken_s = float("-inf")
        self._away: tuple[float, tuple[float, float]] | None = None

    def shift(
        self, small: Image, background: cv2.BackgroundSubtractorMOG2, t_s: float
    ) -> tuple[float, float]:
        """Return how far the picture lies beside its background, in its own pixels; (0, 0): not at all."""
        if t_s - self._taken_s >= REFERENCE_S:
            self._taken_s = t_s
            self._reference = _half(np.asarray(background.getBackgroundImage(), np.uint8))
            size = (self._reference.shape[1], self._reference.shape[0])
            self._window = np.asarray(cv2.createHanningWindow(size, cv2.CV_32F), np.float32)
        (x, y), response = cv2.phaseCorrelate(self._reference, _half(small), self._window)
        x, y = 2 * x, 2 * y
        far = math.hypot(x, y)
        if response < SURE or not SMALLEST_SHIFT_PX <= far <= LARGEST_SHIFT * small.shape[1]:
            return 0.0, 0.0
        return x, y

    def is_shaking(self, t_s: float) -> bool:
        """Tell whether the camera shook a moment ago."""
        return t_s - self._shaken_s < SHAKES_S

    def put_back(self, small: Image, shift: tuple[float, float]) -> Image:
        """Return the picture moved back by the shift."""
        way = np.array([[1, 0, -shift[0]], [0, 1, -shift[1]]], np.float32)
        size = (small.shape[1], small.shape[0])
        return np.asarray(cv2.warpAffine(small, way, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def without_edges(self, mask: NDArray[np.uint8], shift: tuple[float, float]) -> NDArray[np.uint8]:
        """Take the rim that the shift brought in, and lines as thin as the error of the shift, off a mask."""
        opened = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
        x, y = math.ceil(abs(shift[0])), math.ceil(abs(shift[1]))
        for rim in (
            opened[:y],
            opened[opened.shape[0] - y :],
            opened[:, :x],
            opened[:, opened.shape[1] - x :],
        ):
            rim[:] = 0
        return opened

    def change(self, shift: tuple[float, float], share: float, t_s: float) -> CameraScene | None:
        """Take a shift for a shake; return what is to be told of it, again only after ``TELL_AGAIN_S``."""
        self._shaken_s = t_s
        if math.hypot(*shift) < 2 * SMALLEST_SHIFT_PX or t_s - self._told_s < TELL_AGAIN_S:
            return None
        self._told_s = t_s
        return CameraScene(change="shake", share=round(min(1.0, float(share)), 3))

    def turned(self, shift: tuple[float, float], t_s: float) -> bool:
        """Tell whether the camera does not come back: beside its background by the same for ``STAYS_S``."""
        if shift == (0.0, 0.0):
            self._away = None
        elif self._away is None or math.dist(self._away[1], shift) > STAYS_PX:
            self._away = (t_s, shift)
        elif t_s - self._away[0] >= STAYS_S:
            self.forget()
            return True
        return False


def _half(picture: Image) -> NDArray[np.float32]:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    size = (max(1, grey.shape[1] // 2), max(1, grey.shape[0] // 2))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
