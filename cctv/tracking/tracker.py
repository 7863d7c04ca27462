"""Who is who from picture to picture: ByteTrack's order of matching, on constant velocity.

Zhang et al. 2022: sure sightings are matched first, then the unsure ones to the tracks left over.
Here a third pass lets plain motion carry a track that the detector lost, and a track in whose box
nothing moves is held: who stands still is still there.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from cctv.tracking.track import (
    ANYTHING,
    SURE,
    UNSURE,
    Box,
    Named,
    Past,
    Sighting,
    Track,
    centre,
    common,
    covers,
    family,
    overlap,
    scaled,
)
from cctv.tracking.unlabelled_motion import Strangers

__all__ = [
    "ANYTHING",
    "SURE",
    "UNSURE",
    "Box",
    "Named",
    "Past",
    "Sighting",
    "Track",
    "Tracker",
    "centre",
    "common",
    "covers",
    "family",
    "overlap",
    "scaled",
]


LOST_S = 1.5
HELD_S = 30.0
FOUND_AGAIN_S = 4.5  # two or three looks after the light changed: the ground was learnt anew with all on it
UNCONFIRMED_S = 1.0  # two looks at what moves may miss somebody new
LIVING = {"person", "vehicle", "cycle"}  # families of what comes and goes by itself
STILL_SHARE = 0.02
LARGEST_COST = 0.85
LARGEST_RESTING_COST = 0.7  # who stands does not leap: farther away is somebody else
LONG_UNSEEN_S, LARGEST_UNSEEN_COST = 2.0, 0.4  # who is only held is found again where they stood, or has left
LARGEST_UNSURE_COST = 0.6  # a doubtful box is believed where it lies well
ADOPTED = 0.5  # of the smaller box
RESHAPED = 2.0  # times as tall for its width: from one picture to the next no vehicle turns so far
MISSING_S = 6.0  # who has not been found for so long is looked for like everybody else
LOST_FOR_S = 0.2  # a detector that misses a picture has lost nobody
YOUNG_S, KNOWN_S = 0.5, 0.3  # who is older, and was named so shortly, is known to go on as they went
UPRIGHT = 1.6  # height by width of somebody walking
EDGE = 0.02  # of the picture's side: who goes there has left


class Tracker:
    """The tracks of one camera."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tracks: list[Track] = []
        self._there: list[Track] = []
        self._strangers = Strangers()
        self._next = 1
        self._last_s = 0.0
        self._anew_s = float("-inf")

    @property
    def any(self) -> bool:
        """Tell whether something is being followed."""
        return any(track.moved for track in self._tracks)

    def missing(self, t_s: float) -> bool:
        """Tell whether somebody has not been found for a moment, though still followed."""
        return any(
            _is_somebody(track) and LOST_FOR_S <= t_s - track.named_s <= MISSING_S for track in self._tracks
        )

    def others(self, there: Sequence[Track]) -> list[Track]:
        """Return who was seen a moment ago but is not among ``there``: lost just now, or yet to stir."""
        numbers = {track.number for track in there}
        return [t for t in self._tracks if family(t.label) in LIVING and t.number not in numbers]

    @property
    def boxes(self) -> list[Box]:
        """Where everything that is followed was last."""
        return [track.box for track in self._tracks]

    def update(
        self,
        seen: Sequence[Sighting],
        t_s: float,
        share: Callable[[Box], float],
        blobs: Sequence[Box] = (),
        carried: Sequence[Track] = (),
    ) -> list[Track]:
        """Go on to ``t_s`` and return the tracks that are there and alive.

        Args:
            seen: what was sighted, boxes in pixels of the frame.
            t_s: time of the picture in seconds, never going back.
            share: how much of a box moves, 0 … 1.
            blobs: what moved, for tracks that were not sighted.
            carried: who goes on as they went if not sighted.
        """
        sure = [s for s in seen if s.score >= SURE]
        left = self._match(self._tracks, sure, t_s)
        born = [s for s in sure if not s.turned and not any(track.box is s.box for track in self._tracks)]
        laid = [s for s in seen if UNSURE <= s.score < SURE and s.turned]
        left = self._match(left, laid, t_s)
        unsure = [s for s in seen if UNSURE <= s.score < SURE and not s.turned]
        left = self._match(left, unsure, t_s, LARGEST_UNSURE_COST)
        left, born = self._adopt(left, born, t_s)
        for track in carried:
            track.carry(t_s)
        left = [track for track in left if track.matched_s < t_s]
        known = [track for track in left if _goes(track, t_s)]
        taken = [track.box for track in self._tracks if track.matched_s == t_s]
        free = [Sighting(box, ANYTHING, UNSURE) for box in blobs if not any(covers(box, b) for b in taken)]
        self._match(known, free, t_s, alike=True)
        fresh = [self._new(s, t_s) for s in born]
        taken = [track.box for track in [*self._tracks, *fresh] if track.matched_s == t_s]
        self._strangers.follow([box for box in blobs if not any(covers(box, b) for b in taken)], t_s)
        self._hold(t_s, share)
        self._tracks += fresh
        self._notice(t_s, share)
        for track in self._tracks:
            if track.seen_s == t_s:
                track.remember(t_s)
        self._last_s, self._there = t_s, self._alive(t_s)
        return self._there

    def known(self, t_s: float) -> list[Track]:
        """Return who is so well known, and was named so shortly, that a look would tell nothing new."""
        return [t for t in self._tracks if _settled(t, t_s) and t_s - t.named_s <= KNOWN_S]

    def settled(self, t_s: float) -> list[Box]:
        """Return where everything that has been followed for a while should be at ``t_s``."""
        return [track.expected(t_s) for track in self._tracks if _settled(track, t_s)]

    def unclear(self, t_s: float) -> list[Box]:
        """Return where at ``t_s`` newcomers should be, and who lies on one another."""
        young = [t.expected(t_s) for t in self._tracks if t_s - t.born_s < YOUNG_S]
        boxes = [t.expected(t_s) for t in self._tracks if t.moved]
        mixed = [a for n, a in enumerate(boxes) if any(n != m and covers(a, b) for m, b in enumerate(boxes))]
        return [*young, *mixed]

    def wait(self, t_s: float) -> list[Track]:
        """Go on to ``t_s`` without looking (the whole picture changed): who stood is where they were.

        The time counts for nobody who stood, or a lamp that flickers holds a ghost; who was going went on.
        """
        for track in self._tracks:
            track.seen_s += t_s - self._last_s
            stood_s = track.matched_s + t_s - self._last_s
            track.matched_s = stood_s if track.rested() else max(track.matched_s, t_s - LOST_S)
        self._last_s = self._anew_s = t_s
        self._strangers = Strangers()
        return self._there

    def forget(self) -> None:
        """Begin again: another scene. Numbers are not used twice."""
        self._tracks = []
        self._there = []
        self._strangers = Strangers()

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
            if _is_somebody(track)
            and t_s - track.named_s >= LOST_FOR_S
            and common(track.box, looked) >= 0.7 * track.box[2] * track.box[3]
            and not _leaving(track, frame)
            and _may_lie(track, t_s, others)
            and not any(covers(box, track.box) for box in people)
        ]

    def _alive(self, t_s: float) -> list[Track]:
        return [t for t in self._tracks if t.seen_s == t_s and t.moved and t.confirmed]

    def _hold(self, t_s: float, share: Callable[[Box], float]) -> None:
        there = [track for track in self._tracks if track.matched_s == t_s]
        for track in self._tracks:
            if track.matched_s == t_s or t_s - track.matched_s >= HELD_S or share(track.box) >= STILL_SHARE:
                continue
            if not track.rested() or self._vanished(track, t_s):
                continue
            if not any(_double(track, other) for other in there):
                track.seen_s = t_s
        self._tracks = [
            track
            for track in self._tracks
            if t_s - track.seen_s <= (LOST_S if track.confirmed else UNCONFIRMED_S)
            and not _taken_over(track, there)
        ]

    def _notice(self, t_s: float, share: Callable[[Box], float]) -> None:
        """Tell who has come by growing; what moves in a box may be somebody else who passes before it."""
        here = [track for track in self._tracks if track.matched_s == t_s]
        there = [track.box for track in here if track.moved]
        for track in here:
            if not track.moved and not any(covers(box, track.box) for box in there):
                track.grow(t_s, share(track.box))

    def _vanished(self, track: Track, t_s: float) -> bool:
        """Tell whether one has not been found since all of the picture changed: may have left then."""
        return track.label != ANYTHING and track.named_s < self._anew_s <= t_s - FOUND_AGAIN_S

    def _new(self, sighting: Sighting, t_s: float) -> Track:
        track = Track(
            self._next, sighting.label, sighting.score, sighting.box, t_s, t_s, centre(sighting.box)
        )
        track.born_s, track.first = t_s, sighting.box
        track.cycle, track.ridden = sighting.rides, int(sighting.rides is not None)
        track.named_s = float("-inf") if sighting.label == ANYTHING else t_s
        if way := self._strangers.claim(sighting.box, t_s):
            track.first = way[0].box
            track.came = way
            track.stirred = len(way)
            track.hits += len(way)
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
                if family(s.label) == family(track.label)
                and covers(s.box, track.box, ADOPTED)
                and _cost(track, s, t_s, alike=False) <= _patience(track, s, t_s)
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
        """Give sightings to tracks at the least total cost; return the tracks that got none.

        ``largest``: the cost beyond which it is somebody else.
        """
        if not tracks or not seen:
            return list(tracks)
        costs = np.array([[_cost(track, s, t_s, alike=alike) for s in seen] for track in tracks])
        got = set()
        for row, column in zip(*linear_sum_assignment(costs), strict=True):
            if costs[row, column] <= min(largest, _patience(tracks[row], seen[column], t_s)):
                tracks[row].take(seen[column], t_s)
                got.add(int(row))
        return [track for row, track in enumerate(tracks) if row not in got]


