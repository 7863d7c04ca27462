"""Films as they come from phones, recorders and damaged disks, made here: really encoded, then disturbed."""

import contextlib
import os
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np

from cctv.sources.base import Frame, Image, SourceError
from cctv.sources.decode import decoding
from cctv.sources.file import FileSource
from cctv.sources.footage import Footage

FPS = 10
SIZE = (320, 240)
UPRIGHT, QUARTER, HALF, THREE_QUARTERS = 0, 90, 180, 270
TOP_LEFT = (40, 40, 220)  # BGR: a red mark in the corner that is at the top left when it stands upright


class Read(NamedTuple):
    """What came of a film: its pictures' times, the last picture, how it was read, and why it ended early."""

    times_s: list[float]
    last: Image | None
    footage: Footage | None
    error: str = ""


def scene(number: int, size: tuple[int, int] = SIZE) -> Image:
    """Return a noisy picture, with a red mark at the top left and a bright bar that wanders to the right."""
    width, height = size
    picture = np.random.default_rng(7).integers(60, 120, (height, width, 3), np.uint8)
    x = 4 * number % width
    cv2.rectangle(picture, (x, height // 2), (x + width // 10, height - height // 10), (235, 235, 235), -1)
    cv2.rectangle(picture, (0, 0), (width // 5, height // 5), TOP_LEFT, -1)
    return picture


def marked_corner(image: Image) -> str:
    """Return in which corner of a picture the red mark is."""
    height, width = image.shape[:2]
    red = image[:, :, 2].astype(int) - image[:, :, 0]
    corners = {
        "top left": red[: height // 5, : width // 5],
        "top right": red[: height // 5, -width // 5 :],
        "bottom left": red[-height // 5 :, : width // 5],
        "bottom right": red[-height // 5 :, -width // 5 :],
    }
    return max(corners, key=lambda name: float(corners[name].mean()))


@contextlib.contextmanager
def same_scheduling() -> Iterator[None]:
    """Undo what libsvtav1 does where it runs as root: whoever opens the encoder has real-time priority.

    Everything that this process starts afterwards would have it, too, and starve what has not.
    """
    policy = os.sched_getscheduler(0)
    parameters = os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def film(
    path: Path,
    seconds: float = 4.0,
    codec: str = "libx264",
    *,
    size: tuple[int, int] = SIZE,
    form: str = "yuv420p",
    matrix: Sequence[int] | None = None,
    pixel: Fraction | None = None,
    stamp: Callable[[int], int] = lambda number: number,
    fps: int = FPS,
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    turn: Callable[[Image], Image] = lambda image: image,
    title: str = "",
) -> Path:
    """Write a film of :func:`scene`; a key frame each second, B-frames none."""
    with same_scheduling(), av.open(str(path), "w", options=container or {}) as out:
        if title:
            out.metadata["title"] = title
        stream = out.add_stream(codec, rate=fps)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, form
        stream.codec_context.gop_size = FPS
        usual = {"bf": "0", "preset": "ultrafast", "g": str(FPS), "crf": "20"}
        stream.options = {**(usual if codec == "libx264" else {}), **(options or {})}
        if matrix:
            stream.set_display_matrix(list(matrix))
        if pixel:
            stream.codec_context.sample_aspect_ratio = pixel
        for number in range(round(seconds * fps)):
            image = np.ascontiguousarray(turn(scene(number)))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = stamp(number), Fraction(1, fps)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def turned_by(degrees: int) -> tuple[list[int], Callable[[Image], Image]]:
    """Return the display matrix of a film that is to be turned clockwise, and how its pictures lie in it."""
    one = 1 << 16
    cosine, sine = {UPRIGHT: (1, 0), QUARTER: (0, 1), HALF: (-1, 0), THREE_QUARTERS: (0, -1)}[degrees]
    matrix = [cosine * one, sine * one, 0, -sine * one, cosine * one, 0, 0, 0, 1 << 30]
    times = degrees // QUARTER
    return matrix, lambda image: np.asarray(np.rot90(image, times), np.uint8)  # counterclockwise


def packets(path: Path) -> list[tuple[int, int]]:
    """Return where the packets of a film's video are: position and size, in the order of the file."""
    with av.open(str(path)) as opened:
        return [
            (packet.pos, packet.size)
            for packet in opened.demux(opened.streams.video[0])
            if packet.size and packet.pos is not None
        ]


def spoil(path: Path, first: int, last: int) -> Path:
    """Overwrite the packets ``first`` to ``last`` with noise."""
    data, noise = bytearray(path.read_bytes()), random.Random(5)
    for position, size in packets(path)[first : last + 1]:
        data[position : position + size] = noise.randbytes(size)
    path.write_bytes(data)
    return path


def erase(path: Path, first: int, last: int) -> Path:
    """Overwrite the packets ``first`` to ``last`` with zeros, as a full disk leaves them."""
    data = bytearray(path.read_bytes())
    for position, size in packets(path)[first : last + 1]:
        data[position : position + size] = bytes(size)
    path.write_bytes(data)
    return path


def cut(path: Path, share: float) -> Path:
    """Keep only so much of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    return path


def read(path: Path) -> Read:
    """Read a film as the room does, in its decoder process."""
    times_s, last, footage, error = list[float](), None, None, ""
    try:
        with decoding(FileSource(str(path)).opening()) as frames:
            for frame in frames:
                times_s.append(frame.t_s)
                last = frame.image
            footage = frames.footage
    except SourceError as refused:
        error = str(refused)
    return Read(times_s, last, footage, error)


def grows_evenly(times_s: Sequence[float], step_s: float = 1 / FPS) -> bool:
    """Tell whether times begin at 0 and grow by one step."""
    steps_s = np.diff(times_s)
    return times_s[0] == 0 and bool(np.all(np.abs(steps_s - step_s) < step_s / 4))


def first_frames(path: Path, count: int) -> list[Frame]:
    """Return the first pictures of a film."""
    with decoding(FileSource(str(path)).opening()) as frames:
        return [next(frames) for _ in range(count)]
