"""Pictures stand upright and have their true proportions, in every container that can say how."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext

from cctv.offline.setup import first_picture
from cctv.sources.upright import AS_IT_IS, Turn, true_size, turn_from, turned
from tests.cctv.damaged_films import (
    HALF,
    QUARTER,
    SIZE,
    THREE_QUARTERS,
    film,
    marked_corner,
    read,
    scene,
    turned_by,
)
from tests.cctv.footage import camera

ONE = 1 << 16
LYING = (SIZE[1], SIZE[0])


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
@pytest.mark.parametrize("degrees", [QUARTER, HALF, THREE_QUARTERS])
def test_a_phone_s_film_stands_upright(tmp_path: Path, degrees: int, suffix: str) -> None:
    matrix, lay = turned_by(degrees)
    size = SIZE if degrees == HALF else LYING
    found = read(film(tmp_path / f"phone.{suffix}", 0.5, size=size, matrix=matrix, turn=lay))
    assert found.last is not None
    assert found.last.shape == (SIZE[1], SIZE[0], 3)
    assert marked_corner(found.last) == "top left"


@pytest.mark.parametrize(
    ("matrix", "size", "turn"),
    [
        ([-ONE, 0, 0, 0, ONE, 0], SIZE, Turn(left_right=True)),  # the front camera of a phone
        ([ONE, 0, 0, 0, -ONE, 0], SIZE, Turn(upside_down=True)),  # a dome that hangs behind a mirror
        ([0, ONE, 0, ONE, 0, 0], LYING, Turn(swap=True)),
        ([0, -ONE, 0, -ONE, 0, 0], LYING, Turn(swap=True, left_right=True, upside_down=True)),
        ([64000, 14000, 0, -14000, 64000, 0], SIZE, AS_IT_IS),  # twelve degrees: the nearest quarter
    ],
)
def test_a_mirrored_film_is_set_right(
    tmp_path: Path, matrix: list[int], size: tuple[int, int], turn: Turn
) -> None:
    assert turn_from(matrix) == turn
    path = film(
        tmp_path / "mirror.mp4",
        0.5,
        size=size,
        matrix=[*matrix, 0, 0, 1 << 30],
        turn=lambda image: undone(image, turn),
    )
    found = read(path)
    assert found.last is not None
    assert found.last.shape == (SIZE[1], SIZE[0], 3)
    assert marked_corner(found.last) == "top left"


def undone(image: np.ndarray, turn: Turn) -> np.ndarray:
    mirrored = turned(image, Turn(left_right=turn.left_right, upside_down=turn.upside_down))
    return turned(mirrored, Turn(swap=turn.swap))


def test_the_turn_may_be_said_in_the_stream_itself(tmp_path: Path) -> None:
    """A camera that hangs upside down tells it in H.264 (display orientation), whatever carries it."""
    plain = film(tmp_path / "plain.mp4", 0.5, turn=lambda image: image[::-1, ::-1])
    told = tmp_path / "told.ts"
    with av.open(str(plain)) as source, av.open(str(told), "w") as out:
        stream = source.streams.video[0]
        copy = out.add_stream_from_template(stream)
        words = "h264_mp4toannexb,h264_metadata=display_orientation=insert:rotate=180"
        turning = BitStreamFilterContext(words, stream)
        for packet in source.demux(stream):
            for turned_packet in turning.filter(packet if packet.size else None):
                turned_packet.stream = copy
                out.mux(turned_packet)
    found = read(told)
    assert found.last is not None
    assert marked_corner(found.last) == "top left"


@pytest.mark.parametrize(
    ("name", "codec", "pixel", "size"),
    [
        ("wide.mp4", "libx264", Fraction(4, 3), (427, 240)),
        ("wide.mkv", "libx264", Fraction(16, 11), (465, 240)),
        ("wide.ts", "libx264", Fraction(16, 11), (465, 240)),
        ("wide.avi", "mpeg4", Fraction(12, 11), (349, 240)),
        ("high.mp4", "libx264", Fraction(1, 2), (320, 480)),
        ("square.mp4", "libx264", Fraction(1, 1), (320, 240)),
        ("nonsense.mp4", "libx264", Fraction(200, 1), (320, 240)),
    ],
)
def test_pixels_that_are_not_square(
    tmp_path: Path, name: str, codec: str, pixel: Fraction, size: tuple[int, int]
) -> None:
    found = read(film(tmp_path / name, 0.5, codec, pixel=pixel))
    assert found.last is not None
    assert found.last.shape == (size[1], size[0], 3)


def test_turned_and_not_square_at_once(tmp_path: Path) -> None:
    matrix, lay = turned_by(QUARTER)
    found = read(
        film(tmp_path / "both.mp4", 0.5, size=(240, 160), matrix=matrix, pixel=Fraction(4, 3), turn=lay)
    )
    assert found.last is not None
    assert found.last.shape == (320, 160, 3)
    assert marked_corner(found.last) == "top left"


def test_the_set_up_looks_at_the_same_picture(tmp_path: Path) -> None:
    matrix, lay = turned_by(THREE_QUARTERS)
    path = film(tmp_path / "phone.mp4", 0.5, size=LYING, matrix=matrix, turn=lay)
    image = first_picture(camera(str(path)))
    assert image.shape == (SIZE[1], SIZE[0], 3)
    assert marked_corner(image) == "top left"


def test_an_upright_picture_is_not_copied() -> None:
    image = scene(0)
    assert turned(image, AS_IT_IS) is image


@pytest.mark.parametrize(
    ("pixel", "size"), [(1.0, (704, 480)), (2.0, (1408, 480)), (0.5, (704, 960)), (12 / 11, (768, 480))]
)
def test_no_side_is_made_smaller(pixel: float, size: tuple[int, int]) -> None:
    assert true_size(704, 480, pixel) == size
