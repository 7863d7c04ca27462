"""What weather, night and links do to pictures, put on real clips: repeatable by seed, pixels only.

Each degradation takes frames in order (BGR pictures, seconds) and gives frames back. Sizes are shares of
the picture, so that a clip of any size is harmed alike.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.sources.base import Frame, Image

Frames = Iterable[Frame]
Degradation = Callable[[Frames, int], Iterator[Frame]]
Floats = NDArray[np.float32]

NIGHT_LIGHT, NIGHT_NOISE = 0.35, 14.0  # share of the light left; grey levels of noise after gain
RAIN_SHARE = 0.0008  # streaks per pixel column and row: about 180 on 640×360
HEADLIGHTS_EVERY_S, HEADLIGHTS_FOR_S = 9.0, 3.0
IR_EVERY_S = 20.0
SHAKE_SHARE = 0.006  # of the picture's width: about 4 pixels of 640
LINK_CRF = 40  # of H.264: what a starved uplink gives
FEW_FPS = 5.0
DAWN_S = 40.0
CLOUD_EVERY_S, CLOUD_LIGHT = 6.0, 0.55
LAMP_EVERY_S, LAMP_LIGHT = 8.0, 0.4
WARM = np.array([0.85, 0.95, 1.0], np.float32)


def night(frames: Frames, seed: int) -> Iterator[Frame]:
    """Little light and much gain: dark, pale colours, noise of every pixel and every picture."""
    grain = Grain(seed, NIGHT_NOISE)
    for frame in frames:
        dim = frame.image.astype(np.float32) * NIGHT_LIGHT + 8.0
        grey = dim.mean(axis=2, keepdims=True)
        yield frame._replace(image=_bytes(grain.on(0.5 * dim + 0.5 * grey)))


def noise(frames: Frames, seed: int) -> Iterator[Frame]:
    """A poor sensor by day."""
    grain = Grain(seed, NIGHT_NOISE / 2)
    for frame in frames:
        yield frame._replace(image=_bytes(grain.on(frame.image.astype(np.float32))))


def rain(frames: Frames, seed: int) -> Iterator[Frame]:
    """Streaks, others in every picture, and a grey veil."""
    rng = np.random.default_rng(seed)
    for frame in frames:
        height, width = frame.image.shape[:2]
        veil = cv2.addWeighted(frame.image, 0.85, np.full_like(frame.image, 150), 0.15, 0)
        drops = np.zeros((height, width), np.uint8)
        for _ in range(round(RAIN_SHARE * width * height)):
            x, y = int(rng.integers(0, width)), int(rng.integers(-height // 10, height))
            length = int(height * rng.uniform(0.04, 0.12))
            cv2.line(drops, (x, y), (x - length // 5, y + length), int(rng.integers(40, 120)), 1, cv2.LINE_AA)
        streaks = cv2.cvtColor(cv2.GaussianBlur(drops, (1, 3), 0), cv2.COLOR_GRAY2BGR)
        yield frame._replace(image=np.asarray(cv2.add(veil, streaks), np.uint8))


def headlights(frames: Frames, seed: int) -> Iterator[Frame]:
    """Night, and every few seconds the glare of two lamps goes through the picture."""
    for frame in night(frames, seed):
        phase = (frame.t_s % HEADLIGHTS_EVERY_S) / HEADLIGHTS_FOR_S
        if phase < 1.0:
            height, width = frame.image.shape[:2]
            middle = (width * (1.2 * phase - 0.1), height * 0.6)
            glare = sum(_glow((height, width), middle[0] + gap * width, middle[1]) for gap in (-0.05, 0.05))
            warm = np.asarray(glare, np.float32)[:, :, None] * np.array([200.0, 230.0, 255.0], np.float32)
            yield frame._replace(image=_bytes(frame.image.astype(np.float32) + warm))
        else:
            yield frame


def ir_switch(frames: Frames, seed: int) -> Iterator[Frame]:
    """By turns colour and infrared: grey, other tones, brighter in the middle, some noise."""
    grain = Grain(seed, 5.0)
    for frame in frames:
        if (frame.t_s + 0.75 * IR_EVERY_S) // IR_EVERY_S % 2:
            grey = frame.image[:, :, 2].astype(np.float32) / 255.0  # leaves and cloth reflect infrared
            height, width = grey.shape
            lit = 170.0 * np.sqrt(grey) * (0.5 + 0.8 * _glow((height, width), width / 2, height / 2, 0.5))
            yield frame._replace(image=_bytes(grain.on(np.repeat(lit[:, :, None], 3, axis=2))))
        else:
            yield frame


def dawn(frames: Frames, seed: int) -> Iterator[Frame]:
    """It grows light within :data:`DAWN_S` and stays so; blue first."""
    yield from _daylight(frames, seed, lambda t_s: min(1.0, t_s / DAWN_S))


def dusk(frames: Frames, seed: int) -> Iterator[Frame]:
    """It grows dark within :data:`DAWN_S` and stays so."""
    yield from _daylight(frames, seed, lambda t_s: max(0.0, 1.0 - t_s / DAWN_S))


def cloud(frames: Frames, seed: int) -> Iterator[Frame]:
    """Fast clouds: the edge of a shadow goes over the picture and back, in one or two seconds."""
    first = np.random.default_rng(seed).uniform(0, CLOUD_EVERY_S)
    for frame in frames:
        width = frame.image.shape[1]
        edge = width * (0.5 + 1.2 * math.sin(2 * math.pi * (frame.t_s + first) / CLOUD_EVERY_S))
        sun = 1 / (1 + np.exp((np.arange(width, dtype=np.float32) - edge) / (0.12 * width)))
        light = (CLOUD_LIGHT + (1 - CLOUD_LIGHT) * sun).astype(np.float32)[None, :, None]
        yield frame._replace(image=_bytes(frame.image * light))


def lamp(frames: Frames, seed: int) -> Iterator[Frame]:
    """A lamp is switched off and on: all darker at once, warm light left in one corner."""
    del seed
    for frame in frames:
        if frame.t_s // LAMP_EVERY_S % 2:
            height, width = frame.image.shape[:2]
            left = LAMP_LIGHT + 0.4 * _glow((height, width), 0.2 * width, 0.3 * height, 0.2)
            yield frame._replace(image=_bytes(frame.image * left[:, :, None] * WARM))
        else:
            yield frame


def shake(frames: Frames, seed: int) -> Iterator[Frame]:
    """A pole in the wind: the picture sways by several pixels, and trembles by one."""
    rng = np.random.default_rng(seed)
    first, second = rng.uniform(0, 2 * math.pi, 2)
    for frame in frames:
        height, width = frame.image.shape[:2]
        far = SHAKE_SHARE * width
        tremble = rng.normal(0, 0.15 * far, 2)
        x = far * math.sin(2 * math.pi * 0.7 * frame.t_s + first) + tremble[0]
        y = 0.6 * far * math.sin(2 * math.pi * 1.1 * frame.t_s + second) + tremble[1]
        matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
        moved = cv2.warpAffine(frame.image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        yield frame._replace(image=np.asarray(moved, np.uint8))


def compression(frames: Frames, seed: int) -> Iterator[Frame]:
    """A starved link: really encoded as H.264 and decoded again."""
    del seed  # nothing here is by chance
    coder = None
    decoder = av.CodecContext.create("h264", "r")
    times = []
    for number, frame in enumerate(frames):
        height, width = (side - side % 2 for side in frame.image.shape[:2])
        if coder is None:
            coder = _coder(width, height)
        times.append(frame.t_s)
        whole = np.ascontiguousarray(frame.image[:height, :width])
        picture = av.VideoFrame.from_ndarray(whole, format="bgr24").reformat(format="yuv420p")
        picture.pts = number
        for packet in coder.encode(picture):
            yield from _decoded(decoder, packet, times)
    if coder is not None:
        for packet in coder.encode(None):
            yield from _decoded(decoder, packet, times)
        yield from _decoded(decoder, None, times)


def five_fps(frames: Frames, seed: int) -> Iterator[Frame]:
    """Few pictures a second."""
    del seed
    due_s = float("-inf")
    for frame in frames:
        if frame.t_s >= due_s - 1e-6:
            due_s = max(due_s + 1 / FEW_FPS, frame.t_s + 0.5 / FEW_FPS)
            yield frame


DEGRADATIONS: dict[str, Degradation] = {
    "night": night,
    "noise": noise,
    "rain": rain,
    "headlights": headlights,
    "ir_switch": ir_switch,
    "dawn": dawn,
    "dusk": dusk,
    "cloud": cloud,
    "lamp": lamp,
    "shake": shake,
    "compression": compression,
    "five_fps": five_fps,
}


class Grain:
    """Sensor noise: one large field of it, another part for every picture."""

    def __init__(self, seed: int, levels: float) -> None:
        """Make noise of a standard deviation of ``levels`` grey levels."""
        self._rng, self._levels = np.random.default_rng(seed), levels
        self._field: Floats | None = None

    def on(self, picture: Floats) -> Floats:
        """Return a picture (height × width × 3) with noise."""
        height, width = picture.shape[:2]
        if self._field is None:
            size = (height + 97, width + 89, 3)
            self._field = self._rng.standard_normal(size, dtype=np.float32) * self._levels
        y, x = int(self._rng.integers(0, 97)), int(self._rng.integers(0, 89))
        return picture + self._field[y : y + height, x : x + width]


def _daylight(frames: Frames, seed: int, share: Callable[[float], float]) -> Iterator[Frame]:
    grain = Grain(seed, 4.0)
    for frame in frames:
        day = share(frame.t_s)
        tint = np.array([1.0, 0.85 + 0.15 * day, 0.75 + 0.25 * day], np.float32) * (0.2 + 0.8 * day)
        yield frame._replace(image=_bytes(grain.on(frame.image * tint)))


def _coder(width: int, height: int) -> "av.VideoCodecContext":
    coder = av.CodecContext.create("libx264", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width = width
    coder.height = height
    coder.pix_fmt = "yuv420p"
    coder.time_base, coder.framerate = Fraction(1, 15), Fraction(15)
    coder.gop_size = 30
    coder.options = {"preset": "veryfast", "tune": "zerolatency", "crf": str(LINK_CRF), "threads": "1"}
    return coder


def _decoded(
    decoder: object, packet: "av.Packet[av.VideoStream] | None", times: list[float]
) -> Iterator[Frame]:
    assert isinstance(decoder, av.VideoCodecContext)
    for picture in decoder.decode(packet):
        yield Frame(times.pop(0), np.asarray(picture.to_ndarray(format="bgr24"), np.uint8))


def _glow(size: tuple[int, int], x: float, y: float, spread: float = 0.08) -> Floats:
    """Return a round light, 1 in its middle; ``spread`` is a share of the width."""
    far = spread * size[1]
    across = np.exp(-(((np.arange(size[1], dtype=np.float32) - x) / far) ** 2) / 2)
    down = np.exp(-(((np.arange(size[0], dtype=np.float32) - y) / far) ** 2) / 2)
    return np.asarray(np.outer(down, across), np.float32)


def _bytes(picture: Floats) -> Image:
    return np.asarray(np.clip(picture, 0, 255), np.uint8)
