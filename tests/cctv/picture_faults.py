"""What happens to cameras, done to real pictures: faults, and light and weather that are none."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from cctv.offline.sample import find_sample
from cctv.sources.base import Image
from tests.cctv.footage import SHARED

FPS = 5
LONGEST = 320
Change = Callable[[Image, int], Image]


def clips() -> list[Path]:
    """Return the footage of this machine: Debian's sample, and kept clips where they are."""
    kept = [path for path in sorted((SHARED / "clips").glob("*.*")) if path.suffix in {".avi", ".mp4"}]
    return [find_sample("vtest.avi"), *(path for path in kept if not path.name.startswith("crash"))]


@cache
def pictures(path: Path) -> list[Image]:
    """Return a clip's pictures, ``FPS`` a second and at most ``LONGEST`` wide."""
    found, due_s = list[Image](), 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time is None or frame.time < due_s - 0.004:
                continue
            due_s = max(due_s, frame.time - 1 / FPS) + 1 / FPS
            width = min(LONGEST, frame.width)
            height = round(frame.height * width / frame.width)
            image = frame.to_ndarray(format="bgr24", width=width, height=height)
            found.append(np.asarray(image, np.uint8))
    return found


def _warp(image: Image, matrix: list[list[float]]) -> Image:
    size = (image.shape[1], image.shape[0])
    warped = cv2.warpAffine(image, np.array(matrix, np.float32), size, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, np.uint8)


def _clip(values: np.ndarray) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _noisy(image: Image, sigma: float, seed: int) -> Image:
    noise = np.roll(_noise(image.shape), 7919 * seed % image.size)
    return _clip(image + np.float32(sigma) * noise)


@cache
def _noise(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)


def blur(sigma: float) -> Change:
    """Return what a lens out of focus does, ``sigma`` in pixels of a picture 640 wide."""
    return lambda image, _: np.asarray(
        cv2.GaussianBlur(image, (0, 0), sigma * image.shape[1] / 640), np.uint8
    )


def aside(share: float) -> Change:
    """Return what a camera pushed aside by a share of its picture sees."""
    return lambda image, _: _warp(image, [[1, 0, share * image.shape[1]], [0, 1, 0]])


def tilted(image: Image, _: int) -> Image:
    """A camera that hangs 15° askew."""
    return rolled(15)(image, 0)


def covered(image: Image, number: int) -> Image:
    """A cloth before the lens."""
    return _noisy(np.full_like(image, 90), 3, number)


def flat(image: Image, _: int) -> Image:
    """A sticker on the glass, without any noise."""
    return np.full_like(image, (160, 80, 30))


def cloth(image: Image, number: int) -> Image:
    """Cloth close by: folds and threads out of focus, where learnt edges are gone but others are there."""
    folds = cv2.GaussianBlur(_noise(image.shape), (0, 0), 4 * image.shape[1] / 640)
    return _noisy(_clip(folds / folds.std() * 12 + 90), 2, number)


def drifting(sigma: float, over_s: float) -> Change:
    """Return what a lens does that loses its focus bit by bit; counted from the first picture on."""
    return lambda image, number: blur(max(0.1, sigma * min(1.0, number / (over_s * FPS))))(image, number)


def capped(image: Image, number: int) -> Image:
    """A sensor under its cap: nothing but its own noise."""
    return _noisy(np.full_like(image, 8), 4, number)


def rolled(degrees: float) -> Change:
    """Return what a camera sees that hangs askew."""

    def change(image: Image, _: int) -> Image:
        turn = cv2.getRotationMatrix2D((image.shape[1] / 2, image.shape[0] / 2), degrees, 1)
        return _warp(image, turn.tolist())

    return change


def mostly_covered(image: Image, _: int) -> Image:
    """A board that leaves a strip of the picture."""
    after = image.copy()
    after[:, round(0.15 * image.shape[1]) :] = (60, 70, 80)
    return after


def sprayed(image: Image, _: int) -> Image:
    """Paint on the glass."""
    return _clip(cv2.GaussianBlur(image, (0, 0), 25 * image.shape[1] / 640) * 0.2 + 60)


def black(image: Image, number: int) -> Image:
    """No light, or no sensor; the encoder still burns in its clock."""
    return stamped(_noisy(np.zeros_like(image), 3, number), number)


def white(image: Image, _: int) -> Image:
    """A lamp into the lens."""
    return _clip(image.astype(np.float32) * 0.2 + 230)


def stamped(image: Image, number: int) -> Image:
    """Burn in a running clock."""
    after, size = image.copy(), image.shape[1] / 640
    text = f"2026-11-22 12:00:{number // FPS % 60:02d}"
    cv2.putText(after, text, (8, round(28 * size)), cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1)
    return after


def night(image: Image, number: int) -> Image:
    """A quarter of the light and the noise of a high gain."""
    return _noisy(_clip(image * 0.25), 8, number)


def lamps_out(image: Image, _: int) -> Image:
    """Less than a third of the light."""
    return _clip(image * 0.3)


def lamps_on(image: Image, _: int) -> Image:
    """Half as much light again."""
    return _clip(image * 1.5 + 30)


def infrared(image: Image, number: int) -> Image:
    """Grey, and lit from the camera alone."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]]
    far = ((columns / grey.shape[1] - 0.5) / 0.45) ** 2 + ((rows / grey.shape[0] - 0.5) / 0.5) ** 2
    lit = ((255 - grey) * 0.15 + grey * 0.5) * np.exp(-far) + 10
    return _noisy(np.asarray(cv2.cvtColor(_clip(lit), cv2.COLOR_GRAY2BGR), np.uint8), 5, number)


def rain(image: Image, number: int) -> Image:
    """Streaks, others in each picture."""
    after, rng = image.copy(), np.random.default_rng(number)
    for x, y in zip(rng.integers(0, image.shape[1], 150), rng.integers(0, image.shape[0], 150), strict=True):
        cv2.line(after, (int(x), int(y)), (int(x) + 3, int(y) + 25), (200, 200, 200), 1)
    return after


def headlights(image: Image, number: int) -> Image:
    """A bright lamp that crosses a dark picture."""
    lamp = np.zeros(image.shape[:2], np.float32)
    centre = (round(image.shape[1] * (number * 0.02 % 1)), round(image.shape[0] * 0.6))
    cv2.circle(lamp, centre, image.shape[0] // 6, 255.0, -1)
    return _clip(image * 0.3 + cv2.blur(lamp, (41, 41))[:, :, None])


def shaken(image: Image, number: int) -> Image:
    """Wind at the pole: some pixels to and fro."""
    x, y = np.random.default_rng(number).normal(0, 4 * image.shape[1] / 640, 2)
    return _warp(image, [[1, 0, float(x)], [0, 1, float(y)]])


def squeezed(image: Image, _: int) -> Image:
    """A starved link: JPEG of the poorest kind."""
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [1, 10])[1], cv2.IMREAD_COLOR), np.uint8)


def hazy(image: Image, _: int) -> Image:
    """Half the contrast."""
    return _clip(image * 0.5 + 100)
