"""Whether a picture stands still: a lens sees noise even at night, a frozen encoder does not."""

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.view import Grey

WINDOW_S = 7.0  # longer than the key-frame interval of most cameras: a calm picture changes there at least
GRID = (32, 18)
STILL = (
    0.2  # grey levels of a block's mean: a calm scene wanders ≥ 0.3 within the window, a frozen one ≤ 0.12
)
SHARE = 85  # per cent of the blocks: a running clock and its surroundings are fewer than the rest
MOVED = 4.0  # grey levels of a block: something goes through the picture, however still the rest of it is
EDGE = 2  # rows of blocks at top and bottom, where clocks are burnt in: what moves there alone is a clock
LEAST = 8  # pictures in the window: fewer say nothing


class Frozen:
    """Means of blocks over the last seconds; blocks are judged by how far each one wandered."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._blocks: deque[tuple[float, NDArray[np.float32]]] = deque()

    def look(self, grey: Grey, t_s: float) -> bool:
        """Take a picture, as ``view.small`` gives it; tell whether all stood still for the whole window."""
        plane = grey.astype(np.float32)
        blocks = np.asarray(cv2.resize(plane, GRID, interpolation=cv2.INTER_AREA), np.float32)
        self._blocks.append((t_s, blocks))
        while t_s - self._blocks[0][0] > WINDOW_S:
            self._blocks.popleft()
        if len(self._blocks) < LEAST or t_s - self._blocks[0][0] < WINDOW_S - 0.6:
            return False
        seen = np.stack([values for _, values in self._blocks])
        wandered = np.ptp(seen, axis=0)
        if float(wandered[EDGE:-EDGE].max()) > MOVED:
            return False
        return float(np.percentile(wandered, SHARE)) < STILL
