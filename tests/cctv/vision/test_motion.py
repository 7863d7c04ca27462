"""Motion on real and made pictures: what moves, and what is the whole picture."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from cctv.offline.sample import find_sample
from cctv.sources.base import Image
from cctv.vision.motion import Motion, Moved

FPS = 10
SIZE = (384, 288)


def sample(count: int, start: int = 0) -> Iterator[Image]:
    """Yield pictures of Debian's sample, small; 10 a second."""
    capture = cv2.VideoCapture(str(find_sample("vtest.avi")))
    capture.set(cv2.CAP_PROP_POS_FRAMES, start)
    for _ in range(count):
        ok, picture = capture.read()
        assert ok
        yield np.asarray(cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def run(pictures: list[Image]) -> list[Moved]:
    motion = Motion()
    return [motion.look(picture, n / FPS) for n, picture in enumerate(pictures)]


def changes(seen: list[Moved]) -> list[tuple[int, str]]:
    return [(n, moved.change.change) for n, moved in enumerate(seen) if moved.change]


def lit(picture: Image, gain: float, offset: float = 0.0) -> Image:
    return np.asarray(np.clip(picture * gain + offset, 0, 255), np.uint8)


def empty(seed: int, noise: float = 2.0) -> Image:
    """Return a yard with things in it, seen through a sensor's noise."""
    dice = np.random.default_rng(7)
    yard = np.full((SIZE[1], SIZE[0], 3), 110, np.uint8)
    for _ in range(60):
        x, y, w, h = (int(v) for v in dice.integers((0, 0, 10, 10), (360, 260, 60, 60)))
        cv2.rectangle(yard, (x, y), (x + w, y + h), [int(v) for v in dice.integers(40, 220, 3)], -1)
    blurred = cv2.GaussianBlur(yard, (5, 5), 0)
    return np.clip(blurred + np.random.default_rng(seed).normal(0, noise, yard.shape), 0, 255).astype(
        np.uint8
    )


def test_people_move_and_nothing_else_is_told() -> None:
    seen = run(list(sample(100)))
    assert changes(seen) == []
    assert sum(bool(moved.boxes) for moved in seen) > 80


@pytest.mark.parametrize(("gain", "offset"), [(0.35, 0.0), (1.0, 60.0), (0.04, 0.0)])
def test_lamps_are_light_and_no_motion(gain: float, offset: float) -> None:
    pictures = list(sample(80))
    seen = run([*pictures[:40], *(lit(p, gain, offset) for p in pictures[40:])])
    assert changes(seen) == [(40, "light")]
    assert not any(moved.boxes for moved in seen[40:49])
    assert all(moved.settling for moved in seen[40:49])


def test_infrared_is_light() -> None:
    pictures = list(sample(80))
    grey = [np.repeat(p.min(2, keepdims=True), 3, 2) for p in pictures[40:]]
    seen = run([*pictures[:40], *(lit(p, 1.3, 25.0) for p in grey)])
    assert changes(seen) == [(40, "light")]


def test_lightning_is_light_twice_and_no_motion() -> None:
    pictures = [empty(n) for n in range(70)]
    pictures[40] = lit(pictures[40], 1.4, 70.0)
    seen = run(pictures)
    assert [change for _, change in changes(seen)] in (["light"], ["light", "light"])
    assert not any(moved.boxes for moved in seen[2:])


def test_another_scene_is_a_cut() -> None:
    other = [np.ascontiguousarray(np.rot90(p, 2)) for p in sample(30, 300)]
    seen = run([*sample(40), *(lit(p, 0.7) for p in other)])
    assert changes(seen) == [(40, "cut")]
    assert not any(moved.boxes for moved in seen[40:49])


def shaken(picture: Image, x: float, y: float) -> Image:
    way = np.array([[1, 0, x], [0, 1, y]], np.float32)
    moved = cv2.warpAffine(picture, way, SIZE, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def test_a_shaken_camera_is_told_and_put_back() -> None:
    dice = np.random.default_rng(5)
    still = [empty(n) for n in range(90)]
    shakes = dice.uniform(-7, 7, (50, 2))
    seen = run([*still[:40], *(shaken(p, *way) for p, way in zip(still[40:], shakes, strict=True))])
    assert [change for _, change in changes(seen)] == ["shake"]
    wrong = [n for n, moved in enumerate(seen[40:]) if np.count_nonzero(moved.mask) > 0.02 * moved.mask.size]
    assert len(wrong) <= 4
    far = [n for n, moved in enumerate(seen[40:]) if np.hypot(*shakes[n]) > 4]
    off = [np.hypot(*(np.array(seen[40 + n].shift) - shakes[n])) for n in far]
    assert np.median(off) < 1.0  # of a picture 288 px high


def test_who_walks_before_a_shaken_camera_is_still_seen() -> None:
    dice = np.random.default_rng(6)
    pictures = []
    for n in range(90):
        picture = empty(n)
        if n >= 40:
            cv2.rectangle(picture, (4 * (n - 40), 120), (4 * (n - 40) + 40, 220), (250, 250, 250), -1)
            picture = shaken(picture, *dice.uniform(-6, 6, 2))
        pictures.append(picture)
    seen = run(pictures)
    assert sum(bool(moved.boxes) for moved in seen[50:]) >= 35


def test_a_turned_camera_is_learnt_anew() -> None:
    still = [empty(n) for n in range(240)]
    seen = run([*still[:40], *(shaken(p, 9, 5) for p in still[40:])])
    assert not any(moved.boxes for moved in seen[170:])


@pytest.mark.parametrize("noise", [8.0, 16.0])
def test_noise_by_night_is_no_motion(noise: float) -> None:
    seen = run([empty(n, noise) for n in range(60)])
    assert sum(len(moved.boxes) for moved in seen[20:]) <= 2


def test_rain_is_no_motion_of_the_whole_picture() -> None:
    dice = np.random.default_rng(2)
    pictures = []
    for n in range(60):
        picture = empty(n)
        for x, y in dice.integers((0, 0), SIZE, (150, 2)):
            cv2.line(picture, (int(x), int(y)), (int(x) + 2, int(y) + 16), (190, 190, 190), 1)
        pictures.append(picture)
    seen = run(pictures)
    assert changes(seen) == []
    assert sum(len(moved.boxes) for moved in seen[30:]) < 8 * 30  # of 150 streaks each


def test_a_lorry_close_by_is_no_change_of_the_picture() -> None:
    pictures = []
    for n in range(60):
        picture = empty(n)
        if n >= 30:
            right = min(SIZE[0], 60 * (n - 29))
            left = max(0, right - 260)
            picture[40:, left:right] = (40, 60, 160)
            picture[100:140, left:right:17] = 240
        pictures.append(picture)
    seen = run(pictures)
    assert changes(seen) == []
    assert any(moved.boxes for moved in seen[30:])


def test_what_was_there_first_is_no_ghost_for_long() -> None:
    pictures = []
    for n in range(120):
        picture = empty(n)
        if n < 10:
            picture[100:200, 100:150] = 250
        pictures.append(picture)
    seen = run(pictures)
    assert not any(moved.boxes for moved in seen[60:])


def test_a_film_that_changes_its_size_begins_anew() -> None:
    motion = Motion()
    for n in range(45):
        picture = np.roll(empty(n), 3 if n >= 20 else 0, axis=1)  # shaken: it was compared just now
        motion.look(np.asarray(picture, np.uint8), n / FPS)
    for n in range(45, 75):
        narrow = np.roll(empty(n)[:, :300], n % 2 * 2, axis=1)
        moved = motion.look(np.asarray(narrow, np.uint8), n / FPS)
        assert moved.mask.shape == (180, 188)
