"""Who lies is found in a picture turned by ±90°: models know people who stand.

Only around people the detector has just lost, a few times a second, and ever more rarely where it finds none.
"""

import cv2
import numpy as np
from msgspec import Struct

from cctv.detectors.base import Detector
from cctv.sources.base import Image
from cctv.tracking.tracker import Box, Sighting, Track

EVERY_S = 0.3
FIRST_S = 0.15  # pause after the first look that found nothing
LONGEST_S = 2.0  # longest pause between two such looks
GROWTH = 1.5  # each pause by the one before it
SHARE_S = 0.15  # between two looks of one camera, however many are lost
REMEMBER_S = 10.0
ROOM = 2.6  # of the longer side of the last box: who falls, falls about a length away
# A lying person's box beside the box before the fall
LONGER = 1.6  # most of the longer side, by that before
SHORTER = 0.3  # least of the longer side, by that before
LARGER = 2.0  # most of the area, by that before
SMALLEST_SIDE = 0.25  # of the picture
BROADEST = 4 / 3  # of its shorter side: turned and broad, a picture shows the model a body too small
WAYS = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)


class Try(Struct):
    """The looks for one lost person: vain ones in a row, when the next is due, the turn it will be."""

    vain: int = 0
    next_s: float = float("-inf")
    way: int = 0


class Turned:
    """The turned looks of one camera."""

    def __init__(self, detector: Detector) -> None:
        """Look with ``detector``."""
        self._detector = detector
        self._tries: dict[int, Try] = {}
        self._next_s = float("-inf")

    def look(self, image: Image, lost: list[tuple[Track, Box]], t_s: float) -> list[Sighting]:
        """Return who lies where somebody was lost: one of the lost a call, the longest waiting first.

        Args:
            image: the picture.
            lost: who was lost, with their last boxes in pixels of the picture.
            t_s: time of the picture.
        """
        now = {track.number for track, _ in lost}
        self._tries = {
            number: one
            for number, one in self._tries.items()
            if number in now or one.next_s > t_s - REMEMBER_S
        }
        for track, _ in lost:
            self._tries.setdefault(track.number, Try())
        due = [(self._tries[track.number], box) for track, box in lost]
        due = [(one, box) for one, box in due if one.next_s <= t_s]
        if not due or t_s < self._next_s:
            return []
        self._next_s = t_s + SHARE_S
        one, box = min(due, key=lambda pair: pair[0].next_s)
        return self._try(image, one, box, t_s)

    def _try(self, image: Image, one: Try, box: Box, t_s: float) -> list[Sighting]:
        """Look in one turn; the other comes next where nobody is found."""
        crop = around(box, (image.shape[1], image.shape[0]))
        found = [
            s
            for s in turned(self._detector, image, crop, WAYS[one.way])
            if s.label == "person" and fits(s.box, box)
        ]
        if found:
            one.vain, one.next_s = 0, t_s + EVERY_S
        else:
            one.next_s = t_s + min(LONGEST_S, FIRST_S * GROWTH**one.vain)
            one.way, one.vain = 1 - one.way, one.vain + 1
        return found


def fits(lying: Box, before: Box) -> bool:
    """Tell whether who lies can be who stood: nobody grows by falling."""
    longest = max(before[2], before[3])
    return (
        max(lying[2], lying[3]) <= LONGER * longest
        and lying[2] * lying[3] <= LARGER * before[2] * before[3]
        and max(lying[2], lying[3]) >= SHORTER * longest
    )


def around(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the square of the picture (width, height) to look at around a last box, cut at the edges."""
    side = max(ROOM * max(box[2], box[3]), SMALLEST_SIDE * max(size))
    w, h = (round(min(side, full, BROADEST * min(size))) for full in size)
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
