"""The weak detector: leaves out its share, the same in every run."""

import numpy as np
import pytest

from bench.weak import Weak
from cctv.detectors import Detector
from cctv.sources.base import Image
from cctv.tracking.tracker import Sighting

PICTURE = np.zeros((48, 64, 3), np.uint8)


class Hundred(Detector):
    """Finds a hundred things."""

    name = "hundred"

    def find(self, image: Image) -> list[Sighting]:
        assert image.size
        return [Sighting((float(n), 0.0, 8.0, 8.0), "person", 0.9) for n in range(100)]


@pytest.mark.parametrize(("misses", "least", "most"), [(0.0, 1000, 1000), (0.7, 250, 350), (1.0, 0, 0)])
def test_a_share_is_left_out_by_chance_and_alike_in_every_run(misses: float, least: int, most: int) -> None:
    first, second = Weak(Hundred(), misses), Weak(Hundred(), misses)
    found = [first.find(PICTURE) for _ in range(10)]
    assert least <= sum(len(seen) for seen in found) <= most
    assert found == [second.find(PICTURE) for _ in range(10)]
    assert first.name == "hundred"
