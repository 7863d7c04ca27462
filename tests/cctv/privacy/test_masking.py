"""A masked region is masked in every picture, at any scale; what is hidden cannot be told."""

import numpy as np
import pytest

from cctv.config.camera import Mask
from cctv.privacy.masking import MASK_BGR, Mark, area, blurred, masked
from data.reports.fonts import korean
from tests.cctv.footage import SIZE, camera

CORNERS = ((40.0, 30.0), (200.0, 30.0), (200.0, 150.0), (40.0, 150.0))


@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 1.37, 2.0, 4.0])
def test_a_mask_covers_its_region_at_any_scale(scale: float) -> None:
    size = (round(SIZE[0] * scale), round(SIZE[1] * scale))
    image = np.random.default_rng(3).integers(60, 255, (size[1], size[0], 3), np.uint8)
    given = image.copy()
    covered = masked(camera(masks=(Mask(CORNERS),)), image)
    left, right = int(40 * scale), int(np.ceil(200 * scale))
    top, bottom = int(30 * scale), int(np.ceil(150 * scale))
    assert (covered[top:bottom, left:right] == MASK_BGR).all()
    assert (covered[: max(0, top - 3)] == image[: max(0, top - 3)]).all()
    assert (image == given).all()


def test_what_is_hidden_is_coarse_and_the_rest_is_untouched() -> None:
    image = np.random.default_rng(4).integers(0, 255, (240, 320, 3), np.uint8)
    hidden = area([(100.0, 60.0, 40.0, 80.0)], (240, 320))
    shown = blurred(image, hidden)
    assert (shown[~hidden] == image[~hidden]).all()
    assert len(np.unique(shown[hidden], axis=0)) < hidden.sum() / 50


def test_a_letter_without_a_glyph_is_marked_by_its_code() -> None:
    missing, written = (Mark(f"김관제 {text}", (216, 384), korean()) for text in ("\U0010fffd", "[U+10FFFD]"))
    assert np.array_equal(missing._cover, written._cover)
    bare = Mark("김관제", (216, 384), korean())
    assert not np.array_equal(missing._cover, bare._cover)
