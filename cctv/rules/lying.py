"""What abandonment, removal and dumping share: things in a place, each told once."""

from collections.abc import Callable

import cv2
import numpy as np

from cctv.rules.base import Finding, Place, Rule
from cctv.tracking.tracker import Box
from cctv.vision.left_objects import FORGOTTEN_S, Thing
from cctv.vision.scene import Scene
from park.cameras.facts import CameraEventKind

MOST_DWELL_S = FORGOTTEN_S - 60.0  # its owner may stand by for a while before it counts as alone


class LyingRule(Rule):
    """Fires once a thing."""

    def __init__(self, kind: CameraEventKind, place: Place, counts: Callable[[Thing, float], bool]) -> None:
        """Watch ``place``; ``counts`` judges a thing at a time in seconds."""
        self._kind = kind
        self._place = place
        self._counts = counts
        self._polygon = np.array(place.points, np.float32).reshape(-1, 1, 2)
        self._told: set[int] = set()

    def look(self, scene: Scene) -> list[Finding]:
        """Find things that have just come to count."""
        there = {thing.number for thing in scene.things}
        new = [
            thing
            for thing in scene.things
            if thing.number not in self._told
            and thing.persists
            and self._holds(thing.box)
            and self._counts(thing, scene.t_s)
        ]
        self._told = (self._told & there) | {thing.number for thing in new}
        return [Finding(self._kind, self._place, (thing.box,), 1.0, thing.track) for thing in new]

    def _holds(self, box: Box) -> bool:
        foot = (box[0] + box[2] / 2, box[1] + box[3])
        return not len(self._polygon) or cv2.pointPolygonTest(self._polygon, foot, measureDist=False) >= 0
