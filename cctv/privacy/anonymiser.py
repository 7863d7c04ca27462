"""Who is hidden in a copy of a clip: everybody but the one who was asked for.

Three ways of finding the others, each for what the one before misses: the tracks of the clip, the detector
once more on every picture, and whatever differs from the empty scene.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence

import cv2
import numpy as np

from cctv.detectors import Detector
from cctv.privacy.masking import Area, area
from cctv.sources.base import Image
from cctv.tracking.tracker import SURE, Box, Sighting, common, overlap
from data.cameras.clips import Course

GAP_S = 1.0  # a track is followed over a gap of this length between two analysed pictures
STAY_S = 3.0  # so long before its first and after its last sighting somebody may be there unsighted
LINGER_S = 0.6  # a sighting goes on hiding: a detector that blinks shows nobody
SAME = 0.3  # overlap of the box of the wanted one with a sighting of the same
WITHIN = 0.8
PEOPLE = {"person", "object", "bicycle", "motorcycle"}
DIFFERENT = 24  # grey levels from the empty scene; noise and compression stay below
GROWN_PX = 15  # by which a difference is widened at 640 pixels of width
WANTED_MARGIN = 0.08


class Hiding:
    """Tells which part of each picture of one clip is to be hidden; pictures come in order."""

    def __init__(
        self,
        course: Course,
        scale: tuple[float, float],
        wanted: int,
        detector: Detector,
        empty: Image,
    ) -> None:
        """Hide all but the track ``wanted``; ``scale`` turns pixels of the course into those of a picture."""
        self._detector, self._empty = detector, cv2.GaussianBlur(empty, (5, 5), 0)
        self._wanted: list[tuple[float, Box]] = []
        self._others: dict[int, list[tuple[float, Box]]] = {}
        self._lately: deque[tuple[float, list[Box]]] = deque()
        for t_s, things in course.seen:
            boxes = [
                (one.track, (one.x * scale[0], one.y * scale[1], one.w * scale[0], one.h * scale[1]))
                for one in things
            ]
            for number, box in boxes:
                known = self._wanted if number == wanted else self._others.setdefault(number, [])
                known.append((t_s, box))

    def hidden(self, image: Image, t_s: float) -> Area:
        """Return which pixels of the picture at ``t_s`` seconds of the clip are to be hidden."""
        wanted = between(self._wanted, t_s)
        others = [box for known in self._others.values() for box in sighted(known, t_s, GAP_S / 2)]
        others += self._found(image, t_s, wanted)
        shape = (image.shape[0], image.shape[1])
        unsure = self._moved(image)
        unsure |= area((box for known in self._others.values() for box in nearest(known, t_s)), shape)
        if wanted:
            unsure &= ~area([wanted], shape, WANTED_MARGIN)
        return unsure | area(others, shape)

    def _found(self, image: Image, t_s: float, wanted: Box | None) -> list[Box]:
        """Return who is sighted now or was a moment ago, but for the wanted one."""
        seen = [one for one in self._detector.find(image) if one.label in PEOPLE]
        boxes = [one.box for one in seen if not (wanted and is_part(one, wanted))]
        if wanted and boxes:
            nearest = max(boxes, key=lambda box: overlap(box, wanted))
            boxes = [box for box in boxes if box is not nearest or overlap(box, wanted) < SAME]
        self._lately.append((t_s, boxes))
        while t_s - self._lately[0][0] > LINGER_S:
            self._lately.popleft()
        return [box for _, found in self._lately for box in found]

    def _moved(self, image: Image) -> Area:
        """Return what is not the empty scene, widened."""
        apart = cv2.absdiff(cv2.GaussianBlur(image, (5, 5), 0), self._empty).max(axis=2) > DIFFERENT
        small = cv2.morphologyEx(apart.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        side = max(3, round(GROWN_PX * image.shape[1] / 640)) | 1
        grown = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
        return np.asarray(grown > 0, np.bool_)


def between(known: Sequence[tuple[float, Box]], t_s: float) -> Box | None:
    """Return where a track is at ``t_s``, by the boxes (oldest first) before and after; None when unknown."""
    before = next(((at, box) for at, box in reversed(known) if at <= t_s), None)
    after = next(((at, box) for at, box in known if at >= t_s), None)
    if before and after and after[0] - before[0] <= GAP_S:
        part = (t_s - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
        x, y, w, h = (a + part * (b - a) for a, b in zip(before[1], after[1], strict=True))
        return x, y, w, h
    if before and t_s - before[0] <= GAP_S / 4:
        return before[1]
    return after[1] if after and after[0] - t_s <= GAP_S / 4 else None


def sighted(known: Sequence[tuple[float, Box]], t_s: float, within_s: float) -> list[Box]:
    """Return the boxes of a track (oldest first) sighted within ``within_s`` of ``t_s``, before or after."""
    first = bisect_left(known, t_s - within_s, key=lambda one: one[0])
    last = bisect_right(known, t_s + within_s, key=lambda one: one[0])
    return [box for _, box in known[first:last]]


def nearest(known: Sequence[tuple[float, Box]], t_s: float) -> list[Box]:
    """Return where a track may be at ``t_s``: at its last sighting before, its next one, half-way between.

    ``known`` is oldest first; before the first and after the last sighting it holds for :data:`STAY_S`.
    """
    place = bisect_left(known, t_s, key=lambda one: one[0])
    around = known[max(0, place - 1) : place + 1]
    if 0 < place < len(known):
        (before_s, before), (after_s, after) = around
        part = (t_s - before_s) / (after_s - before_s) if after_s > before_s else 0.0
        x, y, w, h = (a + part * (b - a) for a, b in zip(before, after, strict=True))
        return [before, (x, y, w, h), after]
    return [box for at_s, box in around if abs(at_s - t_s) <= STAY_S]


def is_part(one: Sighting, wanted: Box) -> bool:
    """Tell whether a sighting is a doubtful part of the wanted one; in doubt it is somebody else."""
    return one.score < SURE and common(one.box, wanted) > WITHIN * one.box[2] * one.box[3]


def empty_scene(pictures: Sequence[Image]) -> Image:
    """Return the scene without whoever passes: the median of pictures spread over the clip."""
    return np.asarray(np.median(np.stack(pictures), axis=0), np.uint8)
