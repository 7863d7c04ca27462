"""A picture that froze is told within 10 s however it is encoded; calm scenes never are."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cctv.sources.base import Image
from cctv.vision.frozen import Frozen
from cctv.vision.learned_view import small
from tests.cctv import picture_faults as tamper
from tests.cctv.encoded_pictures import Encoder
from tests.cctv.picture_faults import FPS

WITHIN_S = 10.0
BEFORE_S, AFTER_S, CALM_S = 15.0, 11.0, 40.0
# 80 and 40 kbit/s at 320 px and 5 pictures a second are about as starved as 300 and 150 kbit/s at 640 and 10
ENCODERS = [
    Encoder("crf 23", crf=23),
    Encoder("crf 35", crf=35),
    Encoder("few bits", kbit_s=80),
    Encoder("fewer bits", kbit_s=40),
    Encoder("key frames every s", crf=23, key_s=1.0),
    Encoder("few bits, key frames every s", kbit_s=80, key_s=1.0),
    Encoder("few bits, key frames every 2 s", kbit_s=80, key_s=2.0),
    Encoder("fewer bits, key frames every 2 s", kbit_s=40, key_s=2.0),
    Encoder("crf 35, key frames every 2 s", crf=35, key_s=2.0),
]
KEYED = [each for each in ENCODERS if "key" in each.name]
SAMPLE, *OTHERS = tamper.clips()
# each encoder on the sample; the other clips take turns
PAIRS = [(SAMPLE, encoder) for encoder in ENCODERS] + [
    (clip, ENCODERS[(2 * number + turn) % len(ENCODERS)])
    for number, clip in enumerate(OTHERS)
    for turn in (0, 1)
]


def name_of(pair: tuple[Path, Encoder]) -> str:
    return f"{pair[0].stem}, {pair[1].name}"


def frozen_s(images: Iterable[Image]) -> list[float]:
    """Return when pictures, five a second, were said to be frozen."""
    frozen = Frozen()
    return [n / FPS for n, image in enumerate(images) if frozen.look(small(image), n / FPS)]


def live(clip: Path) -> Iterator[Image]:
    pictures = tamper.pictures(clip)
    return itertools.cycle([*pictures, *pictures[-2:0:-1]])


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_frozen_under_an_encoder_is_told(pair: tuple[Path, Encoder]) -> None:
    clip, encoder = pair
    before = list(itertools.islice(live(clip), round(BEFORE_S * FPS)))
    told_s = frozen_s(encoder.send([*before, *[before[-1]] * round(AFTER_S * FPS)]))
    assert told_s
    print(f"{name_of(pair)}: told after {told_s[0] - BEFORE_S:.1f} s")
    assert 0 < told_s[0] - BEFORE_S <= WITHIN_S
    assert len(told_s) >= (BEFORE_S + AFTER_S - told_s[0]) * FPS * 0.9, "told, and taken back"


@pytest.mark.parametrize("pair", PAIRS[::2], ids=name_of)
def test_live_footage_is_not_frozen(pair: tuple[Path, Encoder]) -> None:
    clip, encoder = pair
    assert frozen_s(encoder.send(itertools.islice(live(clip), round(CALM_S * FPS)))) == []


@pytest.mark.parametrize("encoder", KEYED, ids=lambda e: e.name)
@pytest.mark.parametrize(("light", "sigma"), [(1.0, 1.5), (0.25, 3.0)], ids=["day", "night"])
def test_a_calm_scene_is_not_frozen(encoder: Encoder, light: float, sigma: float) -> None:
    shown = noisy(itertools.repeat(scene() * light, round(CALM_S * FPS)), sigma)
    assert frozen_s(encoder.send(shown)) == []


@pytest.mark.parametrize(
    "encoder", [each for each in KEYED if "fewer" not in each.name], ids=lambda e: e.name
)
@pytest.mark.parametrize(("wide", "speed"), [(0.06, 0.1), (0.25, 0.5)], ids=["far", "near"])
def test_who_leaves_leaves_a_calm_scene(encoder: Encoder, wide: float, speed: float) -> None:
    shown = noisy(leaving(wide, speed, 10.7, 25.0), 1.5)
    assert frozen_s(encoder.send(shown)) == []


def scene() -> np.ndarray:
    return np.median(np.stack(tamper.pictures(SAMPLE)[::20]), axis=0)


def noisy(images: Iterable[np.ndarray], sigma: float) -> Iterator[Image]:
    rng = np.random.default_rng(3)
    for image in images:
        yield np.asarray(np.clip(image + rng.normal(0, sigma, image.shape), 0, 255), np.uint8)


def leaving(wide: float, speed: float, gone_s: float, for_s: float) -> Iterator[np.ndarray]:
    """Somebody passes again and again, then is gone; ``wide`` and ``speed`` are shares of the width."""
    empty, rng = scene(), np.random.default_rng(4)
    height, width = empty.shape[:2]
    size = max(2, round(wide * width))
    tall = min(height - 20, round(2.5 * size))
    coat = np.kron(rng.integers(20, 120, (tall // 8 + 1, size // 8 + 1, 3)), np.ones((8, 8, 1)))[:tall, :size]
    for number in range(round(for_s * FPS)):
        image, left_s = empty.copy(), gone_s - number / FPS
        x = (
            round(width * (1 - abs(speed * left_s) % 1))
            if left_s > 0
            else round(width * (1 - speed * left_s))
        )
        if x < width:
            image[height - tall - 10 : height - 10, x : x + size] = coat[:, : width - x]
        yield image
