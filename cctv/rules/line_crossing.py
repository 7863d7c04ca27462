"""Line crossing 선 통과: a foot point goes over a line, told with its direction."""

import math
from typing import Literal

from cctv.rules.base import Finding, Place, Point, Rule, TrackConfig
from cctv.tracking.tracker import Track
from cctv.vision.scene import Scene
from park.cameras.crossings import ways

Direction = Literal["both", "up", "down", "left", "right"]


class LineCrossing(TrackConfig, frozen=True, tag="line_crossing"):
    """``direction`` on the picture: up or down over a line lying flat, left or right over one standing."""

    direction: Direction = "both"

    def build(self, place: Place) -> Rule:
        """Return the rule for a line."""
        return LineCrossingRule(self, place)


class LineCrossingRule(Rule):
    """Fires when a track, seen clearly on one side, is clearly on the other."""

    def __init__(self, config: LineCrossing, place: Place) -> None:
        """Watch the line from the first to the second point of ``place``."""
        self._config, self._place = config, place
        self._a, self._b = place.points
        self._last: dict[int, Point] = {}

    def look(self, scene: Scene) -> list[Finding]:
        """Find tracks that went over since they were last clear of the line."""
        found = []
        for track in scene.tracks:
            if not self._config.wants(track) or abs(side(self._a, self._b, track.foot)) < _margin(track):
                continue
            before = self._last.get(track.number) or self._earlier(track)
            self._last[track.number] = track.foot
            if before and crosses(before, track.foot, self._a, self._b):
                way = self._direction(track.foot)
                if self._config.direction in {"both", way}:
                    found.append(Finding.of("line_crossing", track, self._place, way))
        present = {track.number for track in scene.tracks}
        self._last = {number: foot for number, foot in self._last.items() if number in present}
        return found

    def _earlier(self, track: Track) -> Point | None:
        """Return where a track was clear of the line before it was known for sure, or before a gap."""
        way = [past.box for past in (*track.came, *track.path) if past.t_s < track.seen_s]
        feet = [(box[0] + box[2] / 2, box[1] + box[3]) for box in way]
        clear = [foot for foot in feet if abs(side(self._a, self._b, foot)) >= _margin(track)]
        return clear[-1] if clear else None

    def _direction(self, now: Point) -> str:
        """Return the way to the side of ``now``: who walks nearly along a slanting line goes over it, too."""
        back, on = ways(self._a, self._b)
        right_of = side(self._a, self._b, now) > 0  # seen from the first point, on the picture: y grows down
        forth = (
            right_of == (self._b[0] > self._a[0]) if on == "down" else right_of == (self._b[1] < self._a[1])
        )
        return on if forth else back


def side(a: Point, b: Point, p: Point) -> float:
    """Return the signed distance of ``p`` from the line through ``a`` and ``b``, in pixels."""
    length = max(1e-9, math.dist(a, b))
    return ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) / length


def crosses(p: Point, q: Point, a: Point, b: Point) -> bool:
    """Tell whether the way from ``p`` to ``q`` cuts the piece of line from ``a`` to ``b``."""
    return side(a, b, p) * side(a, b, q) < 0 and side(p, q, a) * side(p, q, b) <= 0


def _margin(track: Track) -> float:
    return 0.04 * track.box[3]
