"""Whether a picture stands still, although a scene may be calm and an encoder goes on refining what stands.

A picture stands when the means of nearly all its blocks keep their place for seven seconds. Heavy
compression makes a calm scene look like that too: noise is taken away, whole blocks are repeated until the
next key frame. Therefore it counts how the rest began. What freezes stops all at once, in the middle of a
movement or of noise; a scene becomes calm bit by bit, and must then stand much longer than a key frame is
away. What freezes under an encoder short of bits wanders on, as it is refined and as key frames pulse: there
the sudden stop is enough when next to nothing changes between key frames.

A picture that is dead still is told at once all the same, until the camera has shown that it can be so and
live: going on by itself, it must henceforth stand as long as any calm scene.

Not told apart, or late: a camera that freezes in a calm under heavy compression (20 s); one whose encoder is
so short of bits that it never settles (never). Wrongly told: a calm scene under heavy compression without a
key frame for 20 s, and once for 7 s; an encoder starved of bits that has just refined what somebody near has
left behind.
"""

from collections import deque
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.vision.learned_view import Grey, Plane

WINDOW_S = 7.0  # longer than the key-frame interval of most cameras: a calm picture changes there at least
CALM_S = 13.0  # so much longer where it came to rest bit by bit: thrifty encoders' key frames are 10 s apart
GRID = (32, 18)
STILL = (
    0.2  # grey levels of a block's mean: a calm scene wanders ≥ 0.3 within the window, a frozen one ≤ 0.12
)
DEAD = 0.1  # the same: not even key frames are seen
SHARE = 85  # per cent of the blocks: a running clock and its surroundings are fewer than the rest
MOVED = 4.0  # grey levels of a block: something goes through the picture, however still the rest of it is
EDGE = 2  # rows of blocks at top and bottom, where clocks are burnt in: what moves there alone is a clock
LEAST = 8  # pictures in the window: fewer say nothing
# From one picture to the next a live picture changes by (grey levels, mean over pixels) ≥ 0.4 while something
# moves or by plain noise, a frozen one by ≤ 0.05 but at key frames
LIVELY = 0.12
QUIET = 0.07
DROP = 4.0
RELEASE = 1.5
BEFORE, LAST = 20, 4  # pictures that tell how lively it was before the stop: a key frame's pulse is shorter
AFTER, SETTLES = 8, 21  # pictures; an encoder refines much in the first seconds
PULSES = 30  # per cent of the changes are surely between key frames, even where there is one a second
JUMP = 3.0  # of what was lively, and of grey levels: a switched lamp or a cut takes noise away too
SIDE, LEAVES = 4, 0.7  # who leaves does so through the outer columns: then most of the change is there


class Step(NamedTuple):
    """The mean change from one picture to the next, and whether it is somebody who may be leaving."""

    t_s: float
    change: float
    leaving: bool


class Frozen:
    """Means of blocks over the last seconds; blocks are judged by how far each one wandered."""

    def __init__(self, seen: NDArray[np.bool_] | None = None) -> None:
        """Have seen nothing; ``seen``: which blocks (``GRID``, rows first) no mask hides."""
        self._seen = np.ones(GRID[::-1], np.bool_) if seen is None or not seen.any() else seen
        middle = self._seen.copy()
        middle[:EDGE] = middle[-EDGE:] = False
        self._middle = middle if middle.any() else self._seen
        self._blocks: deque[tuple[float, Plane]] = deque()
        self._steps: deque[Step] = deque()
        self._last: Grey | None = None
        self._before = 0.0  # how lively it was before it stopped, 0 while it has not stopped at once
        self._sudden = False
        self._still_s: float | None = None
        self._alive = False
        self._dead = self._proved = False  # whether it is dead still; whether it was, and lived

    def look(self, grey: Grey, t_s: float) -> bool:
        """Take a picture, as ``view.small`` gives it; tell whether it is frozen."""
        if self._last is not None and self._last.shape == grey.shape:
            self._steps.append(self._step(_blocks(cv2.absdiff(grey, self._last)), t_s))
        self._last = grey
        self._blocks.append((t_s, _blocks(grey)))
        while t_s - self._blocks[0][0] > WINDOW_S:
            self._blocks.popleft()
        while len(self._steps) > BEFORE and t_s - self._steps[BEFORE].t_s > WINDOW_S:
            self._steps.popleft()
        if len(self._blocks) < LEAST or t_s - self._blocks[0][0] < WINDOW_S - 0.6:
            return False
        return self._judge(t_s)

    def _step(self, blocks: Plane, t_s: float) -> Step:
        blocks = np.where(self._seen, blocks, 0)
        whole, inner = float(blocks.sum()), float(blocks[:, SIDE:-SIDE].sum())
        change = whole / float(self._seen.sum())
        return Step(t_s, change, change >= LIVELY and inner < (1 - LEAVES) * whole)

    def _judge(self, t_s: float) -> bool:
        wandered = np.ptp(np.stack([values for _, values in self._blocks]), axis=0)
        if float(wandered[self._middle].max()) > MOVED:
            self._before = 0.0
            self._still_s = None
            self._alive = True
            self._proved = self._proved or self._dead
            self._dead = False
            self._sudden = False
            return False
        steps = list(self._steps)
        if not self._before and self._alive:
            self._before = _stopped(steps)
        late = float(np.median([step.change for step in steps[-max(1, (len(steps) - BEFORE) // 2) :]]))
        if late > self._before / (RELEASE if self._sudden else DROP):
            self._before = 0.0
        sudden = self._sudden = self._before > 0 and (late <= QUIET or self._sudden)
        far = float(np.percentile(wandered[self._seen], SHARE))
        if far >= STILL:
            self._still_s = None
            return sudden
        self._still_s = t_s if self._still_s is None else self._still_s
        self._dead = far < DEAD and not self._before
        return sudden or (self._dead and not self._proved) or t_s - self._still_s >= CALM_S


def _blocks(grey: object) -> Plane:
    return np.asarray(
        cv2.resize(np.asarray(grey, np.float32), GRID, interpolation=cv2.INTER_AREA), np.float32
    )


def _usual(steps: list[Step]) -> float:
    return float(np.percentile([step.change for step in steps], PULSES))


def _stopped(steps: list[Step]) -> float:
    """Return how lively it was before a sudden stop at the window's beginning, 0 where there was none."""
    if len(steps) <= BEFORE + AFTER or any(step.leaving for step in steps[BEFORE - LAST : BEFORE + SETTLES]):
        return 0.0
    changes = [step.change for step in steps]
    usual, last = _usual(steps[:BEFORE]), min(changes[BEFORE - LAST : BEFORE])
    after = changes[BEFORE : BEFORE + AFTER]
    if usual < LIVELY or last < usual / DROP or max(after) > JUMP * (usual + 1):
        return 0.0
    left = max(min(after), _usual(steps[BEFORE + 1 : BEFORE + SETTLES]))
    return usual if left <= usual / DROP else 0.0
