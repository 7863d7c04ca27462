"""Who is who from picture to picture: ByteTrack's order of matching, on constant velocity.

Zhang et al. 2022: sure sightings are matched first, then the unsure ones to the tracks left over.
Here a third pass lets plain motion carry a track that the detector lost, and a track in whose box
nothing moves is held: who stands still is still there.
"""

import math
from collections import deque
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
COAST_S = 0.6  # a speed says no more after that
UNCONFIRMED_S = 0.5
HITS = 3
MOVED = 0.25  # of its size: what never moves so far was never alive (a sign post)
STILL_SHARE = 0.02
REST_S, RESTED = 0.8, 0.4  # moving so little of its size in this time is standing
PART_INSIDE = 0.75
SHORT_S, BACK = 3.0, 0.8  # moved and back where it began so soon: something passed before it
LARGEST_COST = 0.85
LARGEST_UNSURE_COST = 0.6  # a doubtful box is believed where it lies well
ADOPTED = 0.5  # of the smaller box
PATH_S = 12.0
PATH_EVERY_S = 0.15
LOST_FOR_S = 0.2  # a detector that misses a picture has lost nobody
FEW, KNOWN_HITS, KNOWN_S, OWN = 3, 6, 0.3, 0.7  # when a look at the next picture would tell nothing new
UPRIGHT = 1.6  # height by width of somebody walking
EDGE = 0.02  # of the picture's side: who goes there has left
_FAMILY = {
    "car": "vehicle",
    "bus": "vehicle",
    "truck": "vehicle",
    "bicycle": "cycle",
    "motorcycle": "cycle",
    "backpack": "bag",
    "handbag": "bag",
    "suitcase": "bag",
}


class Sighting(NamedTuple):
    """One object in one picture; ``turned``: found only with the picture turned by ±90°."""

    box: Box
    label: str
    score: float
    turned: bool = False


class Past(NamedTuple):
    """Where a track was: seconds, box in pixels of the frame."""

    t_s: float
    box: Box


