"""What one picture showed, as every rule gets it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import cv2
import numpy as np

from cctv.sources.base import Image
from cctv.tracking.tracker import Track
from cctv.vision.left_objects import Thing
from cctv.vision.motion import Moved

Need = Literal["motion", "boxes", "people", "vehicles", "things"]


class Scene(NamedTuple):
    """One picture, its masks burnt in, and what was made of it.

    ``scale``: pixels of the camera's ``frame`` per pixel of ``image`` (x, y); tracks are in the frame's.
    ``changed_s``: when the whole picture last changed at once or the camera was turned (what is remembered of
    the pixels before it no longer holds). Rules are not asked during such a change and the moment of
    settling after it.
    ``things``: what was left or taken, where a rule asks for it. ``made``: the smaller pictures already made,
    shared by the rules; nobody writes on them.
    """

    t_s: float
    image: Image
    moved: Moved
    tracks: Sequence[Track]
    scale: tuple[float, float] = (1.0, 1.0)
    changed_s: float = float("-inf")
    things: Sequence[Thing] = ()
    made: dict[int, Image] | None = None

    def small(self, height_px: int) -> Image:
        """Return the picture at most so high, put back where it was before the camera shook."""
        if self.made is None:
            return self._small(height_px)
        if height_px not in self.made:
            self.made[height_px] = self._small(height_px)
        return self.made[height_px]

    def _small(self, height_px: int) -> Image:
        part = min(1.0, height_px / self.image.shape[0])
        size = (max(1, round(self.image.shape[1] * part)), max(1, round(self.image.shape[0] * part)))
        small = cv2.resize(self.image, size, interpolation=cv2.INTER_AREA)
        if self.moved.shift != (0.0, 0.0):
            x, y = self.moved.shift[0] * part, self.moved.shift[1] * part
            back = np.array([[1, 0, -x], [0, 1, -y]], np.float32)
            small = cv2.warpAffine(small, back, size, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(small, np.uint8)
