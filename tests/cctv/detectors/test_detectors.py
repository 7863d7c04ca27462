"""The two engines on real pictures; what is no model; turning a picture and back."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from cctv.detectors import Detector, ModelError
from cctv.detectors.engines import ENGINES
from cctv.detectors.rotated import WAYS, around, turned
from cctv.detectors.yolox import Yolox, distinct, riders, thrifty
from cctv.offline.sample import find_sample
from cctv.sources.base import Image
from cctv.tracking.tracker import Sighting, overlap
from tests.cctv.footage import MODEL
from tests.cctv.tiny_model import tiny_yolox


def sample_picture(number: int = 100) -> Image:
    capture = cv2.VideoCapture(str(find_sample("vtest.avi")))
    capture.set(cv2.CAP_PROP_POS_FRAMES, number)
    ok, picture = capture.read()
    assert ok
    return np.asarray(picture, np.uint8)


def alike(a: list[Sighting], b: list[Sighting], px: float = 2.0) -> bool:
    """Tell whether every sighting of one list has its like in the other."""
    return len(a) == len(b) and all(
        any(
            one.label == other.label
            and abs(one.score - other.score) < 0.02
            and max(abs(m - n) for m, n in zip(one.box, other.box, strict=True)) < px
            for other in b
        )
        for one in a
    )


def test_engines_agree_on_a_small_model(tmp_path: Path) -> None:
    path = tiny_yolox(tmp_path / "tiny.onnx")
    picture = sample_picture()
    first, second = (Yolox(path, engine=name).find(picture) for name in ENGINES)
    assert first
    assert alike(first, second)


@pytest.mark.kept(MODEL)
def test_engines_agree_on_the_real_model() -> None:
    picture = sample_picture()
    first, second = (Yolox(MODEL, engine=name).find(picture) for name in ENGINES)
    assert sum(s.label == "person" for s in first) >= 2
    assert alike(first, second)


def test_a_part_never_costs_more_than_the_picture() -> None:
    def cost_px(height: int, width: int) -> float:
        fits = min(416 / height, 416 / width)
        return height * width * min(fits, thrifty((height, width), (416, 416))) ** 2

    whole = cost_px(480, 640)
    assert whole == pytest.approx(0.7 * 416 * 416)
    assert cost_px(480, 480) == pytest.approx(whole)
    assert cost_px(160, 160) < whole / 2


@pytest.mark.parametrize("engine", ENGINES)
def test_no_model_is_told(engine: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"no model at all")
    with pytest.raises(ModelError, match=r"bad\.onnx"):
        Yolox(bad, engine=engine)
    with pytest.raises(ModelError, match=r"gone\.onnx"):
        Yolox(tmp_path / "gone.onnx", engine=engine)
    with pytest.raises(ModelError, match="GWANJE_ENGINE"):
        Yolox(tiny_yolox(tmp_path / "tiny.onnx"), engine="abacus")


@pytest.mark.parametrize("engine", ENGINES)
def test_another_family_is_told(engine: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="YOLOX"):
        Yolox(tiny_yolox(tmp_path / "other.onnx", strides=(8,)), engine=engine)


def box(x: float, w: float, label: str, score: float) -> Sighting:
    return Sighting((x, 10.0, w, 100.0), label, score)


def test_a_body_and_its_half_are_one() -> None:
    whole, half, other = box(0, 100, "person", 0.8), box(30, 60, "person", 0.5), box(300, 60, "person", 0.4)
    assert distinct([half, whole, other]) == [whole, other]


def test_a_bag_stays_beside_its_bearer_and_a_cycle_does_not() -> None:
    person, bag, cycle = box(0, 50, "person", 0.8), box(20, 20, "backpack", 0.5), box(5, 60, "bicycle", 0.6)
    assert riders(distinct([person, bag, cycle])) == [person._replace(rides="bicycle"), bag]


class Bright(Detector):
    """Finds the one bright thing of a picture."""

    name = "bright"

    def find(self, image: Image) -> list[Sighting]:
        ys, xs = np.nonzero(image[..., 0] > 128)
        left, top = float(xs.min()), float(ys.min())
        return [Sighting((left, top, xs.max() + 1.0 - left, ys.max() + 1.0 - top), "person", 0.9)]


@pytest.mark.parametrize("way", WAYS)
def test_boxes_of_a_turned_picture_come_back(way: int) -> None:
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[150:170, 90:150] = 255
    crop = around((100.0, 120.0, 30.0, 60.0), (320, 240))
    (found,) = turned(Bright(), picture, crop, way)
    assert overlap(found.box, (90.0, 150.0, 60.0, 20.0)) == pytest.approx(1.0)
    assert found.turned
