"""Wrong way 역주행: something goes against the permitted way, over a line or along a zone."""

import math
from typing import Annotated, ClassVar

from msgspec import Meta

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.line_crossing import LineCrossing
from cctv.rules.stopped_vehicle import VEHICLES
from cctv.rules.zone import Zone
from cctv.tracking.tracker import Named, Track
from cctv.vision.scene import Need, Scene
from park.cameras.crossings import Way

AGAINST: dict[str, Way] = {"up": "down", "down": "up", "left": "right", "right": "left"}
COURSE: dict[str, tuple[float, float]] = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
STRAIGHT_BACK = 0.7  # cosine: within 45° of the forbidden course
OVER_S = 2.0


class WrongWay(TrackConfig, frozen=True, tag="wrong_way"):
    """``direction`` is the permitted way on the picture; in a zone so many own ``lengths`` back count.

    Over a line it must be one of the two ways there are over it.
    """

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"vehicles"})

    classes: tuple[Named, ...] = VEHICLES
    direction: Way = "down"
    lengths: Annotated[float, Meta(gt=0)] = 1.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a line or a zone."""
        return WrongWayLine(self, place) if place.is_line else WrongWayZone(self, place)


class WrongWayLine(Rule):
    """Fires when a line is crossed against the permitted way."""

    def __init__(self, config: WrongWay, place: Place) -> None:
        """Watch a line."""
        self._place = place
        self._crossing = LineCrossing(config.classes, AGAINST[config.direction]).build(place)

    def look(self, scene: Scene) -> list[Finding]:
        """Find what has just gone over against the way."""
        return [found._replace(kind="wrong_way") for found in self._crossing.look(scene)]


class WrongWayZone(Rule):
    """Fires once a visit, when something has gone far enough against the permitted way."""

    def __init__(self, config: WrongWay, place: Place) -> None:
        """Watch a zone or the whole picture."""
        self._config = config
        self._place = place
        self._zone = Zone(place)

    def look(self, scene: Scene) -> list[Finding]:
        """Find what goes against the way."""
        wanted = [track for track in scene.tracks if self._config.wants(track)]
        found = []
        for track, visit in self._zone.stays(wanted, scene.t_s):
            if not visit.told and self._back(track, visit.since_s, scene.t_s):
                visit.told = True
                way = AGAINST[self._config.direction]
                found.append(Finding.of("wrong_way", track, self._place, way))
        return found

    def _back(self, track: Track, since_s: float, t_s: float) -> bool:
        then = track.was(max(since_s, t_s - OVER_S))
        dx, dy = track.foot[0] - (then[0] + then[2] / 2), track.foot[1] - (then[1] + then[3])
        way, size = math.hypot(dx, dy), math.sqrt(track.box[2] * track.box[3])
        if way < self._config.lengths * size:
            return False
        x, y = COURSE[AGAINST[self._config.direction]]
        return (dx * x + dy * y) / way >= STRAIGHT_BACK
