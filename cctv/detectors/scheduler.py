"""When and where the detector looks: where it moved, now and then at everything, turned for who lies.

At all that moves a few times a second; in the pictures between only at what is new.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.detectors import BusyError, Detector
from cctv.detectors.rotated import Turned
from cctv.sources.base import Image
from cctv.tracking.track import hull
from cctv.tracking.tracker import Box, Sighting, Track, Tracker, common, overlap, scaled
from cctv.vision.motion import Moved
from cctv.vision.new_motion import fresh

LOOK_AGAIN_S = 2.0
LOOK_FOR_LOST_S = 0.5  # where nothing moves any more: who fell lies still
LOOK_AT_ALL_S = 20.0  # where nobody moves: who stands there since before the camera could know
EVERY_S, LONGEST_S = 0.15, 0.3  # so long who is known goes on as they went; if one picture takes as long
STIRS = 0.02  # of a box: less is noise
MARGIN = 1.5
SMALLEST_PART, SMALLEST_NEW = 0.4, 0.3  # of the picture's longer side
WHOLE_PART = 0.8
NOISY = 3.0  # grey levels: a model knows no grain, and by night sees six times as much without it
RIM = 0.04  # of the longer side of the part looked at: a box cut by its edge ends so near to it
SAME_PERSON = 0.45  # overlap of a box found upright and one found lying
Part = tuple[int, int, int, int]  # x, y, width, height in pixels of the picture


class Found(NamedTuple):
    """What a look gave: sightings in pixels of the frame, and who goes on as they went if not sighted."""

    seen: Sequence[Sighting] = ()
    carried: Sequence[Track] = ()


class Lookout:
    """The detector of one camera."""

    def __init__(self, detector: Detector, tracker: Tracker) -> None:
        """Look with ``detector`` for what ``tracker`` follows."""
        self._detector = detector
        self._tracker = tracker
        self._turned = Turned(detector)
        self._looked_s = self._all_s = float("-inf")
        self._between = False
        self._before: NDArray[np.uint8] = np.zeros((0, 0), np.uint8)

    def again(self) -> None:
        """Look at the whole picture next: whoever was there may still be there."""
        self._looked_s = float("-inf")

    def find(self, image: Image, moved: Moved, t_s: float, frame: tuple[int, int]) -> Found:
        """Return what is seen, shaking taken out, in pixels of ``frame`` (width, height).

        Nothing where nothing moved, or where the detector is busy with other cameras.
        """
        size = (image.shape[1], image.shape[0])
        scale = (frame[0] / size[0], frame[1] / size[1])
        again = t_s - self._looked_s >= (LOOK_AGAIN_S if self._tracker.any else LOOK_AT_ALL_S)
        between = self._between = not again and not moved.change and self._is_between(t_s)
        carried = self._tracker.known(t_s) if between else []
        part: Part | None = (0, 0, *size)
        if not again:
            part = self._new(moved, t_s, scale, size) if between else self._moving(moved, scale, size)
        if part is None and self._tracker.missing(t_s) and t_s - self._all_s >= LOOK_FOR_LOST_S:
            part = (0, 0, *size)
        if part is None:
            return Found((), carried)
        try:
            seen = self._look(image, part, moved, t_s, frame)
        except BusyError:
            return Found((), carried)
        self._before = moved.mask
        self._looked_s = t_s if part[2:] == size else self._looked_s
        self._all_s = self._all_s if between else t_s
        seen = [at(s, -moved.shift[0], -moved.shift[1]) for s in seen]
        return Found([s._replace(box=scaled(s.box, scale)) for s in seen], carried)

    def _is_between(self, t_s: float) -> bool:
        """Tell whether the last look at all that moves was just now: a moment or one picture ago."""
        return t_s - self._all_s < (EVERY_S if self._between else LONGEST_S)

    def _look(
        self, image: Image, part: Part, moved: Moved, t_s: float, frame: tuple[int, int]
    ) -> list[Sighting]:
        """Return what is seen in a part of the picture, in the picture's pixels."""
        x, y, w, h = part
        if moved.noise > NOISY:
            image = np.asarray(cv2.GaussianBlur(image, (5, 5), 0), np.uint8)
        found = [at(s, x, y) for s in self._detector.find(image[y : y + h, x : x + w])]
        found = [s for s in found if not is_cut(s.box, part, (image.shape[1], image.shape[0]))]
        return found + self._lying(image, found, part, moved, t_s, frame)

    def _moving(self, moved: Moved, scale: tuple[float, float], size: tuple[int, int]) -> Part | None:
        """Return where anything moves."""
        if not moved.boxes:
            return None
        known = [scaled(box, (1 / scale[0], 1 / scale[1])) for box in self._tracker.boxes]
        return region(moved.boxes, known, size)

    def _new(
        self, moved: Moved, t_s: float, scale: tuple[float, float], size: tuple[int, int]
    ) -> Part | None:
        """Return where something new moves, or where it is open who is who."""
        if not moved.boxes:
            return None
        back = (1 / scale[0], 1 / scale[1])
        settled = [scaled(box, back) for box in self._tracker.settled(t_s)]
        unclear = [scaled(box, back) for box in self._tracker.unclear(t_s)]
        new = [*fresh(moved, self._before, settled), *(b for b in unclear if moved.share(b) >= STIRS)]
        return region(tuple(new), [], size, SMALLEST_NEW) if new else None

    def _lying(
        self,
        image: Image,
        found: list[Sighting],
        part: Part,
        moved: Moved,
        t_s: float,
        frame: tuple[int, int],
    ) -> list[Sighting]:
        """Return who is found only with the picture turned, where somebody has been lost."""
        scale = (frame[0] / image.shape[1], frame[1] / image.shape[0])
        seen = [s._replace(box=scaled(s.box, scale)) for s in found]
        x, y, w, h = part
        blobs = [scaled(box, scale) for box in moved.boxes]
        lost = self._tracker.lost(seen, t_s, scaled((x, y, w, h), scale), frame, blobs)
        if not lost:
            return []
        back = (1 / scale[0], 1 / scale[1])
        try:
            laid = self._turned.look(image, [(track, scaled(track.grown(), back)) for track in lost], t_s)
        except BusyError:
            return []  # what was found upright counts all the same
        return [s for s in laid if not any(same(s, other) for other in found)]


