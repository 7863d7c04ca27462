"""What is new between two looks at all that moves; the rest goes on as it went."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.tracking.tracker import Box
from cctv.vision.motion import Moved

ROOM = 0.15  # of a box: a stride, and the shadow at the feet
THICK = np.ones((5, 5), np.uint8)  # of a mask of 180 lines: thinner are the rims of who is known
SMALLEST_SHARE = 0.0008
SEEN = 0.5  # of a blob: where so much moved at the last look already, that look has told


def fresh(moved: Moved, before: NDArray[np.uint8], known: Sequence[Box]) -> list[Box]:
    """Return what moves, is nobody known, and did not move there at the last look: boxes in the picture.

    Args:
        moved: what moved.
        before: the mask of the last look.
        known: where everybody known should be, in pixels of the picture.
    """
    rest = moved.mask.copy()
    for box in known:
        rest[inside(box, moved.scale)] = 0
    rest = np.asarray(cv2.morphologyEx(rest, cv2.MORPH_OPEN, THICK), np.uint8)
    old = np.logical_and(rest, before) if before.shape == rest.shape else np.zeros(rest.shape, bool)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rest, connectivity=8)
    found = list[Box]()
    for number, (x, y, w, h, area) in enumerate(stats.tolist()):
        if number == 0 or area < SMALLEST_SHARE * rest.size:
            continue
        part = slice(y, y + h), slice(x, x + w)
        if np.count_nonzero(old[part] & (labels[part] == number)) < SEEN * area:
            found.append((x / moved.scale, y / moved.scale, w / moved.scale, h / moved.scale))
    return found


def inside(box: Box, scale: float) -> tuple[slice, slice]:
    """Return rows and columns of a mask in a box of the picture and the room around it."""
    x, y, w, h = (value * scale for value in box)
    left = x - ROOM * w
    top = y - ROOM * h
    right = x + w + ROOM * w
    bottom = y + h + ROOM * h
    return (
        slice(max(0, math.floor(top)), max(0, math.ceil(bottom))),
        slice(max(0, math.floor(left)), max(0, math.ceil(right))),
    )
