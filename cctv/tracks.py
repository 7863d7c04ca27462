"""Who is who from picture to picture: ByteTrack's order of matching, on constant velocity.

Zhang et al. 2022: sure sightings are matched first, then the unsure ones to the tracks left over.
Here a third pass lets plain motion carry a track that the detector lost, and a track in whose box
nothing moves is held: who stands still is still there.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct, field
from scipy.optimize import linear_sum_assignment

Box = tuple[float, float, float, float]  # x, y, width, height in pixels

ANYTHING = "object"  # the label of what moves, as far as motion alone can tell
SURE = 0.4
UNSURE = 0.12
LOST_S = 1.5
HELD_S = 30.0
UNCONFIRMED_S = 0.5
HITS = 3
MOVED = 0.25  # of its size: what never moves so far was never alive (a sign post)
STILL_SHARE = 0.02
LARGEST_COST = 0.85
_FAMILY = {"car": "vehicle", "bus": "vehicle", "truck": "vehicle", "bicycle": "cycle", "motorcycle": "cycle"}


class Sighting(NamedTuple):
    """One object in one picture."""

    box: Box
    label: str
    score: float


class Track(Struct):
    """One object over time.

    ``seen_s`` when it was last seen, or last known to stand still; ``sure_s`` when last seen clearly.
    """

    number: int
    label: str
    score: float
    box: Box
    seen_s: float
    matched_s: float
    born: tuple[float, float]
    velocity: tuple[float, float] = (0.0, 0.0)
    hits: int = 1
    sure_s: float = 0.0
    moved: bool = False
    votes: dict[str, float] = field(default_factory=dict)

    @property
    def foot(self) -> tuple[float, float]:
        """Where it stands: the bottom centre of its box."""
        return self.box[0] + self.box[2] / 2, self.box[1] + self.box[3]

    def expected(self, t_s: float) -> Box:
        """Return its box at ``t_s`` if it went on as it went."""
        dt_s = min(t_s - self.matched_s, LOST_S)
        return (
            self.box[0] + self.velocity[0] * dt_s,
            self.box[1] + self.velocity[1] * dt_s,
            self.box[2],
            self.box[3],
        )

    def take(self, sighting: Sighting, t_s: float) -> None:
        """Go on with a sighting."""
        dt_s = t_s - self.matched_s
        if dt_s > 0:
            before, now = centre(self.box), centre(sighting.box)
            weight = 1.0 if self.hits == 1 else 0.5
            self.velocity = (
                self.velocity[0] + weight * ((now[0] - before[0]) / dt_s - self.velocity[0]),
                self.velocity[1] + weight * ((now[1] - before[1]) / dt_s - self.velocity[1]),
            )
        self.box, self.seen_s, self.matched_s, self.hits = sighting.box, t_s, t_s, self.hits + 1
        self.sure_s = t_s if sighting.score >= SURE else self.sure_s
        self._vote(sighting)
        way = math.dist(centre(self.box), self.born)
        self.moved = self.moved or way >= MOVED * math.sqrt(self.box[2] * self.box[3])

    def _vote(self, sighting: Sighting) -> None:
        if sighting.label == ANYTHING and self.label != ANYTHING:
            return
        self.score = sighting.score
        self.votes[sighting.label] = self.votes.get(sighting.label, 0.0) + sighting.score
        self.label = max(self.votes, key=lambda label: self.votes[label])


class Tracker:
    """The tracks of one camera."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tracks: list[Track] = []
        self._next = 1

    @property
    def any(self) -> bool:
        """Tell whether something is being followed."""
        return any(track.moved for track in self._tracks)

    @property
    def boxes(self) -> list[Box]:
        """Where everything that is followed was last."""
        return [track.box for track in self._tracks]

    def update(
        self, seen: Sequence[Sighting], t_s: float, share: Callable[[Box], float], blobs: Sequence[Box] = ()
    ) -> list[Track]:
        """Go on to ``t_s`` and return the tracks that are there and alive.

        Args:
            seen: what was sighted, boxes in pixels of the frame.
            t_s: time of the picture in seconds, never going back.
            share: how much of a box moves, 0 … 1.
            blobs: what moved, for tracks that were not sighted.
        """
        sure = [s for s in seen if s.score >= SURE]
        left = self._match(self._tracks, sure, t_s)
        born = [s for s in sure if not any(track.box is s.box for track in self._tracks)]
        left = self._match(left, [s for s in seen if UNSURE <= s.score < SURE], t_s)
        known = [track for track in left if track.moved and track.hits >= HITS]
        taken = [track.box for track in self._tracks if track.matched_s == t_s]
        free = [Sighting(box, ANYTHING, UNSURE) for box in blobs if not any(_covers(box, b) for b in taken)]
        self._match(known, free, t_s, alike=True)
        self._hold(t_s, share)
        self._tracks += [self._new(s, t_s) for s in born]
        return [t for t in self._tracks if t.seen_s == t_s and t.moved and t.hits >= HITS]

    def _hold(self, t_s: float, share: Callable[[Box], float]) -> None:
        for track in self._tracks:
            if track.matched_s < t_s and t_s - track.matched_s < HELD_S and share(track.box) < STILL_SHARE:
                track.seen_s = t_s
        self._tracks = [
            track
            for track in self._tracks
            if t_s - track.seen_s <= (LOST_S if track.hits >= HITS else UNCONFIRMED_S)
        ]

    def _new(self, sighting: Sighting, t_s: float) -> Track:
        track = Track(
            self._next, sighting.label, sighting.score, sighting.box, t_s, t_s, centre(sighting.box)
        )
        track.votes[sighting.label], track.sure_s = sighting.score, t_s
        self._next += 1
        return track

    def _match(
        self, tracks: list[Track], seen: Sequence[Sighting], t_s: float, *, alike: bool = False
    ) -> list[Track]:
        """Give sightings to tracks at the least total cost; return the tracks that got none."""
        if not tracks or not seen:
            return list(tracks)
        costs = np.array([[_cost(track, s, t_s, alike=alike) for s in seen] for track in tracks])
        got = set()
        for row, column in zip(*linear_sum_assignment(costs), strict=True):
            if costs[row, column] <= LARGEST_COST:
                tracks[row].take(seen[column], t_s)
                got.add(int(row))
        return [track for row, track in enumerate(tracks) if row not in got]


def _cost(track: Track, sighting: Sighting, t_s: float, *, alike: bool) -> float:
    if ANYTHING not in {track.label, sighting.label} and family(track.label) != family(sighting.label):
        return 10.0
    box = track.expected(t_s)
    ratio = (box[2] * box[3]) / max(1e-9, sighting.box[2] * sighting.box[3])
    widest = 2.0 if alike else 4.0
    if not 1 / widest <= ratio <= widest:
        return 10.0
    far = math.dist(centre(box), centre(sighting.box)) / max(1e-9, math.hypot(box[2], box[3]))
    return 0.5 * (1 - overlap(box, sighting.box)) + 0.5 * far


def family(label: str) -> str:
    """Return the kinds of thing that a detector mixes up, under one name."""
    return _FAMILY.get(label, label)


def centre(box: Box) -> tuple[float, float]:
    """Return the middle of a box."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def common(a: Box, b: Box) -> float:
    """Return the area that two boxes share, in square pixels."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union, 0 … 1."""
    both = common(a, b)
    return both / max(1e-9, a[2] * a[3] + b[2] * b[3] - both)


def _covers(a: Box, b: Box) -> bool:
    return common(a, b) > 0.3 * min(a[2] * a[3], b[2] * b[3])
