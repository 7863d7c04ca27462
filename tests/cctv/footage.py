"""Footage for the tests: made here, Debian's sample, and kept clips where they are."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from cctv.config.camera import Camera, LineConfig, ZoneConfig
from cctv.rules import Intrusion, LineCrossing, Loitering
from park.config.label import Label

CAMERAS = Path(__file__).parent / "cameras"
# Clips and a model that some machines keep beside the repository; tests of them are marked `kept`.
SHARED = Path(__file__).resolve().parents[3] / "shared"
MODEL = SHARED / "models" / "yolox_nano_coco_416.onnx"
SIZE = (320, 240)
FPS = 10


def walk(path: Path, stand_s: float = 0.0, codec: str = "libx264", size: tuple[int, int] = SIZE) -> Path:
    """Write a clip: a dark figure walks from left to right, stopping in the middle for ``stand_s``."""
    ground = np.random.default_rng(1).integers(150, 200, (size[1], size[0], 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=FPS)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "bgr24" if codec == "rawvideo" else "yuv420p"
        for number, x in enumerate(_way(size[0], stand_s)):
            picture = ground.copy()
            if x is not None:
                cv2.rectangle(picture, (x, 90), (x + 24, 159), (20, 20, 40), -1)
                cv2.circle(picture, (x + 12 + number % 2, 84), 9, (40, 60, 90), -1)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def _way(width: int, stand_s: float) -> list[int | None]:
    middle = width // 2 - 12
    return [
        *[None] * 15,
        *range(-20, middle, 8),
        *[middle] * round(stand_s * FPS),
        *range(middle, width, 8),
        *[None] * 15,
    ]


def camera(source: str = "", **changes: object) -> Camera:
    """Return a camera over :func:`walk`: a zone in the middle, a line through it."""
    zone = ZoneConfig(
        "middle",
        ((110.0, 100.0), (210.0, 100.0), (210.0, 220.0), (110.0, 220.0)),
        (Intrusion(), Loitering(dwell_s=5.0)),
    )
    line = LineConfig("gate", ((160.0, 60.0), (160.0, 230.0)), (LineCrossing(),))
    given = {"zones": (zone,), "lines": (line,)} | changes
    return Camera("CAM-1", Label("시험", "Test"), SIZE, source, **given)  # type: ignore[arg-type]
