"""When and where the detector looks: where it moved, now and then at everything, turned for who lies."""

import cv2
import numpy as np

from cctv.detectors import BusyError, Detector
from cctv.motion import Moved
from cctv.sources.base import Image
from cctv.track import hull
from cctv.tracks import Box, Sighting, Tracker, common, overlap, scaled
from cctv.turned import Turned

LOOK_AGAIN_S = 2.0
MARGIN = 1.5
SMALLEST_PART = 0.4
WHOLE_PART = 0.8
NOISY = 3.0  # grey levels: a model knows no grain, and by night sees six times as much without it
RIM = 2.0  # pixels
SAME_PERSON = 0.45  # overlap of a box found upright and one found lying
Part = tuple[int, int, int, int]  # x, y, width, height in pixels of the picture


class Lookout:
    """The detector of one camera."""

    def __init__(self, detector: Detector, tracker: Tracker) -> None:
        """Look with ``detector`` for what ``tracker`` follows."""
        self._detector, self._tracker, self._turned = detector, tracker, Turned(detector)
        self._looked_s, self._rests = float("-inf"), False

    def again(self) -> None:
        """Look at the whole picture next: whoever was there may still be there."""
        self._looked_s = float("-inf")

    def rests(self, moved: Moved, t_s: float, scale: tuple[float, float]) -> bool:
        """Tell whether this picture needs no look: the last one had one, and nothing new goes on.

        Args:
            moved: what moved.
            t_s: time of the picture.
            scale: pixels of the frame per pixel of the picture.
        """
        self._rests = (
            not self._rests
            and bool(moved.boxes)
            and t_s - self._looked_s < LOOK_AGAIN_S
            and not moved.change
            and self._tracker.steady(t_s, [scaled(box, scale) for box in moved.boxes])
        )
        return self._rests

    def find(self, image: Image, moved: Moved, t_s: float, frame: tuple[int, int]) -> list[Sighting]:
        """Return what is seen, in pixels of ``frame`` (width, height), shaking taken out.

        Nothing where nothing moved, or where the detector is busy with other cameras.
        """
        size = (image.shape[1], image.shape[0])
        scale = (frame[0] / size[0], frame[1] / size[1])
        part = self._part(moved, t_s, scale, size)
        if part is None:
            return []
        x, y, w, h = part
        if moved.noise > NOISY:
            image = np.asarray(cv2.GaussianBlur(image, (5, 5), 0), np.uint8)
        try:
            found = [at(s, x, y) for s in self._detector.find(image[y : y + h, x : x + w])]
            found = [s for s in found if not is_cut(s.box, part, size)]
            found += self._lying(image, found, part, moved, t_s, frame)
        except BusyError:
            return []
        if (w, h) == size:
            self._looked_s = t_s
        found = [at(s, -moved.shift[0], -moved.shift[1]) for s in found]
        return [s._replace(box=scaled(s.box, scale)) for s in found]

    def _part(
        self, moved: Moved, t_s: float, scale: tuple[float, float], size: tuple[int, int]
    ) -> Part | None:
        if self._tracker.any and t_s - self._looked_s >= LOOK_AGAIN_S:
            return 0, 0, *size
        if not moved.boxes:
            return None
        known = [scaled(box, (1 / scale[0], 1 / scale[1])) for box in self._tracker.boxes]
        return region(moved.boxes, known, size)

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
        laid = self._turned.look(image, [(track, scaled(track.grown(), back)) for track in lost], t_s)
        return [s for s in laid if not any(same(s, other) for other in found)]


def region(moved: tuple[Box, ...], known: list[Box], size: tuple[int, int]) -> Part:
    """Return the part of a picture worth looking at: what moved, whom it touches, and room around.

    A square where the picture allows; the whole picture when the part would be most of it.
    """
    boxes = [*moved, *(box for box in known if any(common(box, m) > 0 for m in moved))]
    left, top, across, down = hull(boxes)
    side = max(MARGIN * max(across, down), SMALLEST_PART * max(size))
    if side >= WHOLE_PART * max(size):
        return 0, 0, *size
    w, h = (int(min(side, full)) for full in size)
    x = int(min(max(0.0, (2 * left + across - w) / 2), size[0] - w))
    y = int(min(max(0.0, (2 * top + down - h) / 2), size[1] - h))
    return x, y, w, h


def is_cut(box: Box, part: Part, size: tuple[int, int]) -> bool:
    """Tell whether the edge of the part looked at cuts a box: what did not move there is half seen."""
    x, y, w, h = part
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    return (
        (x > 0 and left < x + RIM)
        or (y > 0 and top < y + RIM)
        or (x + w < size[0] and right > x + w - RIM)
        or (y + h < size[1] and bottom > y + h - RIM)
    )


def at(sighting: Sighting, x: float, y: float) -> Sighting:
    """Return a sighting moved by (x, y) pixels."""
    box = sighting.box
    return sighting._replace(box=(box[0] + x, box[1] + y, box[2], box[3]))


def same(a: Sighting, b: Sighting) -> bool:
    """Tell whether two sightings of a person are one."""
    return a.label == b.label and overlap(a.box, b.box) > SAME_PERSON