class Track(Struct):
    """One object over time.

    ``seen_s`` when it was last seen, or last known to stand still; ``sure_s`` when last seen clearly;
    ``named_s`` when the detector, not motion alone, last found it; ``turned_s`` when it last was found lying,
    with the picture turned; ``born_s`` when it began. ``path`` is where it was in the last ``PATH_S``, oldest
    first, a few times a second, standing still included, this picture's box last.
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
    moved_s: float = 0.0
    first: Box | None = None
    votes: dict[str, float] = field(default_factory=dict)
    born_s: float = 0.0
    named_s: float = float("-inf")
    turned_s: float = float("-inf")
    path: deque[Past] = field(default_factory=deque)

    @property
    def foot(self) -> tuple[float, float]:
        """Where it stands: the bottom centre of its box."""
        return self.box[0] + self.box[2] / 2, self.box[1] + self.box[3]

    def was(self, t_s: float) -> Box:
        """Return its box at a time of the last ``PATH_S``: the last one not after it, else the oldest."""
        earlier = [past.box for past in self.path if past.t_s <= t_s]
        return earlier[-1] if earlier else (self.path[0].box if self.path else self.box)

    def way_px(self, over_s: float) -> float:
        """Return how far its foot came in the last ``over_s`` seconds, as the crow flies, in pixels."""
        then = self.was((self.path[-1].t_s if self.path else self.seen_s) - over_s)
        return math.dist(self.foot, (then[0] + then[2] / 2, then[1] + then[3]))

    def speed_px_s(self, over_s: float = 1.0) -> float:
        """Return its mean speed over the last ``over_s`` seconds (or its shorter life), pixels a second."""
        if len(self.path) < 2:
            return 0.0
        now_s = self.path[-1].t_s
        since_s = max(self.path[0].t_s, now_s - over_s)
        return self.way_px(over_s) / max(1e-9, now_s - since_s) if now_s > since_s else 0.0

    def expected(self, t_s: float) -> Box:
        """Return its box at ``t_s`` if it went on as it went."""
        dt_s = min(t_s - self.matched_s, COAST_S)
        return (
            self.box[0] + self.velocity[0] * dt_s,
            self.box[1] + self.velocity[1] * dt_s,
            self.box[2],
            self.box[3],
        )

    def take(self, sighting: Sighting, t_s: float) -> None:
        """Go on with a sighting.

        A blob inside the box is a part of it that stirs, or all of it that is not background yet.
        """
        area = sighting.box[2] * sighting.box[3]
        if sighting.label == ANYTHING != self.label and common(self.box, sighting.box) > PART_INSIDE * area:
            sighting = sighting._replace(box=self.box)
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
        self.named_s = self.named_s if sighting.label == ANYTHING else t_s
        self.turned_s = t_s if sighting.turned else self.turned_s
        self._vote(sighting)
        way = math.dist(centre(self.box), self.born)
        if not self.moved and way >= MOVED * math.sqrt(self.box[2] * self.box[3]):
            self.moved, self.moved_s = True, t_s
        elif self.moved and t_s - self.moved_s < SHORT_S and overlap(self.box, self.first or self.box) > BACK:
            self.moved = False

    def grown(self, over_s: float = 3.0) -> Box:
        """Return its largest box of the last seconds, put where it is now: a body half seen is no smaller.

        Who lies already is as large as the box says.
        """
        if self.box[2] > self.box[3] or not self.path:
            return self.box
        recent = [past.box for past in self.path if past.t_s >= self.path[-1].t_s - over_s]
        w, h = max([self.box, *recent], key=lambda box: box[2] * box[3])[2:]
        x, y = centre(self.box)
        return x - w / 2, y - h / 2, w, h

    def rested(self) -> bool:
        """Tell whether it stood about still when last seen: who walked out of sight is not held there."""
        return self.way_px(REST_S) <= RESTED * math.sqrt(self.box[2] * self.box[3])

    def remember(self, t_s: float) -> None:
        """Note where it is now."""
        if self.path and t_s - self.path[-1].t_s <= 0:
            return
        if len(self.path) > 1 and t_s - self.path[-2].t_s < PATH_EVERY_S:
            self.path.pop()
        self.path.append(Past(t_s, self.box))
        while t_s - self.path[0].t_s > PATH_S:
            self.path.popleft()

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
        born = [s for s in sure if not s.turned and not any(track.box is s.box for track in self._tracks)]
        unsure = [s for s in seen if UNSURE <= s.score < SURE]
        left = self._match(left, unsure, t_s, LARGEST_UNSURE_COST)
        left, born = self._adopt(left, born, t_s)
        known = [track for track in left if track.moved and track.hits >= HITS]
        taken = [track.box for track in self._tracks if track.matched_s == t_s]
        free = [Sighting(box, ANYTHING, UNSURE) for box in blobs if not any(covers(box, b) for b in taken)]
        self._match(known, free, t_s, alike=True)
        self._hold(t_s, share)
        self._tracks += [self._new(s, t_s) for s in born]
        for track in self._tracks:
            if track.seen_s == t_s:
                track.remember(t_s)
        return self._alive(t_s)

    def steady(self, t_s: float, blobs: Sequence[Box]) -> bool:
        """Tell whether nothing new goes on: a few well known things, just named, and all that moves is they.

        Args:
            t_s: time of this picture.
            blobs: what moved in it, in the boxes' pixels.
        """
        if not 0 < len(self._tracks) <= FEW or not all(_known(track, t_s) for track in self._tracks):
            return False
        boxes = [track.expected(t_s) for track in self._tracks]
        if any(covers(a, b) for n, a in enumerate(boxes) for b in boxes[:n]):
            return False
        return all(any(common(box, blob) >= OWN * blob[2] * blob[3] for box in boxes) for blob in blobs)

    def coast(self, t_s: float) -> list[Track]:
        """Go on to ``t_s`` without a look: everyone goes on as they went."""
        for track in self._tracks:
            track.box, track.matched_s, track.seen_s = track.expected(t_s), t_s, t_s
            track.remember(t_s)
        return self._alive(t_s)

    def wait(self, t_s: float) -> list[Track]:
        """Go on to ``t_s`` without looking (the whole picture changed): everyone is where they were."""
        for track in self._tracks:
            track.seen_s = t_s
            track.matched_s = max(track.matched_s, t_s - LOST_S)
        return self._alive(t_s)

    def forget(self) -> None:
        """Begin again: another scene. Numbers are not used twice."""
        self._tracks = []

    def lost(
        self,
        seen: Sequence[Sighting],
        t_s: float,
        looked: Box,
        frame: tuple[int, int],
        blobs: Sequence[Box] = (),
    ) -> list[Track]:
        """Return the people who were there, are not among ``seen`` and did not leave at the picture's edge.

        Args:
            seen: what the detector found in this picture.
            t_s: time of this picture.
            looked: where the detector looked.
            frame: width and height of the picture that all boxes are pixels of.
            blobs: what moved.
        """
        people = [s.box for s in seen if s.label == "person"]
        others = [blob for blob in blobs if not any(covers(blob, box, 0.7) for box in people)]
        return [
            track
            for track in self._tracks
            if track.label == "person"
            and track.moved
            and track.hits >= HITS
            and t_s - track.named_s >= LOST_FOR_S
            and common(track.box, looked) >= 0.7 * track.box[2] * track.box[3]
            and not _leaving(track, frame)
            and _may_lie(track, t_s, others)
            and not any(covers(box, track.box) for box in people)
        ]

    def _alive(self, t_s: float) -> list[Track]:
        return [t for t in self._tracks if t.seen_s == t_s and t.moved and t.hits >= HITS]

    def _hold(self, t_s: float, share: Callable[[Box], float]) -> None:
        there = [track for track in self._tracks if track.matched_s == t_s]
        for track in self._tracks:
            if track.matched_s == t_s or t_s - track.matched_s >= HELD_S or share(track.box) >= STILL_SHARE:
                continue
            if not track.rested():
                continue
            if not any(_double(track, other) for other in there):
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
        track.born_s, track.first = t_s, sighting.box
        track.named_s = float("-inf") if sighting.label == ANYTHING else t_s
        track.votes[sighting.label], track.sure_s = sighting.score, t_s
        self._next += 1
        return track

    def _adopt(
        self, left: list[Track], born: list[Sighting], t_s: float
    ) -> tuple[list[Track], list[Sighting]]:
        """Give newcomers that lie on somebody unseen to that one: a body half found is nobody else."""
        rest = list(born)
        for track in sorted(left, key=lambda t: -t.hits):
            near = [
                s
                for s in rest
                if family(s.label) == family(track.label) and covers(s.box, track.box, ADOPTED)
            ]
            if near:
                best = max(near, key=lambda s: common(s.box, track.box))
                track.take(best, t_s)
                rest.remove(best)
        return [track for track in left if track.matched_s < t_s], rest

    def _match(
        self,
        tracks: list[Track],
        seen: Sequence[Sighting],
        t_s: float,
        largest: float = LARGEST_COST,
        *,
        alike: bool = False,
    ) -> list[Track]:
        """Give sightings to tracks at the least total cost; return the tracks that got none."""
        if not tracks or not seen:
            return list(tracks)
        costs = np.array([[_cost(track, s, t_s, alike=alike) for s in seen] for track in tracks])
        got = set()
        for row, column in zip(*linear_sum_assignment(costs), strict=True):
            if costs[row, column] <= largest:
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


def _double(track: Track, other: Track) -> bool:
    """Tell whether a track that is not seen is but another box of one that is."""
    return family(track.label) == family(other.label) and covers(track.box, other.box, 0.7)


def family(label: str) -> str:
    """Return the kinds of thing that a detector mixes up, under one name."""
    return _FAMILY.get(label, label)


def centre(box: Box) -> tuple[float, float]:
    """Return the middle of a box."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def scaled(box: Box, scale: tuple[float, float]) -> Box:
    """Return a box with its x and y stretched."""
    return box[0] * scale[0], box[1] * scale[1], box[2] * scale[0], box[3] * scale[1]


