"""Where a picture moves: a learnt background at low resolution, milliseconds a picture.

A change of the whole picture (lamps, IR, lightning, a cut, a shaken camera) is told as such and is no motion.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.sources.base import Image
from cctv.tracking.tracker import Box
from cctv.vision.scene_change import Steady, change_of
from park.cameras.facts import CameraScene

HEIGHT_PX = 180
MEMORY_S = 200.0  # what stands still is background after about a tenth of this
FIRST_MEMORY_S = 10.0  # a young background learns faster, and forgets the ghosts of its first picture
GROWTH = 4.0  # memory is this many times what has been seen
VARIANCE = 25.0
FOREGROUND = 200  # MOG2 marks shadows with 127
SMALLEST_SHARE = 0.0008
EVERYTHING_SHARE = 0.6  # of the picture, shadows included: lamps going out darken
SUSPECT_SHARE = 0.04  # so much at once may be the camera that moved
CALM_S = 1.0  # exposure and white balance go on adapting for about so long after a change
NOISE_S = 2.0
NOISE_FLOOR = 2.0  # standard deviation in grey levels, by day
CALMER = 0.6  # of what moved: so much less once the shaking is taken out, or it was none
SPECKS = 40  # so many things at once are rain, snow or noise: what is thin is taken off
_STREAK = np.ones((3, 4), np.uint8)
_JOIN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 9))  # a person is taller than wide


class Moved(NamedTuple):
    """What moved: blobs in the picture's pixels, the mask (low resolution), its pixels per picture pixel.

    ``change``: everything changed at once just now. ``settling``: now or a moment ago, and nothing that is
    seen counts. ``shift``: how far the camera shook the picture (x, y), in pixels of the picture; boxes and
    mask are already put back by it. ``noise``: standard deviation in grey levels, at low resolution.
    """

    boxes: tuple[Box, ...]
    mask: NDArray[np.uint8]
    scale: float
    change: CameraScene | None = None
    settling: bool = False
    shift: tuple[float, float] = (0.0, 0.0)
    noise: float = 0.0

    def share(self, box: Box) -> float:
        """Return the share of a box (pixels of the picture) that moved, 0 … 1."""
        part = self._part(box)
        return float(np.count_nonzero(part)) / part.size if part.size else 0.0

    def span(self, box: Box) -> float:
        """Return the share of a box's width (pixels of the picture) in which something moved, 0 … 1."""
        part = self._part(box)
        return float(np.count_nonzero(part.any(0))) / part.shape[1] if part.size else 0.0

    def top(self, box: Box, span: float) -> float:
        """Return how far down a box something begins to move in ``span`` of its width, 0 (at its top) … 1."""
        part = self._part(box)
        rows = np.flatnonzero(np.count_nonzero(part, axis=1) >= span * part.shape[1])
        return float(rows[0]) / part.shape[0] if rows.size else 0.0

    def _part(self, box: Box) -> NDArray[np.uint8]:
        x, y, w, h = (value * self.scale for value in box)
        return self.mask[max(0, int(y)) : max(0, math.ceil(y + h)), max(0, int(x)) : max(0, math.ceil(x + w))]


