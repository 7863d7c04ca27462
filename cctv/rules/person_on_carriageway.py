"""Person on the carriageway 차도 보행자: somebody on foot where vehicles drive, or on the hard shoulder."""

from typing import Annotated, ClassVar

from msgspec import Meta

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.tracking.tracker import Named, Track, common, family
from cctv.vision.scene import Need, Scene

RIDES = 0.5  # of the person's box inside a vehicle's: who sits in it or on it


class PersonOnCarriageway(TrackConfig, frozen=True, tag="person_on_carriageway"):
    """``inertia_s`` on the carriageway before it counts: more than a step off the kerb."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"people"})

    classes: tuple[Named, ...] = ("person",)
    inertia_s: Annotated[float, Meta(ge=0)] = 1.0

    def build(self, place: Place) -> Rule:
        """Return the rule for the zone of a carriageway."""
        return PersonOnCarriagewayRule(self, place)


class PersonOnCarriagewayRule(Rule):
    """Fires once a visit."""

    def __init__(self, config: PersonOnCarriageway, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)

    def look(self, scene: Scene) -> list[Finding]:
        """Find people who have just been on the carriageway for long enough."""
        rides = [track for track in scene.tracks if family(track.label) in {"vehicle", "cycle"}]
        people = [track for track in scene.tracks if self._config.wants(track)]
        walkers = [track for track in people if not track.rides and not _rides(track, rides)]
        found = []
        for track, visit in self._zone.stays(walkers, scene.t_s):
            if not visit.told and scene.t_s - visit.since_s >= self._config.inertia_s:
                visit.told = True
                found.append(Finding.of("person_on_carriageway", track, self._place))
        return found


def _rides(person: Track, rides: list[Track]) -> bool:
    area = max(1e-9, person.box[2] * person.box[3])
    return any(common(person.box, ride.box) >= RIDES * area for ride in rides)
