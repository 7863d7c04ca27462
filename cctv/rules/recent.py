"""The last seconds of a place, small: what fire and smoke are told from."""

from collections import deque
from typing import NamedTuple

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from cctv.rules.base import Place
from cctv.sources.base import Image
from cctv.tracking.tracker import ANYTHING, Box, Track, common, covers, family
from cctv.vision.scene import Scene

HEIGHT_PX = 180
SAMPLE_S = 0.09  # flames flicker at 1–10 Hz; sampling all cameras alike makes their figures alike
JUDGED_S = 0.5
UNDER_WAY = 0.1  # of its height a second
AROUND = 0.15  # of its box: what a person swings or a vehicle throws light on


class Look(NamedTuple):
    """Pictures (time × height × width × BGR), where they count, and pixels of the frame per pixel (x, y)."""

    pictures: NDArray[np.uint8]
    free: NDArray[np.bool_]
    scale: tuple[float, float]

    def in_frame(self, x: int, y: int, w: int, h: int) -> Box:
        """Return a box of these pictures in pixels of the camera's frame."""
        return x * self.scale[0], y * self.scale[1], w * self.scale[0], h * self.scale[1]


class _Kept(NamedTuple):
    t_s: float
    image: Image
    boxes: list[Box]


class Recent:
    """Remembers ``span_s`` seconds of one place; a change of the whole picture empties it."""

    def __init__(self, place: Place, span_s: float) -> None:
        """Begin empty; a place without points is the whole picture."""
        self._points, self._span_s = np.array(place.points, np.float64).reshape(-1, 2), span_s
        self._kept: deque[_Kept] = deque()
        self._judged_s = float("-inf")

    def take(self, scene: Scene) -> Look | None:
        """Keep a picture; return the last ``span_s`` every ``JUDGED_S``, once there is as much."""
        if self._kept and self._kept[-1].t_s <= scene.changed_s:
            self._kept.clear()
        if self._kept and scene.t_s - self._kept[-1].t_s < SAMPLE_S:
            return None
        small = scene.small(HEIGHT_PX)
        if self._kept and small.shape != self._kept[-1].image.shape:
            self._kept.clear()
        self._kept.append(_Kept(scene.t_s, small, [t.box for t in scene.tracks if hides(t)]))
        while scene.t_s - self._kept[0].t_s > self._span_s:
            self._kept.popleft()
        whole = scene.t_s - self._kept[0].t_s >= self._span_s - JUDGED_S
        if not whole or len(self._kept) < 4 or scene.t_s - self._judged_s < JUDGED_S:
            return None
        self._judged_s = scene.t_s
        height, width = small.shape[:2]
        scale = (
            scene.scale[0] * scene.image.shape[1] / width,
            scene.scale[1] * scene.image.shape[0] / height,
        )
        pictures = np.stack([kept.image for kept in self._kept])
        return Look(pictures, self._free((height, width), scale), scale)

    def _free(self, shape: tuple[int, int], scale: tuple[float, float]) -> NDArray[np.bool_]:
        free = np.zeros(shape, np.uint8)
        if len(self._points):
            cv2.fillPoly(free, [np.rint(self._points / scale).astype(np.int32)], 1)
        else:
            free[:] = 1
        for x, y, w, h in {box for kept in self._kept for box in kept.boxes}:
            left, top = int((x - AROUND * w) / scale[0]), int((y - AROUND * h) / scale[1])
            right, bottom = int((x + (1 + AROUND) * w) / scale[0]), int((y + (1 + AROUND) * h) / scale[1])
            free[max(0, top) : max(0, bottom) + 1, max(0, left) : max(0, right) + 1] = 0
        return free > 0


def hides(track: Track) -> bool:
    """Tell whether colours in a track's box are its own: a person's, or a vehicle's under way.

    A parked car may burn, and without a detector the flames themselves are what moves.
    """
    if track.label == ANYTHING:
        return False
    under_way = float(np.hypot(*track.velocity)) >= UNDER_WAY * track.box[3]
    return family(track.label) in {"person", "cycle"} or under_way


class _Spot(Struct):
    first: Box
    box: Box
    since_s: float
    seen_s: float
    times: int = 1


class Episodes:
    """Makes one event of what goes on: told once it stayed, again only after ``pause_s`` without."""

    def __init__(self, confirm_s: float, pause_s: float, gap_s: float = 1.5) -> None:
        """Begin calm; seconds to stay until told, of quiet before the next, of absence that is borne."""
        self._confirm_s = confirm_s
        self._pause_s = pause_s
        self._gap_s = gap_s
        self._spots: list[_Spot] = []
        self._told_s = float("-inf")

    def see(self, boxes: list[Box], t_s: float) -> list[Box]:
        """Take what was found at ``t_s``; return where something has just been confirmed."""
        self._spots = [spot for spot in self._spots if t_s - spot.seen_s <= self._gap_s]
        for box in boxes:
            spot = next((s for s in self._spots if common(s.box, box) > 0), None)
            if spot and covers(spot.first, box):
                spot.box, spot.seen_s = box, t_s
                spot.times += 1
                continue
            if spot:
                self._spots.remove(spot)  # it has gone on from where it began, as who walks does and no fire
            self._spots.append(_Spot(box, box, t_s, t_s))
        sure = [s for s in self._spots if s.seen_s == t_s and s.seen_s - s.since_s >= self._confirm_s]
        sure = [s for s in sure if s.times >= 0.7 * (s.seen_s - s.since_s) / JUDGED_S]
        calm, self._told_s = t_s - self._told_s > self._pause_s, t_s if sure else self._told_s
        return [spot.box for spot in sure] if calm else []
