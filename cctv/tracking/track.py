"""One object over time, and the boxes it is seen in."""

import math
from collections import deque
from collections.abc import Sequence
from typing import Literal, NamedTuple

from msgspec import Struct, field

Box = tuple[float, float, float, float]  # x, y, width, height in pixels

# what detectors name, in the words of COCO: the classes that matter to a park
Named = Literal["person", "bicycle", "car", "motorcycle", "bus", "truck", "backpack", "handbag", "suitcase"]
ANYTHING = "object"  # the label of what moves, as far as motion alone can tell
SURE = 0.4
UNSURE = 0.12
COAST_S = 0.6  # a speed says no more after that
MOVED = 0.25  # of its size: what never moves so far was never alive (a sign post)
GREW, GREW_NEW = 3.0, 1.6  # times the area: coming into the picture, or nearer; of what is all new there
GROWS = 0.1  # of its box moves: what does not stir was only found larger
WITHIN = 0.95  # of a vehicle's box: no further than where it was found before is a part of it, and no way
ALONG = 0.2  # of the way of the other edge
REST_S, RESTED = 0.8, 0.4  # moving so little of its size in this time is standing
PART_INSIDE, WHOLE = 0.75, 0.7  # a blob inside a box is a part of it, unless it is about as large
SHORT_S, BACK = 3.0, 0.8  # moved and back where it began so soon: something passed before it
HITS = 3
TWICE = 2
LONG_HITS = 6
# A track has come into the picture, and did not stand there before
NEW = 0.4  # share of its box that is new in one hit
NEW_HITS = 6  # least hits of that kind
NEW_PART = 0.7  # share of those among all its hits
RIDING = 0.25  # of the times it was named: a small cycle is found now and then
PATH_S = 12.0
PATH_EVERY_S = 0.15
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
    """One object in one picture.

    ``turned``: found only with the picture turned by ±90°. ``rides``: the cycle that a person is on.
    """

    box: Box
    label: str
    score: float
    turned: bool = False
    rides: str | None = None


class Past(NamedTuple):
    """Where a track was: seconds, box in pixels of the frame."""

    t_s: float
    box: Box


