"""Stopped vehicle 정지차량: a vehicle that came and stands where none may stand (i-LIDS: over 60 s)."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct, field

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.tracking.track import REST_S, Box, Named, Track, overlap
from cctv.vision.scene import Need, Scene

VEHICLES: tuple[Named, ...] = ("car", "bus", "truck", "motorcycle")
STILL = 0.6  # intersection over union with where it came to stand
SURELY = 0.5  # of the stay: seen clearly at least so late, which noise never is
SLOT_S, FOUND = 5.0, 0.5  # the detector finds it in so much of the stay: what is only held may long be gone
STANDS = 0.25  # who moves less of its size in a moment stands: traffic passes one place too
LOST_S, LEAST_S = 10.0, 0.6  # hidden by passing traffic


class StoppedVehicle(TrackConfig, frozen=True, tag="stopped_vehicle"):
    """``dwell_s``: the stay that counts."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"vehicles"})

    classes: tuple[Named, ...] = VEHICLES
    dwell_s: Annotated[float, Meta(gt=0)] = 60.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return StoppedVehicleRule(self, place)


class Stand(Struct):
    """Where a vehicle came to stand, since when, when last seen there."""

    box: Box
    since_s: float
    seen_s: float
    told: bool = False
    slots: set[int] = field(default_factory=set)

    @property
    def patience_s(self) -> float:
        """How long it may be out of sight: not longer than it was in sight."""
        return min(LOST_S, max(LEAST_S, self.seen_s - self.since_s))


class StoppedVehicleRule(Rule):
    """Fires once a stop; the place counts, not the number of the track, which a passing lorry may change."""

    def __init__(self, config: StoppedVehicle, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)
        self._stands: list[Stand] = []

    def look(self, scene: Scene) -> list[Finding]:
        """Find vehicles that have just stood for long enough."""
        self._stands = [stand for stand in self._stands if scene.t_s - stand.seen_s <= stand.patience_s]
        found = []
        for track in scene.tracks:
            if not (self._config.wants(track) and self._zone.holds(track) and track.stands(STANDS)):
                continue
            stand = self._stand(track, scene.t_s)
            stood_s = scene.t_s - stand.since_s
            surely = track.sure_s >= stand.since_s + SURELY * stood_s
            found_s = SLOT_S * len(stand.slots)
            if not stand.told and surely and stood_s >= self._config.dwell_s and found_s >= FOUND * stood_s:
                stand.told = True
                found.append(Finding.of("stopped_vehicle", track, self._place))
        return found

    def _stand(self, track: Track, t_s: float) -> Stand:
        """Return the stop a vehicle is at; one that went on begins another."""
        for stand in self._stands:
            if overlap(stand.box, track.box) >= STILL:
                break
        else:
            stand = Stand(track.box, t_s - REST_S, t_s)
            self._stands.append(stand)
        stand.seen_s = t_s
        if track.named_s >= stand.since_s:
            stand.slots.add(int(track.named_s // SLOT_S))
        return stand
