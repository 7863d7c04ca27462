"""Fight 싸움: people within reach of one another, their outlines tossed about far more than those of walkers.

Told from boxes alone, so only where people are large enough. The limit lies above what walkers, pairs,
sitters and even falls show in the footage at hand; no real fight was at hand to measure what is found.
"""

from itertools import combinations, pairwise
from typing import Annotated, ClassVar

from msgspec import Meta

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.tracking.tracker import Named, Track
from cctv.vision.scene import Need, Scene

REACH, BESIDE = 0.6, 0.35  # of the body height, across and along the view
OVER_S = 2.0
LEAST = 5  # boxes, to judge by
GAP_S = 1.0
SMALLEST_SHARE = 0.1  # of the picture's height: below it a box says nothing of limbs


class Fight(TrackConfig, frozen=True, tag="fight"):
    """``restless``: body heights a second that the outlines of both must be tossed about, for ``for_s``."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"people"})

    classes: tuple[Named, ...] = ("person",)
    restless: Annotated[float, Meta(gt=0)] = 1.6
    for_s: Annotated[float, Meta(gt=0)] = 3.0
    pause_s: Annotated[float, Meta(ge=0)] = 60.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return FightRule(self, place)


class FightRule(Rule):
    """Fires once a fight; who fights may change numbers."""

    def __init__(self, config: Fight, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)
        self._since_s: float | None = None
        self._last_s = self._quiet_s = float("-inf")

    def look(self, scene: Scene) -> list[Finding]:
        """Find two who have fought for long enough."""
        smallest_px = SMALLEST_SHARE * scene.image.shape[0] * scene.scale[1]
        people = [
            track
            for track in scene.tracks
            if self._config.wants(track) and track.box[3] >= smallest_px and self._zone.holds(track)
        ]
        wild = [track for track in people if restlessness(track) >= self._config.restless]
        pair = next((two for two in combinations(wild, 2) if within_reach(*two)), None)
        if pair is None:
            if scene.t_s - self._last_s > GAP_S:
                self._since_s = None
            return []
        self._since_s = scene.t_s if self._since_s is None else self._since_s
        self._last_s = scene.t_s
        if scene.t_s - self._since_s < self._config.for_s or scene.t_s < self._quiet_s:
            return []
        self._quiet_s = scene.t_s + self._config.pause_s
        score = min(track.score for track in pair)
        return [Finding("fight", self._place, tuple(track.box for track in pair), score)]


def within_reach(a: Track, b: Track) -> bool:
    """Tell whether two people can touch."""
    height = min(a.box[3], b.box[3])
    return abs(a.foot[0] - b.foot[0]) <= REACH * height and abs(a.foot[1] - b.foot[1]) <= BESIDE * height


def restlessness(track: Track) -> float:
    """Return how much the sides and the top of a body go to and fro, its way left out: heights a second."""
    if not track.path:
        return 0.0
    past = [p for p in track.path if p.t_s >= track.path[-1].t_s - OVER_S]
    if len(past) < LEAST:
        return 0.0
    tossed = 0.0
    for one, two in pairwise(past):
        wider = two.box[2] - one.box[2]
        tossed += abs(wider) + abs(two.box[1] - one.box[1])
    heights = sorted(p.box[3] for p in past)
    return tossed / heights[len(heights) // 2] / max(1e-9, past[-1].t_s - past[0].t_s)
