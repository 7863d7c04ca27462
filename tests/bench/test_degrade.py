"""What the degradations do to pictures, measured in pixels; repeatable by seed."""

import math
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.degrade import DAWN_S, DEGRADATIONS, FEW_FPS, SHAKE_SHARE
from cctv.offline.sample import find_sample
from cctv.sources.base import Frame, Image
from cctv.sources.decode import decoding
from cctv.sources.file import FileSource

FPS = 10.0
COUNT = 120


@pytest.fixture(scope="module")
def real() -> Image:
    """One picture of real footage, 384×288."""
    with decoding(FileSource(str(find_sample("vtest.avi"))).opening()) as frames:
        image = next(frames).image
    return np.asarray(cv2.resize(image, (384, 288), interpolation=cv2.INTER_AREA), np.uint8)


def still(image: Image, count: int = COUNT) -> Iterator[Frame]:
    for number in range(count):
        yield Frame(number / FPS, image)


def done(name: str, image: Image, count: int = COUNT, seed: int = 1) -> list[Frame]:
    return list(DEGRADATIONS[name](still(image, count), seed))


def light(frame: Frame) -> float:
    return float(frame.image.mean())


def grey(image: Image) -> NDArray[np.float32]:
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)


def flicker(frames: list[Frame]) -> float:
    """Return the standard deviation of pixels from picture to picture, grey levels."""
    return float(np.stack([frame.image for frame in frames]).astype(np.float32).std(axis=0).mean())


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_twice_is_the_same_and_nothing_else_changes(name: str, real: Image) -> None:
    before = real.copy()
    first, second = done(name, real, 12), done(name, real, 12)
    assert [frame.t_s for frame in first] == [frame.t_s for frame in second]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))
    assert {(frame.image.shape, frame.image.dtype) for frame in first} == {(real.shape, real.dtype)}
    assert np.array_equal(real, before)


def test_night_is_dark_and_full_of_noise(real: Image) -> None:
    frames = done("night", real, 10)
    assert light(frames[0]) < 0.6 * real.mean()
    assert flicker(frames) > 8.0
    assert 4.0 < flicker(done("noise", real, 10)) < 8.0


def test_rain_is_bright_streaks_others_in_every_picture(real: Image) -> None:
    first, second = done("rain", real, 2)
    apart = np.abs(first.image.astype(np.int16) - second.image).max(axis=2) > 15
    assert 0.002 < apart.mean() < 0.2


def test_headlights_go_through_the_picture(real: Image) -> None:
    frames = done("headlights", real)
    columns = [
        int((f.image.max(axis=2) > 200).sum(axis=0).argmax()) for f in (frames[8], frames[15], frames[22])
    ]
    assert columns == sorted(set(columns))
    assert light(frames[15]) > light(frames[40]) + 5


def test_infrared_has_no_colour_and_comes_at_once(real: Image) -> None:
    frames = done("ir_switch", real)
    colour = [float(np.ptp(frame.image[::4, ::4].astype(np.int16), axis=2).mean()) for frame in frames]
    assert colour[0] > 8.0
    assert colour[60] < 0.75 * colour[0] + 6.0
    jumps = np.abs(np.diff([light(frame) for frame in frames]))
    assert int(jumps.argmax()) == pytest.approx(49, abs=1)


def test_shaking_moves_the_picture_by_a_few_pixels(real: Image) -> None:
    shaken = done("shake", real, 30)
    moved = [math.hypot(*cv2.phaseCorrelate(grey(real), grey(frame.image))[0]) for frame in shaken]
    assert 0.5 * SHAKE_SHARE * real.shape[1] < max(moved) < 3 * SHAKE_SHARE * real.shape[1]


def test_a_starved_link_loses_detail_and_no_picture(real: Image) -> None:
    frames = done("compression", real, 20)
    assert [frame.t_s for frame in frames] == [number / FPS for number in range(20)]
    assert 18 < cv2.PSNR(real, frames[-1].image) < 32


def test_five_pictures_a_second(real: Image) -> None:
    times = [frame.t_s for frame in done("five_fps", real)]
    assert np.diff(times) == pytest.approx(1 / FEW_FPS, abs=0.11)
    assert len(times) == pytest.approx(COUNT / FPS * FEW_FPS, abs=1)


def test_dawn_dusk_lamp_and_cloud_change_the_light(real: Image) -> None:
    long = round(DAWN_S * FPS) + 5
    dawn, dusk = done("dawn", real, long), done("dusk", real, long)
    assert light(dawn[0]) < 0.35 * light(dawn[-1])
    assert light(dusk[-1]) < 0.35 * light(dusk[0])
    assert max(np.abs(np.diff([light(f) for f in dawn]))) < 3.0
    lamp = [light(frame) for frame in done("lamp", real)]
    assert lamp[85] < 0.7 * lamp[75]
    cloud = [light(frame) for frame in done("cloud", real)]
    assert min(cloud) < 0.75 * max(cloud)
