"""Detectors of the YOLOX family (Ge et al. 2021) as ONNX.

Input 1×3×H×W, BGR 0–255, letterboxed to the top left with 114; output 1×N×(5+classes) with the
grid not yet applied: centre, size, objectness, classes, strides 8, 16, 32.
"""

import functools
import hashlib
from pathlib import Path

import cv2
import numpy as np

from cctv.detectors.base import Detector, ModelError
from cctv.detectors.engines import DEFAULT, Floats, open_engine
from cctv.sources.base import Image
from cctv.tracks import UNSURE, Box, Sighting, common, family, overlap

STRIDES = (8, 16, 32)
STEP = STRIDES[-1]
SAME = 0.55
WITHIN, PART = 0.9, 0.35
PAD = 114
# The classes of COCO that matter to a park, by their number
CLASSES = {
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
        scale = min(self._height / image.shape[0], self._width / image.shape[1])
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        height, width = self._input(*size)
        canvas = np.full((height, width, 3), PAD, np.uint8)
        canvas[: size[1], : size[0]] = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        tensor = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], np.float32)
        return riders(self._sightings(self._engine.run(tensor)[0], (height, width), scale, image))

    def _input(self, width: int, height: int) -> tuple[int, int]:
        """Return height and width to run at: no more padding than the largest stride asks for."""
        if not self._free:
            return self._height, self._width
        return -(-height // STEP) * STEP, -(-width // STEP) * STEP

    def _sightings(self, rows: Floats, size: tuple[int, int], scale: float, image: Image) -> list[Sighting]:
        height, width = image.shape[:2]
        grid, stride = _grid(*size)
        numbers = [n for n in CLASSES if n < rows.shape[1] - 5]
        scores = rows[:, 4:5] * rows[:, [5 + n for n in numbers]]
        best = scores.argmax(1)
        score = scores[np.arange(len(rows)), best]
        found = []
        for row in np.flatnonzero(score >= UNSURE):
            x, y = (rows[row, :2] + grid[row]) * stride[row] / scale
            w, h = np.exp(rows[row, 2:4]) * stride[row] / scale
            left, top = max(0.0, float(x - w / 2)), max(0.0, float(y - h / 2))
            right, bottom = min(float(width), float(x + w / 2)), min(float(height), float(y + h / 2))
            if right - left >= 2 and bottom - top >= 2:
                label = CLASSES[numbers[int(best[row])]]
                found.append(
                    Sighting((left, top, right - left, bottom - top), label, min(1.0, float(score[row])))
                )
        return distinct(found)


def distinct(seen: list[Sighting]) -> list[Sighting]:
    """Keep the surest of sightings that are one thing (non-maximum suppression within a family)."""
    kept: list[Sighting] = []
    for one in sorted(seen, key=lambda s: -s.score):
        if not any(family(one.label) == family(k.label) and _one(one.box, k.box) for k in kept):
            kept.append(one)
    return kept


def _one(a: Box, b: Box) -> bool:
    """Tell whether two boxes are one thing: alike, or one a good part of the other (a body and its half)."""
    small, large = sorted((a[2] * a[3], b[2] * b[3]))
    return overlap(a, b) > SAME or (small > PART * large and common(a, b) > WITHIN * small)


def riders(seen: list[Sighting]) -> list[Sighting]:
    """Leave out the cycle under a person: the two are one road user."""
    people = [s.box for s in seen if s.label == "person"]
    return [
        s
        for s in seen
        if family(s.label) != "cycle"
        or not any(
            common(s.box, person) > 0.25 * min(s.box[2] * s.box[3], person[2] * person[3])
            for person in people
        )
    ]


@functools.lru_cache(maxsize=64)
def _grid(height: int, width: int) -> tuple[Floats, Floats]:
    points, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        points.append(np.stack([xs.ravel(), ys.ravel()], 1))
        strides.append(np.full((xs.size, 1), stride))
    return np.concatenate(points).astype(np.float32), np.concatenate(strides).astype(np.float32)
