"""The picture as the rules get it."""

import numpy as np

from cctv.sources.base import Image
from cctv.vision.motion import Moved
from cctv.vision.scene import Scene


def scene(shift: tuple[float, float] = (0.0, 0.0), made: dict[int, Image] | None = None) -> Scene:
    image = np.zeros((360, 640, 3), np.uint8)
    image[100:120, 200:220] = 255
    return Scene(0.0, image, Moved((), image[..., 0], 0.5, shift=shift), [], made=made)


def test_a_smaller_picture_is_made_once_for_all_rules() -> None:
    one = scene(made={})
    small = one.small(180)
    assert small.shape == (180, 320, 3)
    assert one._replace(things=()).small(180) is small
    assert one.small(90).shape == (90, 160, 3)
    assert np.array_equal(scene().small(180), small)


def test_a_smaller_picture_is_put_back_from_shaking() -> None:
    assert scene().small(180)[55, 105, 0] == 255
    moved = scene(shift=(40.0, 20.0)).small(180)
    assert moved[45, 85, 0] == 255
    assert moved[55, 105, 0] == 0
