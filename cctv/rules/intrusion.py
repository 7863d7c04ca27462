"""Intrusion 침입: something stands in a zone where nothing should be."""

from typing import Annotated

from msgspec import Meta

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.tracking.track import ANYTHING
from cctv.vision.scene import Scene

NAMED_S = 0.3  # before: motion alone carries who is dazzled along with the glare
Seconds = Annotated[float, Meta(ge=0)]


class Intrusion(TrackConfig, frozen=True, tag="intrusion"):
    """``inertia_s`` inside before it counts; ``pause_s`` of silence after an event."""

    inertia_s: Seconds = 0.15
    pause_s: Seconds = 0.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return IntrusionRule(self, place)


class IntrusionRule(Rule):
    """Fires once a visit; where there is a detector, once it has found who is there."""

    def __init__(self, config: Intrusion, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)
        self._quiet_until_s = float("-inf")

    def look(self, scene: Scene) -> list[Finding]:
        """Find visits that have just lasted long enough."""
        found = []
        for track, visit in self._zone.stays([t for t in scene.tracks if self._config.wants(t)], scene.t_s):
            if visit.told or scene.t_s - visit.since_s < self._config.inertia_s:
                continue
            if track.label != ANYTHING and track.named_s < visit.since_s - NAMED_S:
                continue
            if scene.t_s >= self._quiet_until_s:
                visit.told = True
                self._quiet_until_s = scene.t_s + self._config.pause_s
                found.append(Finding.of("intrusion", track, self._place))
        return found
