"""What of a picture is nobody's business: masks burnt in, people made unknowable, the mark of who took it."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from cctv.config.camera import Camera
from cctv.sources.base import Image
from cctv.tracking.tracker import Box
from data.reports.fonts import Font, lacking, shown

MASK_BGR = (16, 16, 16)
EDGE_PX = 3  # outline of a mask: no half pixel of a scaled-down polygon is left over
COARSE = 32  # blocks over the width of a blurred picture: a head of a person is about one of them
LEAST_BLOCK_PX = 10
MARGIN = 0.15  # by which a person's box is widened, hands and hair included
MARK_PART = 26  # a mark's letters are this part of the picture's height
SMALLEST_LETTER_PX = 12
FAINT = 0.22

Area = NDArray[np.bool_]  # height × width


def masked(camera: Camera, image: Image) -> Image:
    """Return the picture, of any scale, with the camera's masks burnt in; the given one stays as it is."""
    if not camera.masks:
        return image
    scale = np.array([image.shape[1] / camera.frame[0], image.shape[0] / camera.frame[1]])
    covered = image.copy()
    for mask in camera.masks:
        points = np.rint(np.array(mask.polygon) * scale).astype(np.int32)
        cv2.fillPoly(covered, [points], MASK_BGR)
        cv2.polylines(covered, [points], isClosed=True, color=MASK_BGR, thickness=EDGE_PX)
    return covered


def area(boxes: Iterable[Box], shape: tuple[int, int], margin: float = MARGIN) -> Area:
    """Return which pixels of a picture (height, width) lie in the boxes (x, y, w, h), widened by a part."""
    found = np.zeros(shape, np.bool_)
    for x, y, w, h in boxes:
        left, right = max(0, int(x - margin * w)), max(0, int(np.ceil(x + (1 + margin) * w)))
        top, bottom = max(0, int(y - margin * h)), max(0, int(np.ceil(y + (1 + margin) * h)))
        found[top:bottom, left:right] = True
    return found


def blurred(image: Image, hidden: Area) -> Image:
    """Return the picture with coarse blocks where ``hidden``; what was there cannot be got back."""
    if not hidden.any():
        return image
    height, width = image.shape[:2]
    block = max(LEAST_BLOCK_PX, width // COARSE)
    small = (max(1, width // block), max(1, height // block))
    coarse = cv2.resize(cv2.resize(image, small, interpolation=cv2.INTER_AREA), (width, height),
                        interpolation=cv2.INTER_NEAREST)  # fmt: skip
    return np.asarray(np.where(hidden[..., None], coarse, image), np.uint8)


class Mark:
    """A text burnt into pictures of one size: plain at the foot, faint across the middle."""

    def __init__(self, text: str, shape: tuple[int, int], font: Font) -> None:
        """Draw the letters once, for pictures of (height, width)."""
        missing = lacking(font, text)
        text = shown(text, lambda letter: letter not in missing)
        size = max(SMALLEST_LETTER_PX, shape[0] // MARK_PART)
        letters = ImageFont.truetype(str(font.path), size, index=font.number)
        wide = letters.getlength(text)
        if wide > shape[1] * 0.96:
            size = max(6, int(size * shape[1] * 0.96 / wide))
            letters = ImageFont.truetype(str(font.path), size, index=font.number)
        canvas = Picture.new("L", (shape[1], shape[0]), 0)
        pen = ImageDraw.Draw(canvas)
        strip = size + size // 2
        pen.text((size // 2, shape[0] - strip + size // 8), text, font=letters, fill=255)
        plain = np.asarray(canvas, np.float32) / 255
        faint = np.roll(plain, -(shape[0] // 2 - strip), axis=0) * FAINT
        self._cover = np.maximum(plain, faint)[..., None]
        self._strip = strip

    def burn(self, image: Image) -> Image:
        """Return a picture with the mark."""
        darker = image.astype(np.float32)
        darker[-self._strip :] *= 0.35
        return np.asarray(darker * (1 - self._cover) + 255 * self._cover, np.uint8)
