"""Who lies is found in a picture turned by ±90°: models know people who stand.

Only around people the detector has just lost, a few times a second, and ever more rarely where it finds none.
"""

import cv2
import numpy as np
from msgspec import Struct

from cctv.detectors.base import Detector
from cctv.sources.base import Image
from cctv.tracks import Box, Sighting, Track

EVERY_S = 0.3
RARELY_S = 2.0
PATIENCE = 6  # vain looks before it is looked for rarely
ROOM = 2.6  # of the longer side of the last box: who falls, falls about a length away
SMALLEST_SIDE = 0.25  # of the picture
WAYS = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)


class Try(Struct):
    """The looks for one lost person: vain ones in a row, when the next is due, the turn that found last."""

    vain: int = 0
    next_s: float = float("-inf")
    way: int = 0


class Turned:
    """The turned looks of one camera."""

    def __init__(self, detector: Detector) -> None:
        """Look with ``detector``."""
        self._detector = detector
        self._tries: dict[int, Try] = {}

    def look(self, image: Image, lost: list[tuple[Track, Box]], t_s: float) -> list[Sighting]:
        """Return who lies where somebody was lost: one of the lost a call, the longest waiting first.

        Args:
            image: the picture.
            lost: who was lost, with their last boxes in pixels of the picture.
            t_s: time of the picture.
        """
        tries = {track.number: self._tries.get(track.number, Try()) for track, _ in lost}
        due = [(tries[track.number], box) for track, box in lost if tries[track.number].next_s <= t_s]
        self._tries = tries
        if not due:
            return []
        one, box = min(due, key=lambda pair: pair[0].next_s)
        found = self._find(image, one, box)
        one.vain = 0 if found else one.vain + 1
        one.next_s = t_s + (RARELY_S if one.vain >= PATIENCE else EVERY_S)
        return found

    def _find(self, image: Image, one: Try, box: Box) -> list[Sighting]:
        """Look in both turns, first in the one that found this person before."""
        crop = around(box, (image.shape[1], image.shape[0]))
        for way in (one.way, 1 - one.way):
            found = [s for s in turned(self._detector, image, crop, WAYS[way]) if s.label == "person"]
            if found:
                one.way = way
                return found
        return []


def around(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the square of the picture (width, height) to look at around a last box, cut at the edges."""
    side = max(ROOM * max(box[2], box[3]), SMALLEST_SIDE * max(size))
    w, h = (round(min(side, full)) for full in size)
    x = round(min(max(0.0, box[0] + (box[2] - w) / 2), size[0] - w))
    y = round(min(max(0.0, box[1] + (box[3] - h) / 2), size[1] - h))
    return x, y, w, h


def turned(detector: Detector, image: Image, crop: tuple[int, int, int, int], way: int) -> list[Sighting]:
    """Return what is found in a part (x, y, width, height) of a picture turned, in the picture's pixels."""
    x, y, w, h = crop
    part = np.ascontiguousarray(cv2.rotate(image[y : y + h, x : x + w], way), np.uint8)
    found = []
    for one in detector.find(part):
        a, b, c, d = one.box
        left, top = (b, h - a - c) if way == cv2.ROTATE_90_CLOCKWISE else (w - b - d, a)
        found.append(Sighting((x + left, y + top, d, c), one.label, one.score, turned=True))
    return found
