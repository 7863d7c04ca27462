"""From a picture to what it means: mask, motion, detector where it moved, tracks, rules."""

from typing import NamedTuple

import cv2
import numpy as np

from cctv.camera import Camera
from cctv.detectors import Detector
from cctv.motion import Motion, Moved
from cctv.rules.base import Finding
from cctv.scene import Need, Scene, scaled
from cctv.sources.base import Frame, Image
from cctv.tracks import ANYTHING, Box, Sighting, Track, Tracker, common

MOTION = "motion"  # the model's name when there is none
LOOK_AGAIN_S = 2.0
MARGIN = 1.5
SMALLEST_PART = 0.4
WHOLE_PART = 0.8
BLIND: frozenset[Need] = frozenset({"motion"})
SEES: frozenset[Need] = BLIND | {"boxes", "people", "vehicles"}


class Seen(NamedTuple):
    """What one picture showed; boxes of tracks are pixels of ``frame`` (width, height)."""

    t_s: float
    frame: tuple[int, int]
    tracks: list[Track]
    findings: list[Finding]
    scene_changed: bool


def masked(camera: Camera, image: Image) -> Image:
    """Return the picture with the privacy masks burnt in; the given one stays as it is."""
    if not camera.masks:
        return image
    scale = np.array([image.shape[1] / camera.frame[0], image.shape[0] / camera.frame[1]])
    covered = image.copy()
    for mask in camera.masks:
        points = np.rint(np.array(mask.polygon) * scale).astype(np.int32)
        cv2.fillPoly(covered, [points], (16, 16, 16))
    return covered


class Pipeline:
    """One camera's chain; without a detector whatever moves is an object, and ``model`` says so."""

    def __init__(self, camera: Camera, detector: Detector | None) -> None:
        """Begin with an unknown scene."""
        self.camera, self._detector = camera, detector
        self.model = detector.name if detector else MOTION
        self._motion, self._tracker, self._rules = Motion(), Tracker(), camera.build_rules()
        self._sees = SEES if detector else BLIND
        self._looked_s = float("-inf")

    def look(self, picture: Frame) -> Seen:
        """Judge the next picture, masks already burnt in; times in seconds, never going back."""
        image, t_s = picture.image, picture.t_s
        size = (image.shape[1], image.shape[0])
        moved = self._motion.look(image, t_s)
        if moved.scene_changed:
            self._looked_s = float("-inf")  # whoever was there may still be there
        frame = self.camera.frame
        scale = (frame[0] / size[0], frame[1] / size[1])
        sightings = self._sightings(image, moved, t_s, (1 / scale[0], 1 / scale[1]))
        tracks = self._tracker.update(
            [s._replace(box=scaled(s.box, scale)) for s in sightings],
            t_s,
            lambda box: moved.share(scaled(box, (1 / scale[0], 1 / scale[1]))),
            [scaled(box, scale) for box in moved.boxes] if self._detector else (),
        )
        scene = Scene(t_s, image, moved, tracks, scale, self._sees)
        findings = [finding for rule in self._rules for finding in rule.look(scene)]
        return Seen(t_s, frame, tracks, findings, moved.scene_changed)

    def _sightings(
        self, image: Image, moved: Moved, t_s: float, scale: tuple[float, float]
    ) -> list[Sighting]:
        if not self._detector:
            return [Sighting(box, ANYTHING, 0.5) for box in moved.boxes]
        again = self._tracker.any and t_s - self._looked_s >= LOOK_AGAIN_S
        if not moved.boxes and not again:
            return []
        if again:
            self._looked_s = t_s
            return self._detector.find(image)
        known = [scaled(box, scale) for box in self._tracker.boxes]
        x, y, w, h = region(moved.boxes, known, (image.shape[1], image.shape[0]))
        if (w, h) == (image.shape[1], image.shape[0]):
            self._looked_s = t_s
        found = self._detector.find(image[y : y + h, x : x + w])
        return [s._replace(box=(s.box[0] + x, s.box[1] + y, s.box[2], s.box[3])) for s in found]


def region(moved: tuple[Box, ...], known: list[Box], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the part of a picture worth looking at: what moved, whom it touches, and room around.

    A square where the picture allows; the whole picture when the part would be most of it.
    """
    boxes = [*moved, *(box for box in known if any(common(box, m) > 0 for m in moved))]
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    side = max(MARGIN * max(right - left, bottom - top), SMALLEST_PART * max(size))
    if side >= WHOLE_PART * max(size):
        return 0, 0, *size
    w, h = (int(min(side, full)) for full in size)
    x = int(min(max(0.0, (left + right - w) / 2), size[0] - w))
    y = int(min(max(0.0, (top + bottom - h) / 2), size[1] - h))
    return x, y, w, h