def _cost(track: Track, sighting: Sighting, t_s: float, *, alike: bool) -> float:
    if ANYTHING not in {track.label, sighting.label} and family(track.label) != family(sighting.label):
        return 10.0
    box = track.grown() if sighting.turned else track.expected(t_s)
    ratio = (box[2] * box[3]) / max(1e-9, sighting.box[2] * sighting.box[3])
    widest = 2.0 if alike else 4.0
    if not 1 / widest <= ratio <= widest or (alike and not _keeps_shape(track, sighting.box)):
        return 10.0
    far = math.dist(centre(box), centre(sighting.box)) / max(1e-9, math.hypot(box[2], box[3]))
    return 0.5 * (1 - overlap(box, sighting.box)) + 0.5 * far


def _goes(track: Track, t_s: float) -> bool:
    """Tell whether plain motion may carry a track on: one that has moved, or was named just now."""
    return (track.moved and track.confirmed) or t_s - track.named_s <= UNCONFIRMED_S


def _patience(track: Track, sighting: Sighting, t_s: float) -> float:
    """Return the cost beyond which a sighting is somebody else; who lies has another box than who stood."""
    if t_s - track.matched_s >= LONG_UNSEEN_S and not sighting.turned:
        return LARGEST_UNSEEN_COST
    return LARGEST_RESTING_COST if track.stands() else LARGEST_COST


