"""Things left, taken, dumped: composed of real pictures (a walker and a bag cut out of PETS 2009).

Composed, no real theft: the place is the sample's median picture; noise and JPEG are added.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import cache

import cv2
import numpy as np
import pytest

from cctv.offline.sample import find_sample
from cctv.rules import Abandonment, Dumping, Removal
from cctv.rules.base import Place, RuleConfig
from cctv.sources.base import Image
from cctv.tracking.tracker import Past, Track
from cctv.vision.left_objects import Things
from tests.cctv.flames import person, scene

FPS = 5.0
PUT_S = 14.0  # when the walker passes the spot
X, FOOT_Y = 200, 190  # the spot, in the half-size picture
STEP_PX = 6
WALKER = (18, 44)


@cache
def real() -> tuple[Image, Image, Image]:
    """Return an empty place, a walker's pixels and a bag's, all of the sample at half size."""
    video = cv2.VideoCapture(str(find_sample("vtest.avi")))
    pictures = [np.asarray(video.read()[1], np.uint8) for _ in range(250)]
    half = [np.asarray(cv2.resize(p, (384, 288), interpolation=cv2.INTER_AREA), np.uint8) for p in pictures]
    place = np.median(np.stack(half[::10]), axis=0).astype(np.uint8)
    apart = np.abs(half[0].astype(np.int16) - place).max(2) > 40
    count, _, stats, _ = cv2.connectedComponentsWithStats(apart.astype(np.uint8))
    x, y, w, h, _ = max(stats[1:count].tolist(), key=lambda row: row[4])
    walker = cv2.resize(half[0][y : y + h, x : x + w], WALKER)
    return place, np.asarray(walker, np.uint8), (half[0][30:44, 165:179] * 0.6).astype(np.uint8)


def told(
    config: RuleConfig,
    bag: Callable[[float], bool],
    stays_s: float = 0.0,
    label: str | None = "person",
    place: Place | None = None,
    light: Callable[[float], float] = lambda _: 1.0,
) -> list[float]:
    """Return when a rule fires over a walk past the spot; ``label`` None: nobody is tracked."""
    things, rule = Things(), config.build(place or Place())
    found = []
    for t_s, image, tracks in film(bag, stays_s, label or "person", light):
        seen = tracks if label else ()
        there = things.look(image, seen, t_s, (1.0, 1.0), float("-inf"))
        found += [t_s for _ in rule.look(scene(image, t_s, seen)._replace(things=there))]
    return found


def film(
    bag: Callable[[float], bool], stays_s: float, label: str, light: Callable[[float], float]
) -> Iterator[tuple[float, Image, tuple[Track, ...]]]:
    ground, walker, thing = real()
    rng, path = np.random.default_rng(9), deque[Past](maxlen=60)
    for n in range(round((45 + stays_s) * FPS)):
        t_s = n / FPS
        picture = ground.copy()
        if bag(t_s):
            picture[FOOT_Y - 14 : FOOT_Y, X : X + 14] = thing
            under = picture[FOOT_Y : FOOT_Y + 3, X : X + 16]
            under[:] = (under * 0.7).astype(np.uint8)
        way_s = min(t_s, PUT_S) + max(0.0, t_s - PUT_S - stays_s)
        x = round(X - 20 + STEP_PX * FPS * (way_s - PUT_S))
        tracks: tuple[Track, ...] = ()
        if 0 <= x < 384 - WALKER[0]:
            picture[FOOT_Y - WALKER[1] : FOOT_Y, x : x + WALKER[0]] = walker
            one = person(x, FOOT_Y - WALKER[1], *WALKER, t_s, label=label)
            one.born, one.path = (0.0, float(FOOT_Y)), path
            one.remember(t_s)
            tracks = (one,)
        noisy = np.clip(picture * light(t_s) + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
        _, jpeg = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 60])
        yield t_s, np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8), tracks


def put(t_s: float) -> bool:
    return t_s >= PUT_S


def took(t_s: float) -> bool:
    return t_s < PUT_S


def never(_: float) -> bool:
    return False


def test_what_is_left_is_told_once_and_after_the_dwell() -> None:
    (t_s,) = told(Abandonment(), put)
    assert PUT_S + 10 <= t_s <= PUT_S + 16
    (sooner_s,) = told(Dumping(), put)
    assert PUT_S + 5 <= sooner_s < t_s
    assert not told(Removal(), put)


def test_while_the_owner_waits_it_is_not_left() -> None:
    (t_s,) = told(Abandonment(), put, stays_s=15)
    assert t_s >= PUT_S + 25


def test_what_is_taken_is_told_once() -> None:
    (t_s,) = told(Removal(), took)
    assert PUT_S + 3 <= t_s <= PUT_S + 12
    assert not told(Abandonment(), took)


def test_what_is_fetched_again_was_not_left() -> None:
    assert not told(Abandonment(), lambda t_s: PUT_S <= t_s < PUT_S + 8)


@pytest.mark.parametrize("config", [Abandonment(), Removal(), Dumping()], ids=lambda c: type(c).__name__)
def test_a_walk_a_cloud_and_nobody_are_nothing(config: RuleConfig) -> None:
    assert not told(config, never)
    assert not told(config, never, light=lambda t_s: 0.7 if t_s > PUT_S else 1.0)
    assert not told(config, put if not isinstance(config, Removal) else took, label=None)


@pytest.mark.parametrize("config", [Abandonment(), Removal(), Dumping()], ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("seen", [True, False])
def test_who_stood_there_from_the_first_leaves_nothing_behind(config: RuleConfig, *, seen: bool) -> None:
    """Seen by the detector but yet to stir; or not seen at all, and so large that it can be no thing."""
    ground, walker, _ = real()
    stands = ground.copy()
    height, width = (WALKER[1], WALKER[0]) if seen else (190, 80)
    body = np.s_[FOOT_Y - height : FOOT_Y, X : X + width]
    stands[body] = cv2.resize(walker, (width, height))
    stands[FOOT_Y + 6 : FOOT_Y + 18, X + 2 : X + 14] = 20
    things, rule, rng, found = Things(), config.build(Place()), np.random.default_rng(9), []
    for n in range(round(40 * FPS)):
        t_s, gone = n / FPS, n > 20 * FPS
        noisy = (ground if gone else stands) + rng.normal(0, 4, ground.shape)
        image = np.clip(noisy, 0, 255).astype(np.uint8)
        one = person(X - 4, FOOT_Y - height, width + 8, height + 20, t_s)
        leaving = person(X + 40 + 4 * (n - 100), FOOT_Y - height, width, height, t_s)
        tracks = (leaving,) if gone and t_s < 23 else ()
        there = things.look(image, tracks, t_s, (1.0, 1.0), float("-inf"), () if gone or not seen else (one,))
        found += rule.look(scene(image, t_s, tracks)._replace(things=there))
    assert not found


def test_a_vehicle_dumps_and_abandons_not() -> None:
    assert len(told(Dumping(), put, stays_s=3.0, label="truck")) == 1
    assert not told(Abandonment(), put, stays_s=3.0, label="truck")


def test_traffic_that_does_not_stop_dumps_nothing() -> None:
    assert not told(Dumping(), put, label="truck")


def test_only_in_the_zone() -> None:
    here = Place("here", ((150.0, 150.0), (250.0, 150.0), (250.0, 250.0), (150.0, 250.0)))
    far = Place("far", ((0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0)))
    assert len(told(Abandonment(), put, place=here)) == 1
    assert not told(Abandonment(), put, place=far)
