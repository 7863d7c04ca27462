"""Tracks made by hand, with the past that a tracker would give them."""

from collections import deque
from collections.abc import Iterable, Sequence

import numpy as np

from cctv.rules.base import Finding, Rule
from cctv.tracking.tracker import Box, Past, Track
from cctv.vision.motion import Moved
from cctv.vision.scene import Scene

FPS = 5.0


def scene(tracks: Sequence[Track], t_s: float, *, moves: bool = True) -> Scene:
    """A picture in which these tracks were seen, where everything or nothing moves."""
    blank = np.zeros((64, 64, 3), np.uint8)
    moved = np.full((64, 64), 255 if moves else 0, np.uint8)
    return Scene(t_s, blank, Moved((), moved, 1.0), tracks, (20.0, 20.0))


class Life:
    """One track, told box by box."""

    def __init__(self, number: int = 1, label: str = "person") -> None:
        """Begin unseen."""
        self.number, self.label = number, label
        self.path: deque[Past] = deque()

    def at(self, box: Box, t_s: float) -> Track:
        """The track as it is once seen there."""
        self.path.append(Past(t_s, box))
        while t_s - self.path[0].t_s > 12:
            self.path.popleft()
        born = self.path[0]
        return Track(
            self.number,
            self.label,
            0.9,
            box,
            t_s,
            t_s,
            (born.box[0], born.box[1]),
            hits=9,
            sure_s=t_s,
            moved=True,
            born_s=born.t_s,
            named_s=t_s,
            path=deque(self.path),
        )


def told(rule: Rule, pictures: Iterable[Sequence[Track]], from_s: float = 0.0) -> list[tuple[float, Finding]]:
    """What a rule says to pictures a fifth of a second apart, with the time of each."""
    found = []
    for number, tracks in enumerate(pictures):
        t_s = from_s + number / FPS
        found += [(t_s, finding) for finding in rule.look(scene(tracks, t_s))]
    return found


def live(boxes: Iterable[Box], number: int = 1, label: str = "person") -> list[list[Track]]:
    """One track a picture, box by box."""
    life = Life(number, label)
    return [[life.at(box, n / FPS)] for n, box in enumerate(boxes)]


def between(a: Box, b: Box, for_s: float) -> list[Box]:
    """Boxes from one to the other, evenly."""
    steps = max(1, round(for_s * FPS))
    mixed = [[x + (y - x) * n / steps for x, y in zip(a, b, strict=True)] for n in range(steps)]
    return [(m[0], m[1], m[2], m[3]) for m in mixed]


def still(box: Box, for_s: float) -> list[Box]:
    """The same box for a time."""
    return [box] * round(for_s * FPS)
