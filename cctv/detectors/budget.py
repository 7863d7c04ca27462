"""One detector for many cameras: its time goes round, and a busy camera takes nobody's turn.

Whoever waits and was served longest ago is served next. Who waits too long goes on by motion and tracks alone
and stands first in line with the next picture.
"""

import itertools
import os
import threading

from cctv.detectors.base import BusyError, Detector
from cctv.sources.base import Image
from cctv.tracking.tracker import Sighting

PATIENCE_S = 0.15  # less than the time between two pictures at 5 a second
NEVER = -1


class Budget:
    """The turns of a detector; safe for a thread a camera."""

    def __init__(self, detector: Detector, slots: int | None = None, patience_s: float = PATIENCE_S) -> None:
        """Run at most ``slots`` looks at once (default: half of the processors, at least one)."""
        self._detector, self._patience_s = detector, patience_s
        self._free = slots or max(1, (os.cpu_count() or 1) // 2)
        self._turn = threading.Condition()
        self._waiting: set[str] = set()
        self._served: dict[str, int] = {}
        self._count = itertools.count()

    def share(self, camera: str) -> "Share":
        """Return the detector as one camera may use it, from one thread at a time."""
        return Share(self, camera, self._detector.name)

    def find(self, camera: str, image: Image) -> list[Sighting]:
        """Wait for the camera's turn and look.

        Raises:
            BusyError: when others had the detector all the time.
        """
        self._take(camera)
        try:
            return self._detector.find(image)
        finally:
            with self._turn:
                self._free += 1
                self._turn.notify_all()

    def _take(self, camera: str) -> None:
        with self._turn:
            self._waiting.add(camera)
            try:
                if not self._turn.wait_for(lambda: self._is_next(camera), self._patience_s):
                    raise BusyError
                self._free -= 1
                self._served[camera] = next(self._count)
            finally:
                self._waiting.discard(camera)
                self._turn.notify_all()

    def _is_next(self, camera: str) -> bool:
        first = min(self._waiting, key=lambda name: self._served.get(name, NEVER))
        return self._free > 0 and first == camera


class Share(Detector):
    """What one camera may use of a detector; ``passed`` counts the pictures that got no look."""

    def __init__(self, budget: Budget, camera: str, name: str) -> None:
        """Take part in ``budget`` as ``camera``."""
        self.name, self.passed = name, 0
        self._budget, self._camera = budget, camera

    def find(self, image: Image) -> list[Sighting]:
        """Return the objects in the picture; BusyError when it is not this camera's turn for too long."""
        try:
            return self._budget.find(self._camera, image)
        except BusyError:
            self.passed += 1
            raise
