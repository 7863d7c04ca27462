"""A masked region is masked in every picture that is stored or shown, by the real worker over real footage.

Where a picture of a camera is made to be kept or seen: tiles on the wire and the last one in Redis, stills of
events, stills of a camera's health, clips (of the shown stream and of the larger one), copies that leave the
room with and without one person, one picture of a clip, the picture of the set-up page and those of a trial.
Nothing else in the project makes one: the last test sees to that.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from redis import Redis

from cctv.detectors.yolox import Yolox
from cctv.privacy.export import Wanted, export
from cctv.privacy.masking import COARSE, MASK_BGR
from cctv.sources.base import Image
from data.cameras.clips import Course
from data.settings import Settings
from data.stream.redis_stream import stream_key
from park.cameras.facts import CameraEvent, CameraHealth
from park.events.envelope import decode
from tests.cctv.sample_footage import SIZE, film, pictures, piece
from tests.cctv.tiny_model import tiny_yolox
from workers.cameras import Cameras

ROOT = Path(__file__).resolve().parents[3]
PLAIN, DOUBLE, BLINDED = "CAM-030", "CAM-052", "CAM-084"  # the park's own, each with another file here
MASKS = (
    ((60, 165), (240, 160), (300, 225), (150, 262), (30, 232)),  # a path, brighter than the mask everywhere
    ((645, 40), (730, 40), (730, 105), (645, 105)),  # a white van
)
ZONE = ((400, 200), (740, 200), (740, 420), (400, 420))
SMALL, LARGE = (384, 288), (1024, 768)
NEAR = 20  # grey levels that JPEG and H.264 leave a mask off its colour
RIM_PX = 8  # a codec's block at the edge is of both sides
ATTEMPTS = 3
CONTROL = 60  # the footage differs from the mask's colour by more, on average, where the masks are


class Ran(NamedTuple):
    """What the worker left: its data folder, the facts and the pictures of each camera on the wire."""

    var: Path
    told: dict[str, list[Any]]
    shown: dict[str, list[bytes]]
    last: dict[str, bytes]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Ran:
    """The camera worker on three masked cameras, until each has told what is waited for.

    On a machine too slow for the main stream a clip is of the smaller one: then once more from the start.
    """
    for _attempt in range(ATTEMPTS):
        ran = _watched(tmp_path_factory.mktemp("masks"), redis_url)
        if _large_clips(ran):
            break
    return ran


def _watched(folder: Path, redis_url: str) -> Ran:
    settings = Settings(var_dir=str(folder / "var"), redis_url=redis_url)
    (settings.var / "cameras").mkdir(parents=True)
    small, large = piece(folder / "s.mp4", 20, SMALL), piece(folder / "l.mp4", 20, LARGE)
    _camera(settings, PLAIN, f'source = "{piece(folder / "plain.mp4", 20)}"')
    _camera(settings, DOUBLE, f'source = "{large}"\nsubstream = "{small}"')
    _camera(settings, BLINDED, f'source = "{piece(folder / "blinded.mp4", 6, white_s=9)}"')
    redis: Any = Redis.from_url(redis_url)
    redis.flushall()
    ran = Ran(settings.var, {}, {}, {})
    watching = redis.pubsub()
    names = {f"video:changwon:changwon/camera/{name}".encode(): name for name in (PLAIN, DOUBLE, BLINDED)}
    watching.subscribe(*names)
    stop = threading.Event()
    worker = threading.Thread(target=Cameras(settings, redis, stop).run)
    worker.start()
    deadline_s = time.monotonic() + 180
    try:
        while time.monotonic() < deadline_s and not _enough(ran):
            message = watching.get_message(timeout=0.2)
            if message and message["type"] == "message":
                ran.shown.setdefault(names[message["channel"]], []).append(_jpeg(message["data"]))
            _hear(redis, ran)
        for name in (PLAIN, DOUBLE, BLINDED):
            kept: Any = redis.get(f"still:changwon:changwon/camera/{name}")
            ran.last[name] = _jpeg(kept)
    finally:
        stop.set()
        worker.join(60)
    assert not worker.is_alive()
    assert _enough(ran), {name: [type(fact) for fact in facts] for name, facts in ran.told.items()}
    watching.close()
    redis.close()
    return ran


def _large_clips(ran: Ran) -> list[Path]:
    """Return the clips of the camera with two streams that are of the larger one."""
    return [clip for clip in _clips(ran, DOUBLE) if _size(next(film(clip)).image) == LARGE]


def _size(image: Image) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def _camera(settings: Settings, name: str, source: str) -> None:
    masks = "\n".join(f"[[masks]]\npolygon = {[list(point) for point in mask]}" for mask in MASKS)
    zone = f'[[zones]]\nname = "way"\npolygon = {[list(point) for point in ZONE]}\n'
    text = f'id = "{name}"\nname = {{ ko = "가", en = "a" }}\nframe = {list(SIZE)}\n{source}\n'
    text += f'{masks}\n{zone}rules = [{{ kind = "intrusion" }}]\n'
    (settings.var / "cameras" / f"{name}.toml").write_text(text, "utf-8")


def _jpeg(framed: bytes) -> bytes:
    return framed[9 + framed[0] :]


def _hear(redis: Redis, ran: Ran) -> None:
    entries: Any = redis.xrange(stream_key("changwon"))
    ran.told.clear()
    for _, fields in entries:
        event = decode(fields[b"ce"])
        ran.told.setdefault(event.subject.rpartition("/")[2], []).append(event.data)


def _enough(ran: Ran) -> bool:
    """Tell whether two events, the stills of a blinded camera and a few tiles of each have come."""
    events = all(_events(ran, name) for name in (PLAIN, DOUBLE))
    tiles = all(len(ran.shown.get(name, ())) >= 5 for name in (PLAIN, DOUBLE, BLINDED))
    return events and tiles and bool(_blinded(ran))


def _events(ran: Ran, name: str) -> list[CameraEvent]:
    return [fact for fact in ran.told.get(name, ()) if isinstance(fact, CameraEvent)]


def _blinded(ran: Ran) -> list[CameraHealth]:
    facts = [fact for fact in ran.told.get(BLINDED, ()) if isinstance(fact, CameraHealth)]
    return [fact for fact in facts if fact.before and fact.after]


def parts(image: Image, rim_px: int = RIM_PX) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pixels of a picture of any size are surely inside the masks, and which surely not."""
    scale = np.array([image.shape[1] / SIZE[0], image.shape[0] / SIZE[1]])
    drawn = np.zeros(image.shape[:2], np.uint8)
    for mask in MASKS:
        cv2.fillPoly(drawn, [np.rint(np.array(mask) * scale).astype(np.int32)], 255)
    kernel = np.ones((2 * rim_px + 1, 2 * rim_px + 1), np.uint8)
    return cv2.erode(drawn, kernel) > 0, cv2.dilate(drawn, kernel) == 0


