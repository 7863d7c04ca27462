"""Pictures as a camera's encoder sends them: really encoded as H.264 and decoded again."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import numpy as np

from cctv.sources.base import Image
from tests.cctv.picture_faults import FPS


class Encoder:
    """How a camera encodes: ``crf``, a constant quality, or ``kbit_s``; a key frame every ``key_s``."""

    def __init__(self, name: str, *, crf: int | None = None, kbit_s: int = 0, key_s: float = 50.0) -> None:
        self.name, self._kbit_s, self._key_s = name, kbit_s, key_s
        self._options = {"preset": "veryfast", "tune": "zerolatency", "threads": "1"}
        if crf is not None:
            self._options["crf"] = str(crf)

    def send(self, images: Iterable[Image]) -> Iterator[Image]:
        """Yield the pictures as they come out of a decoder, in order."""
        coder, decoder = None, av.CodecContext.create("h264", "r")
        assert isinstance(decoder, av.VideoCodecContext)
        for number, image in enumerate(images):
            height, width = (side - side % 2 for side in image.shape[:2])
            coder = coder or self._open(width, height)
            whole = np.ascontiguousarray(image[:height, :width])
            picture = av.VideoFrame.from_ndarray(whole, format="bgr24").reformat(format="yuv420p")
            picture.pts = number
            for packet in coder.encode(picture):
                yield from (_image(found) for found in decoder.decode(packet))
        yield from (_image(found) for found in decoder.decode(None))

    def _open(self, width: int, height: int) -> av.VideoCodecContext:
        coder = av.CodecContext.create("libx264", "w")
        assert isinstance(coder, av.VideoCodecContext)
        coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
        coder.time_base, coder.framerate = Fraction(1, FPS), Fraction(FPS)
        coder.gop_size = round(self._key_s * FPS)
        coder.options = self._options
        if self._kbit_s:
            coder.bit_rate = self._kbit_s * 1000
        return coder


def _image(frame: av.VideoFrame) -> Image:
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
