"""A copy of one person: everybody else is unknowable in every picture, that one as clear as before."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from cctv.config.camera import ZoneConfig
from cctv.detectors import Detector
from cctv.live.evidence import Mp4
from cctv.privacy.anonymiser import nearest, sighted
from cctv.privacy.export import BLIND, ExportError, Wanted, export
from cctv.rules import Intrusion
from cctv.sources.base import Image
from cctv.tracking.tracker import Box, Sighting, overlap
from data.cameras.clips import Card, Course, Thing
from tests.cctv.footage import camera
from tests.cctv.recorded_clip import about, taken
from tests.cctv.sample_footage import SIZE, film, pictures, piece
from tests.cctv.tiny_model import tiny_yolox

FPS, SECONDS = 10, 12
WIDE, HIGH = 36, 96  # of a person, pixels
WANTED, WALKER, STANDING = 1, 2, 3
BLURRED = 0.25  # of the local detail is left at most: edges of blocks that fall on its own
CLEAR = 0.5  # of it is left at least after two encodings
BLOCK_PX = 24  # of a picture 768 wide: of what is smaller than a block little can be told
FOOT = 0.9  # below is the strip of the mark


def boxes_at(t_s: float) -> dict[int, Box]:
    """Return who is where in the made clip: two walk past each other at a distance, one never stirs."""
    return {
        WANTED: (40.0 + 45.0 * t_s, 60.0, WIDE, HIGH),
        WALKER: (640.0 - 45.0 * t_s, 240.0, WIDE, HIGH),
        STANDING: (560.0, 400.0, WIDE, HIGH),
    }


def seen_at(t_s: float) -> dict[int, Box]:
    """Return who was sighted: the walker not for four seconds, the standing one rarely."""
    seen = boxes_at(t_s)
    if 4 < t_s < 8:
        del seen[WALKER]
    if t_s < 2 or (3 < t_s < 10.5):
        del seen[STANDING]
    return seen


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip as the store keeps it: three people of noise on a real ground, and its course with gaps."""
    path = tmp_path_factory.mktemp("three") / "three.mp4"
    dice, ground = np.random.default_rng(5), cv2.GaussianBlur(pictures(1)[0], (9, 9), 0)
    who = {
        n: cv2.resize(
            dice.integers(0, 255, (32, 12, 3), np.uint8), (WIDE, HIGH), interpolation=cv2.INTER_NEAREST
        )
        for n in (WANTED, WALKER, STANDING)
    }
    times = [number / FPS for number in range(FPS * SECONDS)]
    with Mp4(path) as out:
        for t_s in times:
            image = ground.copy()
            for number, (x, y, _, _) in boxes_at(t_s).items():
                image[int(y) : int(y) + HIGH, int(x) : int(x) + WIDE] = who[number]
            out.write(np.asarray(image, np.uint8), t_s)
    seen = tuple(
        (t_s, tuple(Thing(n, "person", 0.9, *box) for n, box in seen_at(t_s).items())) for t_s in times[::2]
    )
    card = Card("three", "changwon/camera/CAM-1", datetime(2026, 1, 1, tzinfo=UTC), times[-1], SIZE, "made")
    path.with_suffix(".json").write_bytes(msgspec.json.encode(card))
    path.with_suffix(".track.json").write_bytes(msgspec.json.encode(Course(tuple(times), seen)))
    return path


