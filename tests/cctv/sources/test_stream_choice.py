"""Of all the videos in a film the footage is read: no cover, no preview, no thumbnail."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition

from tests.cctv.damaged_films import FPS, read, scene

LARGE, SMALL, TINY = (320, 240), (160, 120), (48, 48)


class Video(NamedTuple):
    """One of the videos to put into a film."""

    size: tuple[int, int] = LARGE
    seconds: float = 1.0
    codec: str = "libx264"
    disposition: Disposition = Disposition(0)


def together(path: Path, videos: Sequence[Video], *, tone: bool = False) -> Path:
    """Write videos into one film."""
    with av.open(str(path), "w") as out:
        streams = []
        for video in videos:
            stream = out.add_stream(video.codec, rate=FPS)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = video.size
            stream.pix_fmt = {"mjpeg": "yuvj420p", "png": "rgb24", "ffv1": "yuv420p"}.get(
                video.codec, "yuv420p"
            )
            stream.disposition = video.disposition
            streams.append(stream)
        sound = out.add_stream("aac", rate=8000) if tone else None
        for video, stream in zip(videos, streams, strict=True):
            for number in range(max(1, round(video.seconds * FPS))):
                image = cv2.resize(scene(number), video.size, interpolation=cv2.INTER_AREA)
                frame = av.VideoFrame.from_ndarray(np.asarray(image, np.uint8), format="bgr24")
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                out.mux(stream.encode(frame))
            out.mux(stream.encode())
        if sound:
            silence = av.AudioFrame.from_ndarray(
                np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
            )
            silence.sample_rate, silence.pts = 8000, 0
            out.mux([*sound.encode(silence), *sound.encode()])
    return path


COVER = Video((600, 600), 0, "mjpeg", Disposition.attached_pic)


@pytest.mark.parametrize(
    ("name", "videos"),
    [
        ("cover.mp4", [COVER, Video()]),  # larger than the footage
        ("cover_png.mp4", [Video((600, 600), 0, "png", Disposition.attached_pic), Video()]),
        ("still.mp4", [Video((640, 480), 0, "mjpeg"), Video()]),  # one picture, not marked as a cover
        ("preview.mp4", [Video(SMALL), Video()]),
        ("preview.mkv", [Video(SMALL), Video()]),
        ("after.ts", [Video(), Video(SMALL)]),
        ("broken_off.mp4", [Video((640, 480), 0.3), Video(LARGE, 2.0)]),
        ("marked.mkv", [Video((640, 480)), Video(disposition=Disposition.default)]),
        ("tiny.mp4", [Video(TINY, 2.0), Video()]),  # smaller than any footage
        ("not_allowed.mkv", [Video((640, 480), 1.0, "ffv1"), Video()]),
    ],
)
def test_the_footage_is_read(tmp_path: Path, name: str, videos: list[Video]) -> None:
    found = read(together(tmp_path / name, videos))
    assert found.last is not None, found.error
    assert found.last.shape == (LARGE[1], LARGE[0], 3)
    assert found.footage is not None
    assert found.footage.whole
    assert found.footage.videos == len(videos)
    assert any("videos in it" in note for note in found.footage.notes())


def test_a_piece_of_music_with_a_cover_is_no_film(tmp_path: Path) -> None:
    assert "no video in it" in read(together(tmp_path / "song.mp4", [COVER], tone=True)).error


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    assert "no video in it" in read(together(tmp_path / "tone.mp4", [], tone=True)).error


@pytest.mark.parametrize(
    ("video", "reason"),
    [(Video(codec="ffv1"), "codec not allowed: ffv1"), (Video(TINY), "picture of 48 x 48")],
)
def test_a_film_of_nothing_that_is_accepted_says_why(tmp_path: Path, video: Video, reason: str) -> None:
    assert reason in read(together(tmp_path / "odd.mkv", [video])).error
