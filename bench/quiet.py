"""The long quiet mix: hours of real footage in which nothing happens that a rule should tell.

Real clips are played over and over (each end is a cut), 5 pictures a second, while every minute something
else is done to the picture: dawn and dusk, clouds, a lamp, infrared, night, noise, rain, headlights, shaking,
a starved link that really encodes and decodes, other footage in between. People walk and cars drive; none
falls, burns, leaves something or stays too long, so every event is a false alarm. Repeatable by seed.
"""

import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import msgspec
import numpy as np
from msgspec import Struct

from bench.degrade import DEGRADATIONS, FEW_FPS, five_fps
from bench.kept import ANYWHERE, SPLIT, Clip, kinds_of
from cctv.config.camera import Camera
from cctv.detectors.yolox import Yolox
from cctv.offline.analyse import judge
from cctv.offline.sample import SCHEME, SampleMissingError, find_sample
from cctv.offline.score import at, per_day
from cctv.rules import PictureRule, ZoneRule
from cctv.sources import open_source
from cctv.sources.base import Frame, Image
from cctv.sources.decode import decoding
from park.cameras.facts import CameraEvent

HOURS = 2.0
BAR = 0.67  # false alarms per camera-day, all rules together
PART_S = 480.0  # one camera's stretch, with eyes that know nothing yet
PHASE_S = 40.0
WIDTH = 640
PROCESSES = 2
SAMPLE = "vtest"
SAMPLE_SIZE = (768, 576)
DWELL_S = 300.0  # nobody in the clips stays so long
CLEAR, CUT = "clear", "cut"


class Reel(Struct, frozen=True):
    """A clip in which nothing happens, and the camera that watches it."""

    name: str
    video: str
    camera: Camera
    duration_s: float


class Part(NamedTuple):
    """One stretch of the mix: ``other`` is shown in between where the link is cut over."""

    reel: Reel
    other: Reel
    seed: int
    seconds: float


class FalseAlarm(Struct, frozen=True):
    """An event that should not be: where in the stretch, and what was done to the picture then."""

    reel: str
    seed: int
    t_s: float
    degradation: str
    rule: str
    score: float
    label: str | None
    boxes: tuple[tuple[float, float, float, float], ...]


class Mix(Struct, frozen=True):
    """What the mix came to."""

    seconds: float
    seconds_of: dict[str, float]
    false_alarms: list[FalseAlarm]

    @property
    def per_day(self) -> float:
        """False alarms per camera-day, all rules together."""
        return per_day(len(self.false_alarms), self.seconds)

    def missed(self) -> list[str]:
        """Return the bar in words when it is missed."""
        return [] if self.per_day < BAR else [f"quiet mix: {self.per_day:.2f} false alarms per camera-day"]

    def table(self) -> str:
        """Return false alarms per camera-day by rule, by clip and by what was done, for a person."""
        lines = [f"{self.seconds / 3600:.2f} h of footage, {len(self.false_alarms)} false alarms, "]
        lines[0] += f"{self.per_day:.2f} per camera-day (bar {BAR})"
        groups: dict[str, Callable[[FalseAlarm], str]] = {
            "rule": lambda one: one.rule,
            "clip": lambda one: one.reel,
            "under": lambda one: one.degradation,
        }
        for title, key in groups.items():
            for name in sorted({key(one) for one in self.false_alarms}):
                count = sum(key(one) == name for one in self.false_alarms)
                of_s = self.seconds_of.get(name, self.seconds)
                lines.append(f"  {title:<6}{name:<28}{count:>4}{per_day(count, of_s):>9.1f} per camera-day")
        return "\n".join(lines)