def region(
    moved: tuple[Box, ...], known: list[Box], size: tuple[int, int], smallest: float = SMALLEST_PART
) -> Part:
    """Return the part of a picture worth looking at: what moved, whom it touches, and room around.

    A square where the picture allows; the whole picture when the part would be most of it.
    """
    boxes = [*moved, *(box for box in known if any(common(box, m) > 0 for m in moved))]
    left, top, across, down = hull(boxes)
    side = max(MARGIN * max(across, down), smallest * max(size))
    if side >= WHOLE_PART * max(size):
        return 0, 0, *size
    w, h = (int(min(side, full)) for full in size)
    x = int(min(max(0.0, (2 * left + across - w) / 2), size[0] - w))
    y = int(min(max(0.0, (2 * top + down - h) / 2), size[1] - h))
    return x, y, w, h


def is_cut(box: Box, part: Part, size: tuple[int, int]) -> bool:
    """Tell whether the edge of the part looked at cuts a box: what did not move there is half seen."""
    x, y, w, h = part
    rim = RIM * max(w, h)
    left = box[0]
    top = box[1]
    right = box[0] + box[2]
    bottom = box[1] + box[3]
    return (
        (x > 0 and left < x + rim)
        or (y > 0 and top < y + rim)
        or (x + w < size[0] and right > x + w - rim)
        or (y + h < size[1] and bottom > y + h - rim)
    )


def at(sighting: Sighting, x: float, y: float) -> Sighting:
    """Return a sighting moved by (x, y) pixels."""
    box = sighting.box
    return sighting._replace(box=(box[0] + x, box[1] + y, box[2], box[3]))


def same(a: Sighting, b: Sighting) -> bool:
    """Tell whether two sightings of a person are one."""
    return a.label == b.label and overlap(a.box, b.box) > SAME_PERSON