def common(a: Box, b: Box) -> float:
    """Return the area that two boxes share, in square pixels."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union, 0 … 1."""
    both = common(a, b)
    return both / max(1e-9, a[2] * a[3] + b[2] * b[3] - both)


def covers(a: Box, b: Box, share: float = 0.3) -> bool:
    """Tell whether two boxes share more than ``share`` of the smaller one."""
    return common(a, b) > share * min(a[2] * a[3], b[2] * b[3])


def _may_lie(track: Track, t_s: float, blobs: Sequence[Box]) -> bool:
    """Tell whether a lost person can have fallen: not who walks on as a tall blob, nor who never stirred."""
    x, y, w, h = track.box
    if h < UPRIGHT * w:
        return True
    if track.named_s < track.matched_s and t_s - track.matched_s < LOST_FOR_S:
        return False
    return any(common((x - h / 2, y, w + h, 1.2 * h), blob) > 0 for blob in blobs)


def _known(track: Track, t_s: float) -> bool:
    return track.moved and track.hits >= KNOWN_HITS and t_s - track.named_s <= KNOWN_S


def _leaving(track: Track, frame: tuple[int, int]) -> bool:
    """Tell whether a track at the picture's edge was going out there."""
    x, y, w, h = track.box
    rim_x, rim_y = EDGE * frame[0], EDGE * frame[1]
    speed = 0.15 * max(w, h)  # a step a second
    return (
        (x <= rim_x and track.velocity[0] < -speed)
        or (x + w >= frame[0] - rim_x and track.velocity[0] > speed)
        or (y <= rim_y and track.velocity[1] < -speed)
    )
