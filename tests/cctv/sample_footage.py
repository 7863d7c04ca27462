"""Pieces of Debian's real footage as files of their own: at another size, blinded at the end, with sound."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from cctv.offline.sample import find_sample
from cctv.sources.base import Frame, Image
from cctv.sources.decode import decoding
from cctv.sources.file import FileSource

FPS = 10
SIZE = (768, 576)
RATE = 8000  # samples of the tone a second
TONE_HZ = 440.0
WHITE = 250


@cache
def pictures(count: int) -> tuple[Image, ...]:
    """Return the first pictures of the footage: people walk through from the first on."""
    with decoding(FileSource(str(find_sample("vtest.avi"))).opening()) as frames:
        return tuple(frame.image for frame in islice(frames, count))


def piece(
    path: Path,
    seconds: float,
    size: tuple[int, int] = SIZE,
    white_s: float = 0.0,
    *,
    sound: bool = False,
) -> Path:
    """Write the first ``seconds``, then ``white_s`` of nothing but white; with ``sound`` a tone all along.

    Sound is the first stream then, pictures the second.
    """
    with av.open(str(path), "w") as film:
        tone = film.add_stream("aac", rate=RATE) if sound else None
        stream = film.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "18"}
        for number, image in enumerate(_shown(seconds, size, white_s)):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            film.mux(stream.encode(frame))
            if tone:
                film.mux(tone.encode(_heard(number)))
        film.mux(stream.encode())
        if tone:
            film.mux(tone.encode())
    return path


def _shown(seconds: float, size: tuple[int, int], white_s: float) -> Iterator[Image]:
    for image in pictures(round(seconds * FPS)):
        yield np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    white = np.full((size[1], size[0], 3), WHITE, np.uint8)
    for _ in range(round(white_s * FPS)):
        yield white


def _heard(number: int) -> av.AudioFrame:
    """Return the sound of one picture's time."""
    count = RATE // FPS
    at = (np.arange(count, dtype=np.float32) + number * count) / RATE
    wave = (0.5 * np.sin(2 * np.pi * TONE_HZ * at)).astype(np.float32)
    sound = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
    sound.sample_rate, sound.pts, sound.time_base = RATE, number * count, Fraction(1, RATE)
    return sound


def film(path: Path) -> Iterator[Frame]:
    """Yield the pictures of a file with their times, as any player does."""
    with av.open(str(path)) as opened:
        for frame in opened.decode(video=0):
            yield Frame(float(frame.time or 0.0), np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