def reels(found: Sequence[Clip]) -> list[Reel]:
    """Return the quiet clips: those without any event that is an alarm anywhere, and Debian's sample."""
    empty = tomllib.loads(SPLIT.read_text("utf-8"))["empty"]
    quiet = [clip for clip in found if not {event.type for event in clip.truth.events} & set(ANYWHERE)]
    made = [
        Reel(clip.name, str(clip.video), _camera(clip.camera, empty.get(clip.name)), clip.truth.duration_s)
        for clip in quiet
    ]
    try:
        find_sample(f"{SAMPLE}.avi")
    except SampleMissingError:
        return made
    blank = msgspec.convert(
        {"id": SAMPLE, "name": {"ko": SAMPLE, "en": SAMPLE}, "frame": SAMPLE_SIZE}, Camera
    )
    return [*made, Reel(SAMPLE, f"{SCHEME}{SAMPLE}.avi", _camera(blank, empty.get(SAMPLE)), 79.5)]


def _camera(camera: Camera, empty: list[list[float]] | None) -> Camera:
    """Return a camera with every rule on that has nothing to tell here."""
    width, height = camera.frame
    table = {
        "id": camera.id,
        "name": {"ko": camera.id, "en": camera.id},
        "frame": camera.frame,
        "analysis_fps": FEW_FPS,
        "rules": [{"kind": kind} for kind in sorted(set(ANYWHERE) & kinds_of(PictureRule))],
        "zones": [
            {
                "name": "empty",
                "polygon": [(x * width, y * height) for x, y in empty or ()],
                "rules": _guards(),
            },
            *({"name": z.name, "polygon": z.polygon, "rules": [_STAY]} for z in camera.zones),
        ][0 if empty else 1 :],
    }
    return msgspec.convert(table, Camera)


_STAY = {"kind": "loitering", "dwell_s": DWELL_S}


def _guards() -> list[dict[str, object]]:
    kinds = {"intrusion", "loitering", "person_on_carriageway"} & kinds_of(ZoneRule)
    return [{"kind": kind} for kind in sorted(kinds)]


def parts(quiet: Sequence[Reel], hours: float, seed: int = 0) -> list[Part]:
    """Share the hours out, longer clips getting more (by the root of their length), in stretches.

    Another ``seed`` is another mix: other changes at other moments, of the same clips.
    """
    weights = [reel.duration_s**0.5 for reel in quiet]
    made = []
    for number, reel in enumerate(quiet):
        left_s, own = hours * 3600 * weights[number] / sum(weights), 1000 * seed + 100 * number
        while left_s > 1.0:
            seconds = min(PART_S, left_s)
            made.append(Part(reel, _another(quiet, number, own), own, seconds))
            left_s, own = left_s - seconds, own + 1
    return sorted(made, key=lambda part: -part.seconds)


def _another(quiet: Sequence[Reel], number: int, seed: int) -> Reel:
    """Return the footage in between: of another place, or what lies there would seem to have been left."""
    place = _place(quiet[number])
    others = [reel for reel in quiet if _place(reel) != place] or quiet
    return others[(number + seed) % len(others)]


def _place(reel: Reel) -> str:
    """Return the set that a clip is from: its clips may show one and the same room."""
    return reel.name.partition("_")[0]


def pictures(reel: Reel) -> list[Image]:
    """Return all pictures of a clip at 5 a second, at most :data:`WIDTH` wide."""
    opening = msgspec.structs.replace(open_source(reel.video).opening(), width=WIDTH)
    with decoding(opening) as frames:
        return [frame.image for frame in five_fps(frames, 0)]


