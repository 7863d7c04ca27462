"""Loitering 배회: someone stays in a zone for too long."""

from typing import Annotated

from msgspec import Meta

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.vision.scene import Scene

CLEAR_S = 5.0  # who loiters was clearly seen so lately: a lost track clings to posts and cones


class Loitering(TrackConfig, frozen=True, tag="loitering"):
    """``dwell_s``: the stay that counts (KISA: 10 s or more)."""

    dwell_s: Annotated[float, Meta(gt=0)] = 10.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return LoiteringRule(self, place)


class LoiteringRule(Rule):
    """Fires once a visit."""

    def __init__(self, config: Loitering, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)

    def look(self, scene: Scene) -> list[Finding]:
        """Find visits that have just reached the dwell."""
        found = []
        for track, visit in self._zone.stays([t for t in scene.tracks if self._config.wants(t)], scene.t_s):
            clear = scene.t_s - track.sure_s <= CLEAR_S
            if clear and not visit.told and scene.t_s - visit.since_s >= self._config.dwell_s:
                visit.told = True
                found.append(Finding.of("loitering", track, self._place))
        return found
