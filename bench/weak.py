"""A detector that finds each thing in a part of the pictures only, as small or odd things are found.

What the rules come to with it stands for footage that nobody tuned to better than the same clips seen well.
"""

import numpy as np

from cctv.detectors import Detector
from cctv.sources.base import Image
from cctv.tracking.tracker import Sighting

SEED = 1


class Weak(Detector):
    """Another detector, of whose sightings each is left out by chance; the same ones in every run."""

    def __init__(self, detector: Detector, misses: float) -> None:
        """Leave out the share ``misses`` (0 … 1) of what ``detector`` finds."""
        self.name = detector.name
        self._detector, self._misses = detector, misses
        self._dice = np.random.default_rng(SEED)

    def find(self, image: Image) -> list[Sighting]:
        """Return what is found and not left out."""
        return [s for s in self._detector.find(image) if self._dice.random() >= self._misses]