def kept(before: Image, after: Image, box: Box) -> float:
    """Return which share of the fine detail inside a box is still the same, about 0 to 1; rims left out.

    Detail is what a blur takes away; what coarse blocks add at their edges is none of the original's.
    """
    x, y, w, h = (round(side) for side in box)
    rows = slice(max(0, y + h // 8), y + h - h // 8)
    columns = slice(max(0, x + w // 8), x + w - w // 8)
    had, has = (fine(image[rows, columns]) for image in (before, after))
    return float((had * has).sum() / (had * had).sum())


def fine(image: Image) -> NDArray[np.float32]:
    """Return what is finer than about two pixels."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 2.0), np.float32)


class Finds(Detector):
    """Sees the same people in every picture: nobody, or who stands there all the time."""

    name = "tests"

    def __init__(self, *seen: Sighting) -> None:
        self._seen = list(seen)

    def find(self, _: Image) -> list[Sighting]:
        return self._seen


def quiet(_: float) -> None:
    """Hear nothing of how far it is."""


def test_one_is_clear_and_the_others_are_blurred_in_every_picture(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.mp4"
    export(clip, out, Wanted("경찰", track=WANTED), Finds(), quiet)
    pairs = list(zip(film(clip), film(out), strict=True))
    assert len(pairs) == FPS * SECONDS
    unsighted = 0
    for before, after in pairs:
        for number, box in boxes_at(before.t_s).items():
            left = kept(before.image, after.image, box)
            where = f"{number} at {before.t_s:.1f} s: {left:.2f} of its detail"
            assert left > CLEAR if number == WANTED else left < BLURRED, where
        unsighted += len(seen_at(before.t_s)) < 3
    assert unsighted > FPS * SECONDS / 2, "most pictures are of times when somebody was not sighted"


def test_a_copy_of_nobody_hides_nobody(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.mp4"
    export(clip, out, Wanted("경찰"), None, quiet)
    for before, after in zip(film(clip), film(out), strict=True):
        for box in boxes_at(before.t_s).values():
            assert kept(before.image, after.image, box) > CLEAR


def test_real_people_on_real_footage(tmp_path: Path) -> None:
    zone = ZoneConfig("way", ((400, 200), (740, 200), (740, 420), (400, 420)), (Intrusion(),))
    eyes = replace(camera(str(piece(tmp_path / "real.mp4", 9)), zones=(zone,), lines=()), frame=SIZE)
    path = taken(eyes, tmp_path, seconds=9)
    _, course = about(path)
    counts: dict[int, int] = {}
    for _, things in course.seen:
        for one in things:
            counts[one.track] = counts.get(one.track, 0) + 1
    assert len(counts) >= 2
    who = max(counts, key=lambda number: counts[number])
    out = tmp_path / "one.mp4"
    export(path, out, Wanted("경찰", track=who), Finds(), quiet)
    before, after = ({round(f.t_s, 2): f.image for f in film(each)} for each in (path, out))
    hidden, clear = list[float](), list[float]()
    for t_s, things in course.seen:
        at = round(t_s, 2)
        boxes = {one.track: (one.x, one.y, one.w, one.h) for one in things}
        for number, box in boxes.items():
            if min(box[2:]) < BLOCK_PX or box[1] + box[3] > FOOT * SIZE[1] or at not in after:
                continue
            apart = all(overlap(box, other) == 0 for n, other in boxes.items() if n != number)
            if apart:
                (clear if number == who else hidden).append(kept(before[at], after[at], box))
    assert len(hidden) > 20
    assert np.mean(hidden) < BLURRED / 2
    assert max(hidden) < CLEAR, "edges of blocks may fall on somebody's own, here and there"
    assert len(clear) > 5
    assert np.median(clear) > CLEAR


def test_somebody_who_is_not_in_the_clip_is_refused(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "none.mp4"
    with pytest.raises(ExportError, match="nobody of number 99 in the clip"):
        export(clip, out, Wanted("경찰", track=99), Finds(), quiet)
    assert not list(tmp_path.iterdir()), "nothing is left of a copy that was refused"
    model = tiny_yolox(tmp_path / "tiny.onnx")
    command = [
        sys.executable,
        "-m",
        "cctv",
        "export",
        str(clip),
        "--out",
        str(out),
        "--mark",
        "m",
        "--track",
        "99",
        "--model",
        str(model),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "error nobody of number 99 in the clip"


def test_without_any_model_there_is_no_copy_of_one_person(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.mp4"
    with pytest.raises(ExportError, match="모델이 없어"):
        export(clip, out, Wanted("경찰", track=WANTED), None, quiet)
    assert not list(tmp_path.iterdir())
    environ = os.environ | {"GWANJE_VAR": str(tmp_path), "GWANJE_DETECTOR": ""}
    command = [sys.executable, "-m", "cctv", "export", str(clip), "--out", str(out), "--mark", "m"]
    command += ["--track", "1"]
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout.decode().splitlines()[-1] == f"error {BLIND}"
    assert not out.exists()


def test_a_bystander_who_never_stirs_and_was_never_tracked_is_blurred(clip: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.mp4"
    alone.write_bytes(clip.read_bytes())
    alone.with_suffix(".json").write_bytes(clip.with_suffix(".json").read_bytes())
    course = msgspec.json.decode(clip.with_suffix(".track.json").read_bytes(), type=Course)
    seen = tuple((t_s, tuple(one for one in things if one.track != STANDING)) for t_s, things in course.seen)
    alone.with_suffix(".track.json").write_bytes(msgspec.json.encode(replace(course, seen=seen)))
    out, box = tmp_path / "one.mp4", boxes_at(0)[STANDING]
    export(alone, out, Wanted("경찰", track=WANTED), Finds(Sighting(box, "person", 0.9)), quiet)
    for before, after in zip(film(alone), film(out), strict=True):
        assert kept(before.image, after.image, box) < BLURRED


def test_with_a_model_that_cannot_be_loaded_there_is_no_copy_of_one_person(
    clip: Path, tmp_path: Path
) -> None:
    model, out = tmp_path / "broken.onnx", tmp_path / "none.mp4"
    model.write_bytes(b"no model")
    command = [sys.executable, "-m", "cctv", "export", str(clip), "--out", str(out), "--mark", "m"]
    command += ["--track", "1", "--model", str(model)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("error the room's model cannot be loaded")
    assert not out.exists()


def test_who_was_not_sighted_is_where_the_nearest_sightings_are() -> None:
    known = [(10.0, (0.0, 0.0, 10.0, 20.0)), (20.0, (100.0, 0.0, 10.0, 20.0))]
    assert nearest(known, 15.0) == [known[0][1], (50.0, 0.0, 10.0, 20.0), known[1][1]]
    assert nearest(known, 8.0) == [known[0][1]]
    assert nearest(known, 22.0) == [known[1][1]]
    assert nearest(known, 2.0) == nearest(known, 30.0) == nearest([], 3.0) == []
    assert sighted(known, 10.4, 0.5) == [known[0][1]]
    assert sighted(known, 15.0, 0.5) == []
    assert all(first[0] < second[0] for first, second in pairwise(known))
