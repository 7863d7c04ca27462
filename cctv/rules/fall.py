"""Fall 쓰러짐: somebody who was upright lies on the ground a moment later, and stays there."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cctv.rules.base import Finding, Place, Rule, TrackConfig
from cctv.rules.zone import Zone
from cctv.tracking.track import Box, Named, Track, common, hull, scaled
from cctv.vision.scene import Need, Scene

UPRIGHT = 1.2  # height by width of somebody who stands, walks or sits on a chair
LYING = 1.2  # width by height of somebody who lies across the picture
LOW = 0.45  # of the height before: who lies along the view; who crouches or sits on the ground is taller
LOW_FOR = 2.0  # times as long: what a box says less surely
WIDER = 1.3  # times as wide as before: who walks out below the picture is not
SUNK = 0.5  # of the height before, by which the head came down: who bends down sinks by less
LIFTED = 0.12  # of the height before: feet that come up lie on a bed
STOOD_S = 0.5  # upright for so long at least: a box that jumps is nobody
DROP_S = 2.5  # a fall takes about a second; who lies down takes longer
GONE_S = 3.0  # somebody lost upright may be found again lying
SMALLEST_PX = 24.0
SMALLEST_SHARE = 0.4  # of the height before: a box that is a part of somebody, or another thing
SPANS, HEAD = 0.5, 0.1  # of the breadth of the box
AGAIN_S = 60.0
EDGE = 0.1  # of its side
STAYS = 0.2  # of the smaller box


class Fall(TrackConfig, frozen=True, tag="fall"):
    """``down_s``: how long somebody lies before it counts."""

    NEEDS: ClassVar[frozenset[Need]] = frozenset({"people"})

    classes: tuple[Named, ...] = ("person",)
    down_s: Annotated[float, Meta(gt=0)] = 1.0

    def build(self, place: Place) -> Rule:
        """Return the rule for a zone or the whole picture."""
        return FallRule(self, place)


class Down(Struct):
    """Somebody who came down: since when, last seen when, where at first, how they stood ``before``.

    ``surely``: across the picture.
    """

    since_s: float
    seen_s: float
    track: Track
    first: Box
    before: Box
    surely: bool = False


class FallRule(Rule):
    """Fires once for each time somebody comes down."""

    def __init__(self, config: Fall, place: Place) -> None:
        """Watch ``place``."""
        self._config = config
        self._place = place
        self._zone = Zone(place)
        self._upright: dict[int, tuple[float, Box]] = {}
        self._down: dict[int, Down] = {}
        self._lost: list[Box] = []
        self._told: list[tuple[float, Box]] = []

    def look(self, scene: Scene) -> list[Finding]:
        """Find those who have lain for long enough, seen to the end or lost where they lay."""
        t_s = scene.t_s
        people = [track for track in scene.tracks if self._config.wants(track)]
        self._forget(t_s)
        here = {track.number for track in people}
        self._lost = [box for number, (_, box) in self._upright.items() if number not in here]
        frame = scene.scale[0] * scene.image.shape[1], scene.scale[1] * scene.image.shape[0]
        for track in people:
            self._follow(track, scene, frame)
        due = [down for down in self._due(t_s) if is_there(down, scene)]
        return [Finding.of("fall", down.track, self._place) for down in due if self._tell(down, t_s)]

    def _follow(self, track: Track, scene: Scene, frame: tuple[float, float]) -> None:
        t_s, (w, h) = scene.t_s, track.box[2:]
        before = self._before(track, t_s)
        if h >= UPRIGHT * w and (before is None or h > LOW * before[3]):
            self._upright[track.number] = t_s, track.box
            self._down.pop(track.number, None)
            return
        body = body_of(track.box, scene) if w >= LYING * h else track.box
        across = before is not None and came_down(before, body)
        along = before is not None and sank(before, track.box) and not cut(track.box, frame)
        held = self._down.get(track.number)
        if held and not touch(held.first, track.box):
            del self._down[track.number]  # who lies stays: the number has gone to somebody else
            return
        if held is None and before is not None and (across or along):
            held = self._down[track.number] = Down(t_s, t_s, track, track.box, before)
        if held is None:
            return
        if not deep(held.before, body):
            held.since_s = t_s  # the head is up again: who bends down to something
        if max(w, h) >= SMALLEST_SHARE * held.before[3]:
            held.seen_s, held.track = t_s, track
            held.surely = held.surely or across

    def _before(self, track: Track, t_s: float) -> Box | None:
        """Return the tallest box it had upright shortly before; of one just found, that of one just lost."""
        held = self._down.get(track.number)
        if held:
            return held.before
        upright = [past for past in track.path if past.t_s <= t_s and past.box[3] >= UPRIGHT * past.box[2]]
        if upright and not near(upright[-1].box, track.box):
            upright = []  # a number that jumped to somebody else
        lately = [past.box for past in upright if past.t_s >= t_s - DROP_S]
        stood = lately if upright and upright[-1].t_s - upright[0].t_s >= STOOD_S else []
        if not stood and t_s - track.born_s <= GONE_S:
            stood = [box for box in self._lost if near(box, track.box)]
        tallest = max(stood, key=lambda box: box[3], default=None)
        return tallest if tallest is not None and tallest[3] >= SMALLEST_PX else None

    def _due(self, t_s: float) -> Iterator[Down]:
        for down in self._down.values():
            for_s = self._config.down_s * (1.0 if down.surely else LOW_FOR)
            # what moves is no body until the detector sees one, and a doubtful one is seen again later
            named = down.track.named_s >= down.since_s + (0.0 if down.surely else for_s / 2)
            if named and t_s - down.since_s >= for_s and stays(down) and self._zone.holds(down.track):
                yield down

    def _tell(self, down: Down, t_s: float) -> bool:
        """Tell one fall once, whoever the tracker takes the one on the ground for."""
        self._told = [(at_s, box) for at_s, box in self._told if t_s - at_s < AGAIN_S]
        known = [box for _, box in self._told if touch(box, down.track.box)]
        self._told = [told for told in self._told if told[1] not in known]
        self._told.append((t_s, hull([*known, down.track.box])))
        return not known

    def _forget(self, t_s: float) -> None:
        self._upright = {n: held for n, held in self._upright.items() if t_s - held[0] <= DROP_S + GONE_S}
        self._down = {n: down for n, down in self._down.items() if t_s - down.seen_s <= GONE_S}


def came_down(before: Box, now: Box) -> bool:
    """Tell whether a box lies across where it stood: wide, its head sunk, its feet not lifted."""
    height = before[3]
    return (
        now[2] >= LYING * now[3]
        and now[2] >= max(WIDER * before[2], SMALLEST_SHARE * height)
        and deep(before, now)
        and now[1] + now[3] >= before[1] + height - LIFTED * height
    )


def deep(before: Box, now: Box) -> bool:
    """Tell whether a head has come down as far as nobody bends."""
    return now[1] - before[1] >= SUNK * before[3]


def sank(before: Box, now: Box) -> bool:
    """Tell whether a box is so low that somebody can only lie, along the view."""
    height = before[3]
    return (
        now[3] <= LOW * height
        and now[2] >= before[2]
        and now[1] + now[3] >= before[1] + height - LIFTED * height
    )


def cut(box: Box, frame: tuple[float, float]) -> bool:
    """Tell whether a box ends at the edge of the picture (width, height): who leaves is seen in part."""
    x, y, w, h = box
    return x <= EDGE * w or y <= EDGE * h or x + w >= frame[0] - EDGE * w or y + h >= frame[1] - EDGE * h


def near(before: Box, now: Box) -> bool:
    """Tell whether somebody who stood in one box may lie in the other."""
    foot = before[0] + before[2] / 2, before[1] + before[3]
    reach = 0.7 * before[3]
    return (
        max(now[2], now[3]) >= SMALLEST_SHARE * before[3]
        and now[0] - reach <= foot[0] <= now[0] + now[2] + reach
        and abs(now[1] + now[3] - foot[1]) <= reach
    )


def stays(down: Down) -> bool:
    """Tell whether somebody is still where they came down: a box that runs on was a wrong guess."""
    a, b = down.first, down.track.box
    return common(a, b) >= STAYS * min(a[2] * a[3], b[2] * b[3])


def body_of(box: Box, scene: Scene) -> Box:
    """Return a box without what does not move above who lies in it: models draw such boxes too high."""
    x, y, w, h = box
    down = h * scene.moved.top(in_picture(box, scene), HEAD)
    return x, y + down, w, h - down


def in_picture(box: Box, scene: Scene) -> Box:
    """Return a box in pixels of the picture."""
    return scaled(box, (1 / scene.scale[0], 1 / scene.scale[1]))


def is_there(down: Down, scene: Scene) -> bool:
    """Tell whether a body can lie there: as broad as the box, something differs from the empty place.

    Who fell before the place was learnt anew is part of it.
    """
    return scene.changed_s >= down.since_s or scene.moved.span(in_picture(down.track.box, scene)) >= SPANS


def touch(a: Box, b: Box) -> bool:
    """Tell whether two boxes on the ground are as near as the parts of one body are."""
    reach = 0.5 * max(a[2], b[2])
    across = max(a[0], b[0]) - min(a[0] + a[2], b[0] + b[2])
    down = max(a[1], b[1]) - min(a[1] + a[3], b[1] + b[3])
    return across <= reach and down <= reach
