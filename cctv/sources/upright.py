"""Pictures as they are meant to be seen: turned upright as their film says, in true proportions."""

import math
from typing import NamedTuple

import av
import numpy as np
from av.sidedata.sidedata import SideData

from cctv.sources.base import Image

# The display matrix of a picture: nine whole numbers, row by row (ISO/IEC 14496-12, 6.2.2).
MATRIX_NUMBERS = 9


class Turn(NamedTuple):
    """How a picture is to be changed: its axes swapped first, then mirrored left to right or upside down."""

    swap: bool = False
    left_right: bool = False
    upside_down: bool = False


AS_IT_IS = Turn()


def turn_of(frame: av.VideoFrame, before: Turn) -> Turn:
    """Return how a decoded picture is to be turned, to the nearest quarter.

    ``before`` is the turn of the picture before: in a stream only key frames say it, and it stays.
    """
    try:
        matrix = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # other side data of a kind that the library has no name for
        return _turn_by(frame.rotation) if frame.rotation else before
    if not isinstance(matrix, SideData):
        return before
    numbers = np.frombuffer(bytes(matrix), np.int32)
    return turn_from(numbers.tolist()) if len(numbers) == MATRIX_NUMBERS else before


def turn_from(matrix: list[int]) -> Turn:
    """Return the turn of a display matrix: x' = a x + c y, y' = b x + d y, with y downwards."""
    a, b, _, c, d = matrix[:5]
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Turn(left_right=a < 0, upside_down=d < 0)
    return Turn(swap=True, left_right=c < 0, upside_down=b < 0)


def _turn_by(degrees: int) -> Turn:
    """Return the turn for an angle, counterclockwise."""
    radians = math.radians(degrees)
    sine, cosine = (round(1000 * value) for value in (math.sin(radians), math.cos(radians)))
    return turn_from([cosine, -sine, 0, sine, cosine])


def turned(image: Image, turn: Turn) -> Image:
    """Return a picture turned; the same one, without a copy, where there is nothing to do."""
    if turn == AS_IT_IS:
        return image
    if turn.swap:
        image = image.transpose(1, 0, 2)
    rows = slice(None, None, -1 if turn.upside_down else 1)
    columns = slice(None, None, -1 if turn.left_right else 1)
    return np.ascontiguousarray(image[rows, columns])


def true_size(width: int, height: int, pixel: float) -> tuple[int, int]:
    """Return the size with square pixels, no side smaller; ``pixel``: the width of one over its height."""
    if pixel >= 1:
        return round(width * pixel), height
    return width, round(height / pixel)