def off(image: Image) -> NDArray[np.int16]:
    """Return how far each pixel is from the mask's colour, grey levels."""
    apart = np.abs(image.astype(np.int16) - np.array(MASK_BGR, np.int16))
    return np.asarray(apart.max(axis=2), np.int16)


def check(image: Image, where: str, rim_px: int = RIM_PX) -> None:
    """Fail when a pixel in the masks shows anything, or the picture shows nothing outside them."""
    inside, outside = parts(image, rim_px)
    apart = off(image)
    assert inside.sum() > 100
    assert apart[inside].max() <= NEAR, f"{where}: {apart[inside].max()} grey levels off inside a mask"
    assert np.median(apart[outside]) > CONTROL / 2, f"{where}: nothing to be seen outside the masks"


def opened(raw: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def _clips(ran: Ran, name: str) -> list[Path]:
    return [ran.var / "clips" / f"{fact.clip}.mp4" for fact in _events(ran, name)]


def clip_of(ran: Ran, name: str) -> Path:
    return _large_clips(ran)[0] if name == DOUBLE else _clips(ran, name)[0]


def test_the_footage_itself_shows_what_the_masks_hide() -> None:
    for image in pictures(200)[::20]:
        inside, _ = parts(image)
        assert off(image)[inside].mean() > CONTROL
        assert (off(image)[inside] > NEAR).mean() > 0.95


@pytest.mark.parametrize("name", [PLAIN, DOUBLE, BLINDED])
def test_tiles_on_the_wire_and_the_one_that_is_kept(ran: Ran, name: str) -> None:
    for raw in [*ran.shown[name], ran.last[name]]:
        check(opened(raw), f"tile of {name}")


@pytest.mark.parametrize("name", [PLAIN, DOUBLE])
def test_stills_of_events(ran: Ran, name: str) -> None:
    for fact in _events(ran, name):
        check(opened((ran.var / "stills" / f"{fact.still}.jpg").read_bytes()), fact.rule)


def test_stills_of_a_camera_that_is_blinded(ran: Ran) -> None:
    for fact in _blinded(ran):
        before, after = (
            opened((ran.var / "stills" / f"{still}.jpg").read_bytes()) for still in (fact.before, fact.after)
        )
        check(before, "before")
        check(after, "after")
        assert np.median(after) > 200, "the picture after is the white one"


def test_every_still_there_is(ran: Ran) -> None:
    stills = list((ran.var / "stills").iterdir())
    assert len(stills) >= 4
    for path in stills:
        check(opened(path.read_bytes()), path.name)


@pytest.mark.parametrize(("name", "size"), [(PLAIN, (640, 480)), (DOUBLE, LARGE)])
def test_clips_of_the_shown_stream_and_of_the_larger_one(ran: Ran, name: str, size: tuple[int, int]) -> None:
    frames = list(film(clip_of(ran, name)))
    assert len(frames) >= 10
    for frame in frames:
        assert _size(frame.image) == size
        check(frame.image, f"clip of {name} at {frame.t_s:.2f} s")


def tracks(clip: Path) -> Iterator[int]:
    course = msgspec.json.decode(clip.with_suffix(".track.json").read_bytes(), type=Course)
    return (one.track for _, things in course.seen for one in things)


def test_copies_that_leave_the_room(ran: Ran, tmp_path: Path) -> None:
    clip, detector = clip_of(ran, DOUBLE), Yolox(tiny_yolox(tmp_path / "tiny.onnx"))
    who = next(tracks(clip))
    for name, wanted in {"whole": Wanted("marked"), "one": Wanted("marked", track=who)}.items():
        out = tmp_path / f"{name}.mp4"
        export(clip, out, wanted, detector, lambda _: None)
        for frame in film(out):
            block = RIM_PX + LARGE[0] // COARSE if wanted.track else RIM_PX  # of people at a mask's edge
            check(frame.image, f"{name} at {frame.t_s:.2f} s", block)
    out = tmp_path / "one.png"
    export(clip, out, Wanted("marked", at_s=0.5), None, lambda _: None)
    check(opened(out.read_bytes()), "one picture")


def cctv(*words: str, var: Path) -> None:
    environ = os.environ | {"GWANJE_VAR": str(var), "GWANJE_DETECTOR": ""}
    command = [sys.executable, "-m", "cctv", *words]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [PLAIN, DOUBLE])