def _keeps_shape(track: Track, box: Box) -> bool:
    """Tell whether what moves may be a track's: a vehicle does not grow tall as light on the road does."""
    tall = box[3] * track.box[2] / max(1e-9, box[2] * track.box[3])
    return family(track.label) != "vehicle" or 1 / RESHAPED <= tall <= RESHAPED


def _double(track: Track, other: Track) -> bool:
    """Tell whether a track that is not seen is but another box of one that is."""
    return family(track.label) == family(other.label) and covers(track.box, other.box, 0.7)


def _taken_over(track: Track, there: Sequence[Track]) -> bool:
    """Tell whether one who never stirred and is not seen now has somebody else in its place."""
    gone = not track.moved and all(track is not other for other in there)
    return gone and any(other.moved and _double(track, other) for other in there)


def _may_lie(track: Track, t_s: float, blobs: Sequence[Box]) -> bool:
    """Tell whether a lost person can have fallen: not who walks on as a tall blob, nor who never stirred."""
    x, y, w, h = track.box
    if h < UPRIGHT * w:
        return True
    if track.named_s < track.matched_s and t_s - track.matched_s < LOST_FOR_S:
        return False
    return any(common((x - h / 2, y, w + h, 1.2 * h), blob) > 0 for blob in blobs)


def _is_somebody(track: Track) -> bool:
    """Tell whether it is a person, and surely one: seen a few times, and gone some way."""
    return track.label == "person" and track.moved and track.confirmed


def _settled(track: Track, t_s: float) -> bool:
    return track.moved and track.confirmed and t_s - track.born_s >= YOUNG_S


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
