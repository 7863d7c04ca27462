"""Fire 화재: flame colours that stay in one place and flicker, each pixel by itself."""

import math
from itertools import pairwise
from typing import Annotated, ClassVar

import cv2
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from cctv.rules.base import Finding, Place, Rule, RuleConfig
from cctv.rules.recent import Episodes, Look, Recent
from cctv.tracking.tracker import Box
from cctv.vision.scene import Need, Scene

SPAN_S = 2.0
RED, SURPLUS = 115, 40  # a flame's red, and what it is above its blue, of 255
STAYS = 0.3  # of the pictures: a flame licks to and fro, a passing vest is gone
BRIGHTEST = 200.0  # a flame shines: a brick or a coat seldom does
OF_BRIGHTEST = 0.85  # of the brightest hundredth, in a picture that is dark as a whole
FLICKER = 8.0  # grey levels from sample to sample, mean
NOISES = 4.0
TURNS = 0.3  # of the steps go the other way than the step before: a thing that passes goes up and down once
SLACK_PX = 0.3  # pictures lie so far beside each other at least: rims flicker by it
TOGETHER = 0.65  # a blinking lamp's pixels go up and down as one, a flame's do not

Positive = Annotated[float, Meta(gt=0)]


class Fire(RuleConfig, frozen=True, tag="fire"):
    """``min_share``: least part of the picture; ``confirm_s`` to burn; ``pause_s`` out before the next."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"motion"})

    min_share: Annotated[float, Meta(gt=0, le=1)] = 0.0006
    confirm_s: Positive = 2.0
    pause_s: Positive = 60.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return FireRule(self, place)


class FireRule(Rule):
    """Fires once a fire."""

    def __init__(self, config: Fire, place: Place) -> None:
        """Watch ``place``."""
        self._config, self._place = config, place
        self._recent = Recent(place, SPAN_S)
        self._episodes = Episodes(config.confirm_s, config.pause_s)

    def look(self, scene: Scene) -> list[Finding]:
        """Find a fire that has just been confirmed."""
        look = self._recent.take(scene)
        if not look:
            return []
        boxes = self._episodes.see(flames(look, self._config.min_share), scene.t_s)
        return [Finding("fire", self._place, tuple(boxes), 1.0)] if boxes else []


def coloured(pictures: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which pixels (…, BGR) have the colours of flames: R ≥ G > B, warm (Chen et al. 2004)."""
    blue, green, red = (pictures[..., n].astype(np.int16) for n in range(3))
    return (red >= RED) & (red >= green) & (green >= blue - 10) & (red - blue >= SURPLUS)


def flames(look: Look, min_share: float) -> list[Box]:
    """Return where it burns, in pixels of the frame; what the swaying of the camera explains does not."""
    found = _flames(look, min_share, SLACK_PX)
    return _flames(look, min_share, SLACK_PX + sway(look.pictures)) if found else []


def sway(pictures: NDArray[np.uint8]) -> float:
    """Return how far a picture (time × height × width × BGR) lies beside the one before, at most, pixels."""
    grey = [np.asarray(cv2.cvtColor(one, cv2.COLOR_BGR2GRAY), np.float32) for one in pictures]
    window = cv2.createHanningWindow((grey[0].shape[1], grey[0].shape[0]), cv2.CV_32F)
    return max(math.hypot(*cv2.phaseCorrelate(a, b, window)[0]) for a, b in pairwise(grey))


def _flames(look: Look, min_share: float, slack_px: float) -> list[Box]:
    stays = (coloured(look.pictures).mean(0) >= STAYS) & look.free
    if np.count_nonzero(stays) < min_share * stays.size:
        return []
    light = np.stack([cv2.blur(p, (3, 3)).max(2) for p in look.pictures]).astype(np.float32)
    shines = min(BRIGHTEST, OF_BRIGHTEST * float(np.percentile(light[::4, ::2, ::2], 99)))
    steps = np.diff(light, axis=0)
    restless = np.abs(steps).mean(0)
    down, across = np.gradient(light.mean(0))
    slope = cv2.dilate(np.hypot(down, across), np.ones((3, 3), np.uint8))
    least = np.maximum(slack_px * slope, max(FLICKER, NOISES * float(np.median(restless))))
    lively = stays & (restless >= least)
    joined = cv2.dilate(lively.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for n in range(1, count):
        x, y, w, h = (int(v) for v in stats[n][:4])
        part = lively[y : y + h, x : x + w] & (labels[y : y + h, x : x + w] == n)
        if np.count_nonzero(part) < min_share * stays.size:
            continue
        if _burns(light[:, y : y + h, x : x + w][:, part], shines):
            found.append(look.in_frame(x, y, w, h))
    return found


def _burns(light: NDArray[np.float32], shines: float) -> bool:
    """Tell a flame by the brightness (time × pixels) of its pixels, and what is bright in this picture."""
    return bool(shine(light) >= shines and turns(light) >= TURNS and together(light) <= TOGETHER)


def shine(light: NDArray[np.float32]) -> float:
    """Return how bright the brightest tenth is, 0 … 255."""
    return float(np.percentile(light, 90))


def turns(light: NDArray[np.float32]) -> float:
    """Return the share of steps that go the other way than the step before, both of them clear."""
    steps = np.diff(light, axis=0)
    clear = np.abs(steps) >= FLICKER / 2
    both = clear[1:] & clear[:-1]
    return float(((steps[1:] * steps[:-1] < 0) & both).mean())


def together(light: NDArray[np.float32]) -> float:
    """Return how much of the pixels' variance is one common movement, 0 … 1."""
    each = float(light.var(0).mean())
    return float(light.mean(1).var()) / each if each > 0 else 1.0
