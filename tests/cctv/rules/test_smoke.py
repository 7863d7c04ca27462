"""Smoke made here (synthetic): what rises, what does not; the real plume is in the test of fire."""

from collections.abc import Iterable

import numpy as np

from cctv.rules import Smoke
from cctv.rules.base import Finding, Place
from cctv.rules.recent import Episodes
from cctv.sources.base import Image
from tests.cctv.flames import ground, person, plume, scene


def told(pictures: Iterable[Image], fps: float = 10.0) -> list[tuple[float, Finding]]:
    rule = Smoke().build(Place())
    return [(n / fps, f) for n, image in enumerate(pictures) for f in rule.look(scene(image, n / fps))]


def test_a_plume_that_rises_is_told_once() -> None:
    ((t_s, finding),) = told(plume(20))
    assert finding.kind == "smoke"
    assert t_s <= 9


def test_what_sinks_or_stands_is_none() -> None:
    assert not told(plume(12, rise=-2.0))
    assert not told(plume(12, rise=0.0))


def test_noise_is_none() -> None:
    rng = np.random.default_rng(8)
    pictures = (
        np.clip(ground() + rng.normal(0, 12, (240, 320, 3)), 0, 255).astype(np.uint8) for _ in range(120)
    )
    assert not told(pictures)


def test_light_that_dims_and_returns_is_none() -> None:
    assert not told((ground() * (0.8 + 0.2 * np.sin(n / 4))).astype(np.uint8) for n in range(120))


def test_on_a_person_it_is_none() -> None:
    rule = Smoke().build(Place())
    around = person(60, 0, 200, 200, 0.0)
    assert not [f for n, image in enumerate(plume(12)) for f in rule.look(scene(image, n / 10, (around,)))]


def test_what_goes_on_from_where_it_began_is_no_plume() -> None:
    walks, stays = Episodes(confirm_s=2.5, pause_s=60), Episodes(confirm_s=2.5, pause_s=60)
    times = [n / 2 for n in range(12)]
    assert not any(walks.see([(100 - 15 * t_s, 50.0, 40.0, 90.0)], t_s) for t_s in times)
    assert any(stays.see([(100 - 15 * t_s, 50.0, 40 + 15 * t_s, 90.0)], t_s) for t_s in times)