class Showing:
    """The frames of one stretch; knows what was last shown and what was done to it."""

    def __init__(self, part: Part, images: Sequence[Image], others: Sequence[Image]) -> None:
        """Show ``images`` over and over, ``others`` in between."""
        self._part = part
        self._images = images
        self._others = others
        self.degradation, self.image = CLEAR, images[0]

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; times go on without a gap, 5 a second."""
        rng = np.random.default_rng(self._part.seed)
        total = round(self._part.seconds * FEW_FPS)
        done = 0
        names = list[str]()
        while done < total:
            names = names or [str(name) for name in rng.permutation([CLEAR, CUT, *DEGRADATIONS])]
            self.degradation = names.pop()
            count = min(round(PHASE_S * FEW_FPS), total - done)
            for frame in self._phase(done, count, int(rng.integers(1 << 30))):
                self.image = frame.image
                yield frame._replace(t_s=frame.t_s + done / FEW_FPS)
            done += count

    def _phase(self, done: int, count: int, seed: int) -> Iterable[Frame]:
        plain = self._plain(done, count)
        degrade = DEGRADATIONS.get(self.degradation)
        return islice(degrade(plain, seed), count) if degrade else plain

    def _plain(self, done: int, count: int) -> Iterator[Frame]:
        size = self._images[0].shape[1], self._images[0].shape[0]
        for number in range(count):
            if self.degradation == CUT and count // 4 <= number < count // 2:
                image = cv2.resize(self._others[number % len(self._others)], size)
            else:
                image = self._images[(done + number) % len(self._images)]
            yield Frame(number / FEW_FPS, np.asarray(image, np.uint8))


_ready: list[Yolox | None] = []
_shown: dict[str, list[Image]] = {}


def _begin(model: Path | None) -> None:
    os.nice(5)
    _ready.append(Yolox(model) if model else None)


def _run(part: Part, stills: Path | None) -> list[FalseAlarm]:
    for reel in (part.reel, part.other):
        if reel.name not in _shown:
            _shown[reel.name] = pictures(reel)
    showing = Showing(part, _shown[part.reel.name], _shown[part.other.name])
    found = []
    for event in judge(showing, part.reel.camera, _ready[-1]):
        if isinstance(event.data, CameraEvent) and not _elsewhere(part, showing.degradation, event.data):
            found.append(_false(part, showing.degradation, event.data))
            if stills:
                _keep(stills, found[-1], showing.image, part.reel.camera)
    return found


def _elsewhere(part: Part, degradation: str, fact: CameraEvent) -> bool:
    """Tell whether other footage is in between: its people do stand where nobody stands here."""
    return degradation == CUT and part.other is not part.reel and fact.zone is not None


def _false(part: Part, degradation: str, fact: CameraEvent) -> FalseAlarm:
    return FalseAlarm(
        part.reel.name, part.seed, at(fact), degradation, fact.rule, fact.score, fact.label, fact.boxes[:3]
    )


def _keep(folder: Path, alarm: FalseAlarm, image: Image, camera: Camera) -> None:
    """Write the picture of a false alarm with its boxes."""
    drawn, scale = image.copy(), image.shape[1] / camera.frame[0]
    for x, y, w, h in (tuple(round(value * scale) for value in box) for box in alarm.boxes):
        cv2.rectangle(drawn, (x, y), (x + w, y + h), (0, 0, 255), 1)
    rule = alarm.rule.replace(":", "-")
    name = f"{rule}_{alarm.reel}_{alarm.degradation}_{alarm.seed}_{alarm.t_s:.1f}.png"
    cv2.imwrite(str(folder / name), drawn)


def measure(
    found: Sequence[Clip], model: Path | None, hours: float, stills: Path | None = None, seed: int = 0
) -> Mix:
    """Play the mix to the eyes in processes beside each other; print progress and each false alarm."""
    todo = parts(reels(found), hours, seed)
    total_s = sum(part.seconds for part in todo)
    done_s = 0.0
    alarms = list[FalseAlarm]()
    times = dict[str, float]()
    with ProcessPoolExecutor(PROCESSES, initializer=_begin, initargs=(model,)) as pool:
        running = {pool.submit(_run, part, stills): part for part in todo}
        for future in as_completed(running):
            part, new = running[future], future.result()
            alarms += new
            done_s += part.seconds
            times[part.reel.name] = times.get(part.reel.name, 0.0) + part.seconds
            print(f"quiet mix {done_s / total_s:4.0%} {part.reel.name} #{part.seed}: {len(new)}", flush=True)
            for one in new:
                said = f"{one.t_s:6.1f} s under {one.degradation}: {one.rule} {one.score} {one.label}"
                print(f"   {said} {one.boxes}", flush=True)
    alarms.sort(key=lambda one: (one.rule, one.reel, one.seed, one.t_s))
    return Mix(total_s, times, alarms)