class Motion:
    """Background of one camera (MOG2: Zivkovic 2004), fed with pictures in order.

    ``began_s``: since when it is learnt anew; nothing before can be compared.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._noise, self._steady = NOISE_FLOOR, Steady()
        self._last: Image = np.zeros((0, 0, 3), np.uint8)
        self._last_s, self._changed_s = 0.0, float("-inf")
        self._begin(0.0)

    def _begin(self, t_s: float) -> None:
        self._background = cv2.createBackgroundSubtractorMOG2(varThreshold=VARIANCE, detectShadows=True)
        self._background.setShadowThreshold(0.6)
        self._pictures, self.began_s = 0, t_s
        self._adapt()

    def look(self, image: Image, t_s: float) -> Moved:
        """Return what moved since the pictures before; time in seconds, never going back."""
        scale = min(1.0, HEIGHT_PX / image.shape[0])
        small = _small(image, scale)
        if self._last.shape != small.shape:  # the first, or another resolution
            self._last = small
            self._steady.forget()
            self._begin(t_s)
        before, self._last = self._last, small
        dt_s, self._last_s = max(0.0, t_s - self._last_s), t_s
        rate = self._rate(dt_s)
        shaking = self._steady.is_shaking(t_s)
        raw = self._apply(small, 0.0 if shaking else rate)
        self._listen(before, small, dt_s)
        change = change_of(before, small, raw, EVERYTHING_SHARE) if self._pictures > 1 else None
        if change:
            return self._changed(small, t_s, scale, change)
        settling = t_s - self._changed_s < CALM_S
        if settling or self._pictures == 1:
            return Moved((), np.zeros_like(raw), scale, settling=settling)
        return self._moved(small, raw, t_s, scale, rate if shaking else 0.0)

    def _rate(self, dt_s: float) -> float:
        memory_s = min(MEMORY_S, max(FIRST_MEMORY_S, GROWTH * (self._last_s - self.began_s)))
        self._pictures += 1
        return 1 - math.exp(-dt_s / memory_s) if self._pictures > 1 else 1.0

    def _apply(self, small: Image, rate: float) -> NDArray[np.uint8]:
        return np.asarray(self._background.apply(small, learningRate=rate), np.uint8)

    def _listen(self, before: Image, small: Image, dt_s: float) -> None:
        """Follow the picture's noise: the median change of a point from picture to picture."""
        if self._pictures < 2 or dt_s <= 0:
            return
        points = cv2.absdiff(before[::4, ::4, 1], small[::4, ::4, 1])
        now = float(np.median(points)) * 1.4826 / math.sqrt(2)
        self._noise += (now - self._noise) * min(1.0, dt_s / NOISE_S)
        self._adapt()

    def _adapt(self) -> None:
        """By night the gain is high: what differs by noise alone is no motion."""
        variance = max(NOISE_FLOOR, self._noise) ** 2
        self._background.setVarMin(variance)
        self._background.setVarMax(max(75.0, 6 * variance))
        self._background.setVarInit(max(15.0, 2 * variance))

    def _changed(self, small: Image, t_s: float, scale: float, change: CameraScene) -> Moved:
        self._begin(t_s)
        self._apply(small, 1.0)
        self._pictures, self._changed_s = 1, t_s
        self._steady.forget()
        return Moved((), np.zeros(small.shape[:2], np.uint8), scale, change, settling=True)

    def _moved(self, small: Image, raw: NDArray[np.uint8], t_s: float, scale: float, rate: float) -> Moved:
        """Take the shaking out, and learn at ``rate`` what was not learnt for the shaking."""
        mask = _mask(raw)
        change = None
        shift = (0.0, 0.0)
        if np.count_nonzero(mask) > SUSPECT_SHARE * mask.size:
            shift = self._steady.shift(small, self._background, t_s)
        put_back = self._steady.put_back(small, shift) if shift != (0.0, 0.0) else small
        if rate or shift != (0.0, 0.0):
            again = self._steady.without_edges(_mask(self._apply(put_back, rate)), shift)
            moving = np.count_nonzero(self._steady.without_edges(mask.copy(), shift))
            if shift != (0.0, 0.0) and np.count_nonzero(again) < CALMER * moving:
                change = self._steady.change(shift, np.count_nonzero(mask) / mask.size, t_s)
                mask = again
            else:
                shift = (0.0, 0.0)
        if self._steady.turned(shift, t_s):
            self._begin(t_s)
            self._apply(small, 1.0)
            self._pictures = 1
            shift = (0.0, 0.0)
            mask = np.zeros_like(mask)
        return Moved(
            _blobs(mask, scale),
            mask,
            scale,
            change,
            shift=(shift[0] / scale, shift[1] / scale),
            noise=self._noise,
        )


def _small(image: Image, scale: float) -> Image:
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(
        cv2.GaussianBlur(cv2.resize(image, size, interpolation=cv2.INTER_AREA), (3, 3), 0), np.uint8
    )


def _mask(raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
    mask = cv2.medianBlur(np.where(raw > FOREGROUND, 255, 0).astype(np.uint8), 3)
    if cv2.connectedComponents(mask, connectivity=8)[0] > SPECKS:
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _STREAK)
    return np.asarray(mask, np.uint8)


def _blobs(mask: NDArray[np.uint8], scale: float) -> tuple[Box, ...]:
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _JOIN)
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for x, y, w, h, area in stats[1:]:
        if area >= SMALLEST_SHARE * mask.size:
            found.append((float(x / scale), float(y / scale), float(w / scale), float(h / scale)))
    return tuple(found)
