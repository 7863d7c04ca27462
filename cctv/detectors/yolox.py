"""Detectors of the YOLOX family (Ge et al. 2021) as ONNX.

Input 1×3×H×W, BGR 0–255, letterboxed to the top left with 114; output 1×N×(5+classes) with the
grid not yet applied: centre, size, objectness, classes, strides 8, 16, 32.
"""

import functools
import hashlib
import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.detectors.base import Detector, ModelError
from cctv.detectors.engines import DEFAULT, Floats, open_engine
from cctv.sources.base import Image
from cctv.tracking.tracker import UNSURE, Named, Sighting, covers, family

STRIDES = (8, 16, 32)
STEP = STRIDES[-1]
SAME = 0.55
WITHIN, PART = 0.9, 0.35
RIDDEN = 0.25  # of the smaller box: a cycle and who is on it
SMALLEST_PX = 2.0
PAD = 114
MOST = 0.7  # of the input's pixels, about a picture of 16:9: a square part of it costs no more than the whole
LARGEST_SCALE = 1.25  # a small part is not blown up to the whole input: it costs more and shows no more
CLASSES: dict[int, Named] = {  # by their number in COCO
    0: "person",
    1: "bicycle",
    2: "car",
    3: "motorcycle",
    5: "bus",
    7: "truck",
    24: "backpack",
    26: "handbag",
    28: "suitcase",
}


class Yolox(Detector):
    """One model, any input size."""

    def __init__(self, path: Path, threads: int = 1, engine: str = DEFAULT) -> None:
        """Load a model by the engine of that name (``cctv.detectors.engines``).

        Raises:
            ModelError: when it is missing, no ONNX, or not of this family.
        """
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror}") from error
        try:
            self._engine = open_engine(engine, raw, threads)
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error
        self.name = f"{path.stem}@{hashlib.sha256(raw).hexdigest()[:12]}"
        self._read_shape(path)

    def _read_shape(self, path: Path) -> None:
        takes, gives = self._engine.takes, self._engine.gives
        if len(takes) != 4 or takes[1] != 3:
            raise ModelError(f"{path}: input {takes} is not 1×3×height×width: not of the YOLOX family")
        self._height, self._width = takes[2:]
        if len(gives) < 2 or gives[-2] != len(_grid(*takes[2:])[0]) or gives[-1] < 6:
            raise ModelError(f"{path}: output {gives} does not fit its input: not of the YOLOX family")
        self._free = self._height > STEP and self._engine.is_free(self._height - STEP, self._width)

    def find(self, image: Image) -> list[Sighting]:
        """Return the objects in the picture."""
        high, wide = image.shape[:2]
        scale = min(self._height / high, self._width / wide)
        if self._free:
            scale = min(scale, thrifty((high, wide), (self._height, self._width)))
        height, width = self._input(round(wide * scale), round(high * scale))
        scale = min(height / high, width / wide)  # what is padded up to a whole step is used
        size = (max(1, round(wide * scale)), max(1, round(high * scale)))
        canvas = np.full((height, width, 3), PAD, np.uint8)
        canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
        return riders(self._sightings(self._engine.run(tensor)[0], (height, width), scale, image))

    def _input(self, width: int, height: int) -> tuple[int, int]:
        """Return height and width to run at: no more padding than the largest stride asks for."""
        if not self._free:
            return self._height, self._width
        return max(1, -(-height // STEP)) * STEP, max(1, -(-width // STEP)) * STEP

    def _sightings(self, rows: Floats, size: tuple[int, int], scale: float, image: Image) -> list[Sighting]:
        likely = np.flatnonzero(rows[:, 4] >= UNSURE)
        numbers = [n for n in CLASSES if n < rows.shape[1] - 5]
        of_classes = np.array([5 + n for n in numbers])
        scores: Floats = rows[likely, 4:5] * rows[likely[:, None], of_classes]
        best, score = scores.argmax(1), scores.max(1)
        sure = score >= UNSURE
        boxes = _boxes(rows[likely[sure], :4], likely[sure], size, scale, image)
        found = [
            Sighting((x, y, w, h), CLASSES[numbers[number]], min(1.0, value))
            for (x, y, w, h), number, value in zip(
                boxes.tolist(), best[sure].tolist(), score[sure].tolist(), strict=True
            )
            if w >= SMALLEST_PX and h >= SMALLEST_PX
        ]
        return distinct(found)


def thrifty(picture: tuple[int, ...], whole: tuple[int, int]) -> float:
    """Return the scale beyond which a picture (height, width) is not worth more of the ``whole`` input."""
    most = math.sqrt(MOST * whole[0] * whole[1] / (picture[0] * picture[1]))
    return min(most, LARGEST_SCALE)


def _boxes(
    rows: Floats, which: NDArray[np.intp], size: tuple[int, int], scale: float, image: Image
) -> Floats:
    """Return left, top, width, height in pixels of the picture, cut at its edges."""
    grid, stride = (part[which] for part in _grid(*size))
    middle, half = (rows[:, :2] + grid) * stride / scale, np.exp(rows[:, 2:4]) * stride / scale / 2
    largest = np.array([image.shape[1], image.shape[0]], np.float32)
    start, end = np.maximum(middle - half, 0), np.minimum(middle + half, largest)
    return np.concatenate([start, end - start], 1).astype(np.float32)


def distinct(seen: list[Sighting]) -> list[Sighting]:
    """Keep the surest of sightings that are one thing (non-maximum suppression within a family).

    One thing: boxes that are alike, or one that is a good part of the other (a body and its half).
    """
    ordered = sorted(seen, key=lambda s: -s.score)
    numbers: dict[str, int] = {}
    families = np.array([numbers.setdefault(family(s.label), len(numbers)) for s in ordered])
    boxes = np.array([s.box for s in ordered], np.float32).reshape(-1, 4)
    start = boxes[:, :2]
    end = boxes[:, :2] + boxes[:, 2:]
    area = boxes[:, 2] * boxes[:, 3]
    sides = np.maximum(np.minimum(end[:, None], end) - np.maximum(start[:, None], start), 0)
    both = sides[..., 0] * sides[..., 1]
    small, large = np.minimum(area[:, None], area), np.maximum(area[:, None], area)
    alike = both > SAME * (small + large - both)
    inside = (small > PART * large) & (both > WITHIN * small)
    one = (alike | inside) & (families[:, None] == families)
    left, kept = np.ones(len(ordered), bool), []
    for n, sighting in enumerate(ordered):
        if left[n]:
            kept.append(sighting)
            left &= ~one[n]
    return kept


def riders(seen: list[Sighting]) -> list[Sighting]:
    """Make the cycle under a person theirs: the two are one road user."""
    people = [s for s in seen if s.label == "person"]
    cycles = [s for s in seen if family(s.label) == "cycle"]
    ridden = [c for c in cycles if any(covers(c.box, person.box, RIDDEN) for person in people)]
    return [_on(s, ridden) if s.label == "person" else s for s in seen if s not in ridden]


def _on(person: Sighting, ridden: list[Sighting]) -> Sighting:
    rides = [cycle for cycle in ridden if covers(cycle.box, person.box, RIDDEN)]
    return person._replace(rides=max(rides, key=lambda cycle: cycle.score).label) if rides else person


@functools.lru_cache(maxsize=64)
def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    points, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        points.append(np.stack([xs.ravel(), ys.ravel()], 1))
        strides.append(np.full((xs.size, 1), stride))
    return np.concatenate(points).astype(np.float32), np.concatenate(strides).astype(np.float32)
