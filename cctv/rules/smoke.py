"""Smoke 연기: something grey and without edges that billows upwards and stays."""

from typing import Annotated, ClassVar

import cv2
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from cctv.rules.base import Finding, Place, Rule, RuleConfig
from cctv.rules.fire import together
from cctv.rules.recent import Episodes, Look, Recent
from cctv.tracking.tracker import Box
from cctv.vision.scene import Need, Scene

SPAN_S = 3.0
CHROMA = 45.0  # largest less smallest of B, G, R: smoke has little colour
BILLOWS = 2.5  # grey levels from the mean of the span, mean, once blurred
NOISES = 3.0
SOFT = 0.45  # of what changes is left when blurred: smoke has no fine pattern of its own
LARGE_PX = 9
RISES = 0.7  # of the pairs of pictures
TOGETHER = 0.3  # of the variance: a light that changes changes all alike
GLARE = 60.0  # grey levels: lamps that pass brighten more than any smoke
SMOOTH, SMOOTH_GLARE = 0.7, 40.0  # softer than smoke and strong: their light on a wall
STEPS = 3  # pixels up or down that are tried
_GREY = np.full((1, 3), 1 / 3, np.float32)

Positive = Annotated[float, Meta(gt=0)]


class Smoke(RuleConfig, frozen=True, tag="smoke"):
    """``min_share``: least part of the picture; ``confirm_s`` to last; ``pause_s`` none before the next."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"people"})  # a coat is as grey and soft

    min_share: Annotated[float, Meta(gt=0, le=1)] = 0.008
    confirm_s: Positive = 2.5
    pause_s: Positive = 60.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return SmokeRule(self, place)


class SmokeRule(Rule):
    """Fires once a plume."""

    def __init__(self, config: Smoke, place: Place) -> None:
        """Watch ``place``."""
        self._config, self._place = config, place
        self._recent = Recent(place, SPAN_S)
        self._episodes = Episodes(config.confirm_s, config.pause_s)

    def look(self, scene: Scene) -> list[Finding]:
        """Find a plume that has just been confirmed."""
        look = self._recent.take(scene)
        if not look:
            return []
        boxes = self._episodes.see(plumes(look, self._config.min_share), scene.t_s)
        return [Finding("smoke", self._place, tuple(boxes), 1.0)] if boxes else []


def plumes(look: Look, min_share: float) -> list[Box]:
    """Return where it smokes, in pixels of the frame."""
    light = np.stack([cv2.transform(np.asarray(p, np.float32), _GREY) for p in look.pictures])
    change = light - light.mean(0)
    large = np.stack([cv2.blur(one, (LARGE_PX, LARGE_PX)) for one in change])
    billow = np.abs(large).mean(0)
    mean = look.pictures.mean(0, dtype=np.float32)
    grey = mean.max(2) - mean.min(2) <= CHROMA
    least = max(BILLOWS, NOISES * float(np.median(billow)))
    moves = (billow >= least) & grey & look.free
    joined = cv2.morphologyEx(moves.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for n in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[n])
        if area < min_share * moves.size:
            continue
        inside = labels[y : y + h, x : x + w] == n
        part = np.s_[:, y : y + h, x : x + w]
        if _smokes(change[part], large[part], inside):
            found.append(look.in_frame(x, y, w, h))
    return found


def _smokes(change: NDArray[np.float32], large: NDArray[np.float32], inside: NDArray[np.bool_]) -> bool:
    softness = soft(change, large, inside)
    strongest = float(np.percentile(np.abs(large[:, inside]), 99))
    if strongest > (SMOOTH_GLARE if softness > SMOOTH else GLARE) or softness < SOFT:
        return False
    return together(change[:, inside]) <= TOGETHER and rises(large, inside) >= RISES


def soft(change: NDArray[np.float32], large: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """Return the part of the change (time × height × width) that is left when blurred, 0 … 1."""
    return float((large[:, inside] ** 2).mean() / max(1e-6, float((change[:, inside] ** 2).mean())))


def rises(large: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """Return how often a picture's change is the one before moved up rather than down, 0 … 1."""
    ups = []
    for before, now in zip(large[:-2], large[2:], strict=True):
        errors = [
            float((np.abs(now - np.roll(before, -dy, axis=0))[STEPS:-STEPS][inside[STEPS:-STEPS]]).mean())
            for dy in range(-STEPS, STEPS + 1)
            if inside.shape[0] > 3 * STEPS
        ]
        if errors:
            ups.append(int(np.argmin(errors)) - STEPS)
    clear = [dy for dy in ups if dy != 0]
    return sum(dy > 0 for dy in clear) / len(clear) if len(clear) >= len(large) / 4 else 0.0
