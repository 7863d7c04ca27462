"""From a picture to what it means: mask, motion, detector where it moved, tracks, rules."""

from typing import NamedTuple

import cv2
import numpy as np

from cctv.camera import Camera
from cctv.detectors import Detector
from cctv.motion import Motion, Moved
from cctv.rules.base import Finding, Place, RuleConfig
from cctv.scene import Need, Scene, scaled
from cctv.sources.base import Frame, Image
from cctv.tracks import ANYTHING, Box, Sighting, Track, Tracker, common, overlap
from cctv.turned import Turned
from park.facts import CameraScene

MOTION = "motion"  # the model's name when there is none
LOOK_AGAIN_S = 2.0
MARGIN = 1.5
SMALLEST_PART = 0.4
WHOLE_PART = 0.8
SAME_PERSON = 0.45  # overlap of a box found upright and one found lying
BLIND: frozenset[Need] = frozenset({"motion"})
SEES: frozenset[Need] = BLIND | {"boxes", "people", "vehicles"}


class Seen(NamedTuple):
    """What one picture showed; boxes of tracks are pixels of ``frame`` (width, height).

    ``changed``: the whole picture changed at once, to be told; nothing else is found in such a picture.
    """

    t_s: float
    frame: tuple[int, int]
    tracks: list[Track]
    findings: list[Finding]
    changed: CameraScene | None = None


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
    """One camera's chain; without a detector whatever moves is an object, and ``model`` says so.

    ``off``: the rules that this camera's file asks for and the pipeline cannot give, each with its reason.
    """

    def __init__(self, camera: Camera, detector: Detector | None) -> None:
        """Begin with an unknown scene."""
        self.camera, self._detector = camera, detector
        self.model = detector.name if detector else MOTION
        self._sees = SEES if detector else BLIND
        asked = [(config, place, config.NEEDS - self._sees) for config, place in camera.asked()]
        self.off = tuple(without(config, place, lacks) for config, place, lacks in asked if lacks)
        self._rules = [config.build(place) for config, place, lacks in asked if not lacks]
        self._motion, self._tracker = Motion(), Tracker()
        self._turned = Turned(detector) if detector else None
        self._looked_s = self._changed_s = float("-inf")

    def look(self, picture: Frame) -> Seen:
        """Judge the next picture, masks already burnt in; times in seconds, never going back."""
        image, t_s, frame = picture.image, picture.t_s, self.camera.frame
        moved = self._motion.look(image, t_s)
        if moved.settling:
            return self._wait(moved, t_s)
        scale = (frame[0] / image.shape[1], frame[1] / image.shape[0])
        back = (1 / scale[0], 1 / scale[1])
        tracks = self._tracker.update(
            [s._replace(box=scaled(s.box, scale)) for s in self._sightings(image, moved, t_s, back)],
            t_s,
            lambda box: moved.share(scaled(box, back)),
            [scaled(box, scale) for box in moved.boxes] if self._detector else (),
        )
        scene = Scene(t_s, image, moved, tracks, scale, self._sees, self._changed_s)
        findings = [finding for rule in self._rules for finding in rule.look(scene)]
        return Seen(t_s, frame, tracks, findings, moved.change)

    def _wait(self, moved: Moved, t_s: float) -> Seen:
        """Let a change of the whole picture pass; whoever was there is still there, but for a cut."""
        if moved.change:
            self._changed_s, self._looked_s = t_s, float("-inf")
            if moved.change.change == "cut":
                self._tracker.forget()
        return Seen(t_s, self.camera.frame, self._tracker.wait(t_s), [], moved.change)

    def _sightings(self, image: Image, moved: Moved, t_s: float, back: tuple[float, float]) -> list[Sighting]:
        """Return what is seen in the picture, in its pixels, shaking taken out."""
        if not self._detector:
            return [Sighting(box, ANYTHING, 0.5) for box in moved.boxes]
        part = self._part(moved, t_s, back, (image.shape[1], image.shape[0]))
        if part is None:
            return []
        x, y, w, h = part
        found = self._detector.find(image[y : y + h, x : x + w])
        found = [at(s, x - moved.shift[0], y - moved.shift[1]) for s in found]
        laid = self._lying(image, found, part, t_s, back)
        return [*found, *(at(s, -moved.shift[0], -moved.shift[1]) for s in laid)]

    def _part(
        self, moved: Moved, t_s: float, back: tuple[float, float], size: tuple[int, int]
    ) -> tuple[int, int, int, int] | None:
        """Return where the detector is to look (x, y, width, height), if anywhere."""
        again = self._tracker.any and t_s - self._looked_s >= LOOK_AGAIN_S
        if not moved.boxes and not again:
            return None
        whole = (0, 0, *size)
        known = [scaled(box, back) for box in self._tracker.boxes]
        part = whole if again else region(moved.boxes, known, size)
        if part == whole:
            self._looked_s = t_s
        return part

    def _lying(
        self,
        image: Image,
        found: list[Sighting],
        part: tuple[int, int, int, int],
        t_s: float,
        back: tuple[float, float],
    ) -> list[Sighting]:
        """Return who is found only with the picture turned, where somebody has been lost."""
        scale = (1 / back[0], 1 / back[1])
        seen = [s._replace(box=scaled(s.box, scale)) for s in found]
        looked = scaled((float(part[0]), float(part[1]), float(part[2]), float(part[3])), scale)
        lost = self._tracker.lost(seen, t_s, looked, self.camera.frame)
        if not lost or not self._turned:
            return []
        laid = self._turned.look(image, [(track, scaled(track.box, back)) for track in lost], t_s)
        return [s for s in laid if not any(same(s, other) for other in found)]


def without(config: RuleConfig, place: Place, lacks: frozenset[Need]) -> str:
    """Return which rule is off and why, Korean · English."""
    kind = str(config.__struct_config__.tag)
    rule = f"{kind}:{place.name}" if place.name else kind
    needs = ", ".join(sorted(lacks))
    return f"{rule}: 알아볼 모델이 없음 ({needs}) · needs {needs}: no detector model"


def at(sighting: Sighting, x: float, y: float) -> Sighting:
    """Return a sighting moved by (x, y) pixels."""
    box = sighting.box
    return sighting._replace(box=(box[0] + x, box[1] + y, box[2], box[3]))


def same(a: Sighting, b: Sighting) -> bool:
    """Tell whether two sightings of a person are one."""
    return a.label == b.label and overlap(a.box, b.box) > SAME_PERSON


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