def test_the_picture_of_the_set_up_page(ran: Ran, tmp_path: Path, name: str) -> None:
    out = tmp_path / "look.jpg"
    cctv("look", str(ran.var / "cameras" / f"{name}.toml"), "--out", str(out), var=ran.var)
    check(opened(out.read_bytes()), "look")


def test_pictures_of_a_trial_on_footage_that_was_never_masked(ran: Ran, tmp_path: Path) -> None:
    camera = str(ran.var / "cameras" / f"{PLAIN}.toml")
    raw = piece(tmp_path / "raw.mp4", 6)
    cctv("try", str(raw), "--camera", camera, "--out", str(tmp_path / "result.json"), var=ran.var)
    stills = list(tmp_path.glob("*.jpg"))
    assert stills
    for path in stills:
        check(opened(path.read_bytes()), path.name)


def test_pictures_are_made_nowhere_else() -> None:
    makers = ("imencode", "imwrite", "VideoFrame.from", "VideoWriter", ".to_image(", "imageio")
    found = {
        f"{path.relative_to(ROOT)}"
        for folder in ("api", "callbacks", "cctv", "data", "feeds", "layouts", "park", "workers")
        for path in (ROOT / folder).rglob("*.py")
        if any(maker in path.read_text("utf-8") for maker in makers)
    }
    known = {"cctv/live/evidence.py", "cctv/privacy/export.py"}
    assert found == known, "a new maker of pictures needs its test above"
