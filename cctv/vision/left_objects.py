"""What was left or taken away: a slow background against what has stopped changing, and who was there.

Two memories of the picture, slow and fast, as in Porikli et al. 2008; whose it is comes from the tracks.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cctv.sources.base import Image
from cctv.tracking.tracker import Box, Track, centre, common, family, overlap

HEIGHT_PX = 180
SAMPLE_S = 0.2
KNOWN_S = 1.0  # free and unchanging for so long, a place has been seen empty
DIFFERENT = 26.0  # grey levels in the channel that differs most
STILL_S = 2.0
LEARNING = 0.02  # of the difference a sample: the light of the day
SMALLEST, LARGEST = 0.0006, 0.05  # of the picture
TRACE_S = 12.0  # so long before something is seen to lie there, someone put it there
REACH = 0.3  # of a person's height: how far from its box things are put down
GONE = 0.7  # of its height: farther from its thing an owner has left it
OWN_SIZE = 0.6  # of its owner's box: what is larger is no thing that was carried
OWN_SIDE = 0.12  # of a person's height, some 20 cm: what is smaller is a fold that moved
RIM = 45.0  # of Sobel, at the rim of what differs: light that changes has none
CLEARLY, TAKEN = 1.1, 1.5  # times the edges: an empty place must be told from a shaken branch or cloth
# a place is known after so long; what was not there for so long is not missed
AGREED_S, SETTLED_S = 5.0, 10.0
ALIKE, SCALED = 0.6, 1.5  # correlation, and how far contrast may change beside brightness
PERSISTS = 0.8  # of the samples in which nobody was before it: rain and noise come and go
SAME_S = 1.0  # a new number so soon at the same place is the same person
GONE_S = 3.0  # a thing not seen for so long, nobody before it, is there no more
FORGOTTEN_S = 300.0  # what lies so long belongs to the scene
FITS = 3
EVEN, COLOUR = 0.08, 8.0  # a shadow darkens all of a place alike and keeps its colour
_CORE = np.ones((3, 3), np.uint8)
_THIN = np.ones((5, 5), np.uint8)  # narrower is a rim or a line on the road that light or a link changed
_AROUND = np.ones((7, 7), np.uint8)


class Thing(Struct):
    """Something that was left (or, not ``left``, whose place is empty now); box in pixels of the frame.

    ``owner``: the label of who was there when it changed; ``alone_s``: since when nobody looks after it.
    """

    number: int
    box: Box
    since_s: float
    left: bool
    owner: str
    track: int
    alone_s: float | None = None
    seen_s: float = 0.0
    free: int = 0
    there: int = 0

    @property
    def persists(self) -> bool:
        """Tell whether it is there in nearly every picture in which nobody is before it."""
        return self.there >= PERSISTS * self.free


class _Trace(NamedTuple):
    t_s: float
    track: int
    label: str
    box: Box
    born: tuple[float, float]
    brings: bool = True


class Things:
    """The things of one camera."""

    def __init__(self) -> None:
        """Know no scene yet."""
        self._slow = self._fast = np.zeros((0, 0, 3), np.float32)
        self._still = self._agreed = np.zeros((0, 0), np.float32)
        self._traces: deque[_Trace] = deque()
        self._things: list[Thing] = []
        self._next, self._last_s = 1, float("-inf")

    def look(
        self,
        image: Image,
        tracks: Sequence[Track],
        t_s: float,
        scale: tuple[float, float],
        changed_s: float,
        others: Sequence[Track] = (),
    ) -> list[Thing]:
        """Return the things after this picture.

        Args:
            image: masks burnt in.
            tracks: in pixels of the frame.
            t_s: its time, never going back.
            scale: pixels of the frame per pixel of the picture (x, y).
            changed_s: when the whole picture last changed at once: nothing before it can be compared.
            others: who may be there too (lost just now, or yet to stir): what they hide is not known.
        """
        if t_s - self._last_s < SAMPLE_S - 0.01:
            return self._things
        step_s = min(1.0, t_s - self._last_s)
        before_s = self._last_s
        self._last_s = t_s
        small, scale = _small(image, scale)
        if before_s <= changed_s or small.shape != self._slow.shape:
            self._slow, self._fast = small.copy(), small.copy()
            self._still = np.zeros(small.shape[:2], np.float32)
            self._agreed = self._still.copy()
            self._things = []
        self._remember(tracks, t_s)
        here = [*tracks, *others]
        busy = _covered(here, small.shape[:2], scale)
        differs = self._learn(small, busy, step_s)
        self._find(small, differs, scale, t_s)
        self._follow(differs, busy, here, scale, t_s)
        return self._things

    def _remember(self, tracks: Sequence[Track], t_s: float) -> None:
        for track in tracks:
            kind = family(track.label)
            brings = kind != "vehicle" or track.stands()  # nothing is put down at speed
            self._traces.append(_Trace(t_s, track.number, kind, track.box, track.born, brings))
        while self._traces and t_s - self._traces[0].t_s > TRACE_S:
            self._traces.popleft()

    def _learn(self, small: NDArray[np.float32], busy: NDArray[np.bool_], step_s: float) -> NDArray[np.bool_]:
        """Go on learning; return where the picture is not the slow background's."""
        slow, fast = self._slow, self._fast
        changing = np.abs(small - fast).max(2) > DIFFERENT / 2
        fast[:] = np.where(changing[..., None], small, fast + 0.2 * (small - fast))
        self._still = np.where(changing | busy, 0.0, self._still + step_s).astype(np.float32)
        first = (self._agreed == 0) & (self._still >= KNOWN_S)
        slow[first] = small[first]
        slow[:] = daylight(small, slow)  # what is hidden or differs goes with the light too
        differs: NDArray[np.bool_] = np.abs(small - slow).max(2) > DIFFERENT
        rate = np.where(differs | busy, 0.0, LEARNING)
        rate = np.where(self._still > FORGOTTEN_S, 1.0, rate)
        slow += rate[..., None].astype(np.float32) * (small - slow)
        self._agreed += step_s * (first | ((self._agreed > 0) & ~(differs | busy)))
        return differs & (self._agreed > 0)

    def _find(
        self, small: NDArray[np.float32], differs: NDArray[np.bool_], scale: tuple[float, float], t_s: float
    ) -> None:
        found = (differs & (self._still >= STILL_S)).astype(np.uint8)
        found = np.asarray(cv2.morphologyEx(found, cv2.MORPH_CLOSE, _CORE), np.uint8)
        found = np.asarray(cv2.morphologyEx(found, cv2.MORPH_OPEN, _THIN), np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
        parts = stats[1:].tolist()
        if any(part[4] > LARGEST * found.size for part in parts):
            # somebody stood there from the first, or the light is another: the scene is known anew
            self._agreed[:] = 0.0
            self._things = []
            return
        for n, (x, y, w, h, area) in enumerate(parts, 1):
            box = (x * scale[0], y * scale[1], w * scale[0], h * scale[1])
            if area < SMALLEST * found.size or any(common(t.box, box) for t in self._things):
                continue
            owner, inside = self._owner(box), labels == n
            if not owner or _at_rim((x, y, w, h), found.shape) or shadow(small[inside], self._slow[inside]):
                continue
            left = self._left(small, inside, box, owner)
            if left is not None:
                thing = Thing(self._next, box, t_s - STILL_S, left, owner.label, owner.track, seen_s=t_s)
                self._things.append(thing)
                self._next += 1

    def _left(
        self, small: NDArray[np.float32], inside: NDArray[np.bool_], box: Box, owner: _Trace
    ) -> bool | None:
        """Tell whether something was left (True) or taken (False); None when neither is clear."""
        now, before = edges(small, inside), edges(self._slow, inside)
        agreed_s = float(np.median(self._agreed[inside]))
        if max(now, before) < RIM or agreed_s < AGREED_S or alike(small, self._slow, inside):
            return None
        if now >= CLEARLY * before:
            return True
        settled = agreed_s >= SETTLED_S
        around = _wider(box, max(box[3] / 2, owner.box[3]))  # a part of one who stood there, often the feet
        ghost = any(_holds(around, t.born) for t in self._traces) or _upright(box, owner.box)
        return False if before >= TAKEN * now and settled and not ghost else None

    def _owner(self, box: Box) -> _Trace | None:
        """Return who was last within reach; None when nobody, or when it is that one itself."""
        near = [t for t in self._traces if common(_wider(t.box, REACH * t.box[3]), box) > 0]
        carried = [t for t in near if _carried(box, t)]
        if not carried or any(overlap(t.box, box) > 0.4 for t in near) or self._stays(near, box):
            return None
        return min(carried, key=lambda t: (abs(centre(t.box)[0] - centre(box)[0]) / t.box[3], -t.t_s))

    def _stays(self, near: Sequence[_Trace], box: Box) -> bool:
        """Tell whether somebody was last seen right there and never seen to leave: a part of that one."""
        last = {trace.track: trace for trace in near}
        ends = {trace.track: trace.t_s for trace in self._traces}
        return any(
            ends[number] == trace.t_s
            and common(trace.box, box) > 0.5 * box[2] * box[3]
            and not self._goes_on(trace)
            for number, trace in last.items()
        )

    def _goes_on(self, last: _Trace) -> bool:
        """Tell whether one whose number ends here was followed on under another."""
        since = [t for t in self._traces if t.track != last.track and t.t_s >= last.t_s - SAME_S]
        return any(_holds(last.box, t.born) for t in since)

    def _follow(
        self,
        differs: NDArray[np.bool_],
        busy: NDArray[np.bool_],
        tracks: Sequence[Track],
        scale: tuple[float, float],
        t_s: float,
    ) -> None:
        for thing in self._things:
            x, y, w, h = (round(v / s) for v, s in zip(thing.box, (*scale, *scale), strict=True))
            part = np.s_[y : y + h, x : x + w]
            hidden, there = busy[part].mean() > 0.3, differs[part].mean() > 0.3
            if hidden or there:
                thing.seen_s = t_s
            thing.free += not hidden
            thing.there += there and not hidden
            if any(_attends(track, thing) for track in tracks):
                thing.alone_s = None
            elif thing.alone_s is None:
                thing.alone_s = t_s
        self._things = [
            t for t in self._things if t_s - t.seen_s <= GONE_S and t_s - t.since_s <= FORGOTTEN_S
        ]


def _attends(track: Track, thing: Thing) -> bool:
    """Tell whether the owner is near; one first seen right there may be the owner under a new number."""
    around = _wider(thing.box, GONE * track.box[3])
    mine = track.number == thing.track or (family(track.label) == "person" and _holds(around, track.born))
    return mine and common(around, track.box) > 0


def _small(image: Image, scale: tuple[float, float]) -> tuple[NDArray[np.float32], tuple[float, float]]:
    part = min(1.0, HEIGHT_PX / image.shape[0])
    size = (max(1, round(image.shape[1] * part)), max(1, round(image.shape[0] * part)))
    small = cv2.GaussianBlur(cv2.resize(image, size, interpolation=cv2.INTER_AREA), (3, 3), 0)
    back = (scale[0] * image.shape[1] / size[0], scale[1] * image.shape[0] / size[1])
    return np.asarray(small, np.float32), back


def _covered(
    tracks: Sequence[Track], shape: tuple[int, ...], scale: tuple[float, float]
) -> NDArray[np.bool_]:
    covered = np.zeros(shape[:2], bool)
    for track in tracks:
        x, y, w, h = _wider(track.box, 0.05 * track.box[3])
        left, top = max(0, int(x / scale[0])), max(0, int(y / scale[1]))
        covered[top : max(0, int((y + h) / scale[1])) + 1, left : max(0, int((x + w) / scale[0])) + 1] = True
    return covered


def _wider(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + 2 * by, box[3] + 2 * by


def _upright(box: Box, person: Box) -> bool:
    """Tell whether an empty place has the shape of a person: one who stood there has gone."""
    return box[3] > 1.3 * box[2] and box[3] > 0.4 * person[3]


def _at_rim(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> bool:
    """Tell whether a box touches the rim of the picture: who stands half outside is no thing."""
    x, y, w, h = box
    return x <= 1 or y <= 1 or x + w >= shape[1] - 1 or y + h >= shape[0] - 1


def _carried(box: Box, owner: _Trace) -> bool:
    """Tell whether a box has the size of a thing that its owner may have brought or taken."""
    fold = owner.label == "person" and max(box[2:]) < OWN_SIDE * owner.box[3]
    return owner.brings and not fold and box[2] * box[3] <= OWN_SIZE * owner.box[2] * owner.box[3]


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return 0 <= point[0] - box[0] <= box[2] and 0 <= point[1] - box[1] <= box[3]


def daylight(now: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``before`` in the light and the veil (fog, rain) of ``now``, as most of the picture tells them.

    Each channel is stretched and shifted by least squares; what fits worst is left out, twice.
    """
    out = np.empty_like(before)
    for channel in range(3):
        x, y = before[::4, ::4, channel].ravel(), now[::4, ::4, channel].ravel()
        stretch, shift = 1.0, float(np.median(y - x))
        for _ in range(FITS):
            errors = np.abs(y - stretch * x - shift)
            fits = errors <= max(4.0, 2 * float(np.median(errors)))
            a, b = x[fits], y[fits]
            stretch = float(
                np.clip(((a - a.mean()) * (b - b.mean())).mean() / max(1.0, float(a.var())), 0.3, 3.0)
            )
            shift = float(b.mean() - stretch * a.mean())
        out[..., channel] = before[..., channel] * stretch + shift
    return out


def shadow(now: NDArray[np.float32], before: NDArray[np.float32]) -> bool:
    """Tell whether the pixels (count × BGR) are the same ground in another light."""
    ratio = (now.mean(1) + 1) / (before.mean(1) + 1)
    tint = now / (now.sum(1, keepdims=True) + 1) - before / (before.sum(1, keepdims=True) + 1)
    even = float(ratio.std()) < EVEN * float(ratio.mean()) and 0.4 < float(ratio.mean()) < 1 / 0.4
    return even and float(np.abs(tint).mean()) * 255 < COLOUR


def edges(picture: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """Return the edges along the rim of a region: there, a thing has them, an empty place has none."""
    grey = picture.mean(2)
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    body = inside.astype(np.uint8)
    rim = cv2.dilate(body, _CORE) > cv2.erode(body, _CORE)
    return float(slope[rim].mean()) if rim.any() else 0.0


def alike(now: NDArray[np.float32], before: NDArray[np.float32], inside: NDArray[np.bool_]) -> bool:
    """Tell whether a region and its surroundings are the same in another light, which scales all alike."""
    part = cv2.dilate(inside.astype(np.uint8), _AROUND) > 0
    a, b = (picture.mean(2)[part] for picture in (now, before))
    if a.std() < 1 or b.std() < 1:
        return False
    contrast = float(a.std() / b.std()) / float((a.mean() + 1) / (b.mean() + 1))
    return float(np.corrcoef(a, b)[0, 1]) > ALIKE and 1 / SCALED < contrast < SCALED