class Track(Struct):
    """One object over time.

    ``seen_s`` when it was last seen, or last known to stand still; ``sure_s`` when last seen clearly;
    ``named_s`` when the detector, not motion alone, last found it; ``turned_s`` when it last was found lying,
    with the picture turned; ``born_s`` when it began. ``path`` is where it was in the last ``PATH_S``, oldest
    first, a few times a second, standing still included, this picture's box last. ``taken`` is where and when
    it last was sighted, not carried on. ``ridden``: how often it was seen on ``cycle``; ``stirred``: how many
    of its ``hits`` were motion alone; ``new``: how often it was what is new; ``home``: all of
    where it was found before it moved; ``came``: where it was, by motion, before the detector named it;
    ``went``: at least its own length since.
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
    home: Box | None = None
    votes: dict[str, float] = field(default_factory=dict)
    born_s: float = 0.0
    named_s: float = float("-inf")
    turned_s: float = float("-inf")
    path: deque[Past] = field(default_factory=deque)
    taken: Past | None = None
    cycle: str | None = None
    ridden: int = 0
    stirred: int = 0
    new: int = 0
    came: list[Past] = field(default_factory=list)
    went: bool = False

    @property
    def confirmed(self) -> bool:
        """Whether it surely is there: named a few times, or twice and seen to go its own length."""
        return self.went or self.hits - self.stirred >= HITS

    @property
    def rides(self) -> str | None:
        """The cycle it is on; who passes a parked one is seen with it too seldom."""
        return self.cycle if self.ridden >= RIDING * (self.hits - self.stirred) else None

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
        if sighting.label == ANYTHING != self.label and _is_part(sighting.box, self.box):
            sighting = sighting._replace(box=self.box)
        since_s, start = self.taken or Past(self.matched_s, self.box)
        dt_s = t_s - since_s
        if sighting.turned:
            self.velocity = (0.0, 0.0)  # who lies stays: another shape is no speed
        elif dt_s > 0:
            before, now = centre(start), centre(sighting.box)
            weight = 1.0 if self.hits == 1 else 0.5
            self.velocity = (
                self.velocity[0] + weight * ((now[0] - before[0]) / dt_s - self.velocity[0]),
                self.velocity[1] + weight * ((now[1] - before[1]) / dt_s - self.velocity[1]),
            )
        self.box = sighting.box
        self.seen_s = t_s
        self.matched_s = t_s
        self.hits = self.hits + 1
        self.taken = Past(t_s, sighting.box)
        self.sure_s = t_s if sighting.score >= SURE else self.sure_s
        self.named_s = self.named_s if sighting.label == ANYTHING else t_s
        self.stirred += sighting.label == ANYTHING != self.label
        self.turned_s = t_s if sighting.turned else self.turned_s
        self._ride(sighting)
        self._vote(sighting)
        first = self.first or self.box
        named = self.hits - self.stirred
        if named >= TWICE and self.hits >= LONG_HITS:
            self.went = self.went or went_px(first, self.box) >= math.sqrt(self.box[2] * self.box[3])
        if not self.moved and self._leaves(first):
            self.moved, self.moved_s = True, t_s
        elif self.moved and t_s - self.moved_s < SHORT_S and overlap(self.box, first) > BACK:
            self.moved = False

    def grow(self, t_s: float, share: float) -> None:
        """Note that it has come if it has grown, though it goes nowhere: nearer, or in at the picture's edge.

        ``share`` of its box moves. One that is filled by what is new need not grow so much.
        """
        self.new += share >= NEW and self.named_s == t_s and self.score >= SURE
        often = self.new >= max(NEW_HITS, NEW_PART * (self.hits - self.stirred))
        if share >= GROWS and grew(self.first or self.box, self.box, GREW_NEW if often else GREW):
            self.moved, self.moved_s = True, t_s

    def _leaves(self, first: Box) -> bool:
        """Tell whether it goes from home, else widen that by where it is: a parked car is found by halves."""
        area, home = self.box[2] * self.box[3], self.home or first
        if went_px(first, self.box) < MOVED * math.sqrt(area):
            self.home = hull([home, self.box])
            return False
        return family(self.label) != "vehicle" or common(self.box, home) < WITHIN * area

    def carry(self, t_s: float) -> None:
        """Go on to ``t_s`` as it went, unless it was sighted just now."""
        if self.matched_s < t_s:
            self.box = self.expected(t_s)
            self.matched_s = t_s
            self.seen_s = t_s

    def grown(self, over_s: float = 6.0) -> Box:
        """Return its largest box of the last seconds, put where it is now: a body half seen is no smaller."""
        recent = [past.box for past in self.path if past.t_s >= self.path[-1].t_s - over_s]
        w, h = max([self.box, *recent], key=lambda box: box[2] * box[3])[2:]
        x, y = centre(self.box)
        return x - w / 2, y - h / 2, w, h

    def rested(self) -> bool:
        """Tell whether it stood about still when last seen: who walked out of sight is not held there."""
        return self.way_px(REST_S) <= RESTED * math.sqrt(self.box[2] * self.box[3])

    def stands(self, within: float = RESTED) -> bool:
        """Tell whether it was watched for ``REST_S`` and moved less than ``within`` of its size then."""
        watched = bool(self.path) and self.path[-1].t_s - self.path[0].t_s >= REST_S - 0.01
        return watched and self.way_px(REST_S) <= within * math.sqrt(self.box[2] * self.box[3])

    def remember(self, t_s: float) -> None:
        """Note where it is now."""
        if self.path and t_s - self.path[-1].t_s <= 0:
            return
        if len(self.path) > 1 and t_s - self.path[-2].t_s < PATH_EVERY_S:
            self.path.pop()
        self.path.append(Past(t_s, self.box))
        while t_s - self.path[0].t_s > PATH_S:
            self.path.popleft()

    def _ride(self, sighting: Sighting) -> None:
        if sighting.rides:
            self.cycle, self.ridden = sighting.rides, self.ridden + 1

    def _vote(self, sighting: Sighting) -> None:
        if sighting.label == ANYTHING and self.label != ANYTHING:
            return
        self.score = sighting.score
        self.votes[sighting.label] = self.votes.get(sighting.label, 0.0) + sighting.score
        self.label = max(self.votes, key=lambda label: self.votes[label])


def family(label: str) -> str:
    """Return the kinds of thing that a detector mixes up, under one name."""
    return _FAMILY.get(label, label)


def _is_part(blob: Box, box: Box) -> bool:
    area = blob[2] * blob[3]
    return common(blob, box) > PART_INSIDE * area and area < WHOLE * box[2] * box[3]


def centre(box: Box) -> tuple[float, float]:
    """Return the middle of a box."""
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def went_px(first: Box, now: Box) -> float:
    """Return how far the middle of a box has gone; where an edge stays it was only found larger."""
    left, right = now[0] - first[0], now[0] + now[2] - first[0] - first[2]
    top, bottom = now[1] - first[1], now[1] + now[3] - first[1] - first[3]
    return math.hypot(_together(left, right), _together(top, bottom))


def _together(a: float, b: float) -> float:
    near, far = sorted((abs(a), abs(b)))
    return (a + b) / 2 if a * b > 0 and near >= ALONG * far else 0.0


def grew(first: Box, now: Box, times: float) -> bool:
    """Tell whether a box is ``times`` as large or small as it was."""
    ratio = max(1e-9, now[2] * now[3]) / max(1e-9, first[2] * first[3])
    return not 1 / times < ratio < times


def scaled(box: Box, scale: tuple[float, float]) -> Box:
    """Return a box with its x and y stretched."""
    return box[0] * scale[0], box[1] * scale[1], box[2] * scale[0], box[3] * scale[1]


def hull(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all; there is at least one."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


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
