"""From a picture to what it means: mask, motion, detector where it moved, tracks, rules."""

from typing import NamedTuple

from cctv.config.camera import Camera
from cctv.detectors import Detector
from cctv.detectors.scheduler import Lookout
from cctv.rules.base import Finding, Place, RuleConfig
from cctv.rules.fit import misfit
from cctv.sources.base import Frame, Image
from cctv.tracking.tracker import ANYTHING, Box, Sighting, Track, Tracker, scaled
from cctv.vision.left_objects import HEIGHT_PX, Things
from cctv.vision.motion import Motion, Moved
from cctv.vision.scene import Need, Scene
from cctv.vision.scene_change import TELL_AGAIN_S
from park.cameras.facts import CameraScene

MOTION = "motion"  # the model's name when there is none
WAITS_S = 20.0  # span over which waiting is measured
MUCH = 0.5  # share of the span from which waiting is reported
LITTLE = 0.25  # share of the span below which it is over
UNSTEADY = "모든 규칙: 빛이 계속 바뀌어 판단을 미룸 · every rule waits: the light keeps changing"
BLIND: frozenset[Need] = frozenset({"motion"})
SEES: frozenset[Need] = BLIND | {"boxes", "people", "vehicles", "things"}


class Seen(NamedTuple):
    """What one picture showed; boxes of tracks are pixels of ``frame`` (width, height).

    ``changed``: the whole picture changed at once, to be told; nothing else is found in such a picture.
    """

    t_s: float
    frame: tuple[int, int]
    tracks: list[Track]
    findings: list[Finding]
    changed: CameraScene | None = None


class Pipeline:
    """One camera's chain; without a detector whatever moves is an object, and ``model`` says so."""

    def __init__(self, camera: Camera, detector: Detector | None) -> None:
        """Begin with an unknown scene."""
        self.camera = camera
        self.model = detector.name if detector else MOTION
        self._sees = SEES if detector else BLIND
        asked = [(*one, _why_off(*one, self._sees, camera.analysis_fps)) for one in camera.asked()]
        self._off = tuple(why for _, _, why in asked if why)
        self._rules = [config.build(place) for config, place, why in asked if not why]
        asks = any("things" in config.NEEDS and not why for config, _, why in asked)
        self._things = Things() if asks else None
        self._motion, self._tracker = Motion(), Tracker()
        self._lookout = Lookout(detector, self._tracker) if detector else None
        self._told_s: dict[str, float] = {}
        self._last_s = 0.0
        self._waits = 0.0
        self._unsteady = False

    @property
    def off(self) -> tuple[str, ...]:
        """Rules that this camera's file asks for and the pipeline cannot give now, each with its reason."""
        return (*self._off, UNSTEADY) if self._unsteady and self._rules else self._off

    def look(self, picture: Frame) -> Seen:
        """Judge the next picture, masks already burnt in; times in seconds, never going back."""
        image = picture.image
        t_s = picture.t_s
        frame = self.camera.frame
        moved = self._motion.look(image, t_s)
        self._count(moved, t_s)
        if moved.settling:
            return self._wait(moved, t_s)
        scale = (frame[0] / image.shape[1], frame[1] / image.shape[0])
        tracks = self._follow(image, moved, t_s, scale)
        scene = Scene(t_s, image, moved, tracks, scale, self._motion.began_s, made={})
        if self._things:
            small = scene.small(HEIGHT_PX)
            back = frame[0] / small.shape[1], frame[1] / small.shape[0]
            others = self._tracker.others(tracks)
            found = self._things.look(small, tracks, t_s, back, scene.changed_s, others)
            scene = scene._replace(things=found)
        findings = [finding for rule in self._rules for finding in rule.look(scene)]
        return Seen(t_s, frame, tracks, findings, moved.change)

    def _wait(self, moved: Moved, t_s: float) -> Seen:
        """Let a change of the whole picture pass; whoever was there is still there, but for a cut."""
        change = moved.change
        if change:
            if self._lookout:
                self._lookout.again()
            if change.change == "cut":
                self._tracker.forget()
            if t_s - self._told_s.get(change.change, float("-inf")) < TELL_AGAIN_S:
                change = None  # a beacon, a welder: told, but not at each flash
            else:
                self._told_s[change.change] = t_s
        return Seen(t_s, self.camera.frame, self._tracker.wait(t_s), [], change)

    def _count(self, moved: Moved, t_s: float) -> None:
        """Follow how much of the time the rules wait: a beacon, a welder, a lamp that fails."""
        passed_s, self._last_s = t_s - self._last_s, t_s
        self._waits += (moved.settling - self._waits) * min(1.0, passed_s / WAITS_S)
        self._unsteady = self._waits > (LITTLE if self._unsteady else MUCH)

    def _follow(self, image: Image, moved: Moved, t_s: float, scale: tuple[float, float]) -> list[Track]:
        blobs = [scaled(box, scale) for box in moved.boxes]
        back = (1 / scale[0], 1 / scale[1])

        def share(box: Box) -> float:
            return moved.share(scaled(box, back))

        if not self._lookout:
            return self._tracker.update([Sighting(box, ANYTHING, 0.5) for box in blobs], t_s, share)
        found = self._lookout.find(image, moved, t_s, self.camera.frame)
        return self._tracker.update(found.seen, t_s, share, blobs, found.carried)


def _why_off(config: RuleConfig, place: Place, sees: frozenset[Need], analysis_fps: float) -> str:
    """Return why a rule cannot do anything here; empty where it can."""
    if lacks := config.NEEDS - sees:
        return without(config, place, lacks)
    found = misfit(config, place, analysis_fps)
    return f"{_named(config, place)}: {found.reason}" if found else ""


def without(config: RuleConfig, place: Place, lacks: frozenset[Need]) -> str:
    """Return which rule is off and why, Korean · English."""
    needs = ", ".join(sorted(lacks))
    return f"{_named(config, place)}: 알아볼 모델이 없음 ({needs}) · needs {needs}: no detector model"


def _named(config: RuleConfig, place: Place) -> str:
    kind = str(config.__struct_config__.tag)
    return f"{kind}:{place.name}" if place.name else kind
