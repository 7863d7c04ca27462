"""Pictures of flames and smoke made here, for machines without kept footage: synthetic, and said so."""

from collections.abc import Iterator

import cv2
import numpy as np

from cctv.sources.base import Image
from cctv.tracking.tracker import Track
from cctv.vision.motion import Moved
from cctv.vision.scene import Scene

SIZE = (320, 240)


def ground() -> Image:
    """Return a yard of grey ground with a little texture."""
    rough = np.random.default_rng(3).integers(80, 130, (60, 80, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(rough, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)


def flame(seconds: float, fps: float = 10.0) -> Iterator[Image]:
    """Yield a fire of many tongues, each flickering by itself."""
    rng, back = np.random.default_rng(4), ground()
    for _ in range(round(seconds * fps)):
        picture = back.copy()
        for x in range(150, 180, 5):
            top = 140 - int(rng.integers(5, 40))
            cv2.ellipse(
                picture, (x, 140), (5, 140 - top), 0, 180, 360, (30, int(rng.integers(90, 200)), 250), -1
            )
            cv2.ellipse(picture, (x, 140), (2, (140 - top) // 2), 0, 180, 360, (180, 240, 255), -1)
        yield np.asarray(cv2.GaussianBlur(picture, (3, 3), 0), np.uint8)


def plume(seconds: float, fps: float = 10.0, rise: float = 4.0) -> Iterator[Image]:
    """Yield grey smoke over the yard: a soft pattern that rises by ``rise`` pixels a picture."""
    rng, back = np.random.default_rng(5), ground().astype(np.float32)
    pattern = cv2.GaussianBlur(rng.normal(0, 1, (1600, SIZE[0])).astype(np.float32), (0, 0), 9)
    pattern = np.clip((pattern / pattern.std() + 1) / 3, 0, 1)
    shape = np.zeros((SIZE[1], SIZE[0]), np.float32)
    cv2.ellipse(shape, (160, 90), (60, 80), 0, 0, 360, 1.0, -1)
    shape = np.asarray(cv2.GaussianBlur(shape, (0, 0), 8), np.float32)
    for n in range(round(seconds * fps)):
        start = round(300 + rise * n)
        thick = (pattern[start : start + SIZE[1]] * shape)[..., None] * 0.8
        yield (back * (1 - thick) + 190 * thick).astype(np.uint8)


def scene(image: Image, t_s: float, tracks: tuple[Track, ...] = ()) -> Scene:
    """Return a scene of one picture."""
    return Scene(t_s, image, Moved((), np.zeros(image.shape[:2], np.uint8), 1.0), tracks)


def person(
    x: float, y: float, w: float, h: float, t_s: float, number: int = 1, label: str = "person"
) -> Track:
    """Return someone seen clearly at ``t_s``."""
    return Track(number, label, 0.9, (x, y, w, h), t_s, t_s, (x, y), hits=9, sure_s=t_s, moved=True)
