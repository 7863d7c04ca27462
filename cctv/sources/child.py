"""The decoder process: ``python -m cctv.sources.child``; a hostile file may kill it and nobody else.

Reads one ``Opening`` as JSON from standard input, writes messages to standard output: a header
(:data:`HEADER`: kind, seconds, how far the source's clock is ahead, width, height) and, for a frame, BGR
bytes; for an error, UTF-8 text whose length stands in the place of the width.
"""

import contextlib
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Iterator
from typing import IO

import av
import msgspec
from av.container import InputContainer
from av.video.stream import VideoStream

from cctv.sources.base import Opening

HEADER = struct.Struct("<cddII")
FRAME, ERROR, END = b"F", b"E", b"Z"
SMALLEST_SIDE, LARGEST_SIDE = 64, 8192
CODECS = frozenset(
    ["h264", "hevc", "av1", "vp8", "vp9", "theora", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "h263"],
) | {"msmpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "flv", "wmv1", "wmv2", "wmv3", "gif"}
MEMORY_BYTES = 4 << 30
EARLY_S = 0.004
UNKNOWN = float("nan")
WALL_CLOCK = struct.Struct("<q")  # of FFmpeg's producer reference time: µs since 1970, from RTCP reports
DAMAGED = 50  # packets in a row that cannot be decoded: a lossy network loses fewer


class Decoder:
    """Decodes the first video stream of one opening; sound is never touched."""

    def __init__(self, opening: Opening, out: IO[bytes]) -> None:
        """Nothing is opened yet."""
        self._opening, self._out = opening, out
        self._began_s = time.monotonic()
        self._due_s = 0.0
        self._shift_s = 0.0

    def run(self) -> None:
        """Send every wanted picture, then the end; a file played live has none."""
        start_s = self._opening.start_s
        while True:
            end_s = self._play(start_s)
            if not (self._opening.live and self._opening.loops) or end_s <= 0:
                break
            self._shift_s, start_s = self._shift_s + end_s, 0.0
        self._out.write(HEADER.pack(END, 0.0, UNKNOWN, 0, 0))
        self._out.flush()

    def _play(self, start_s: float) -> float:
        """Play once and return how long that was on the clock of the pictures, in seconds."""
        opening = self._opening
        first = passed = step = None
        with av.open(
            opening.address,
            format=opening.format,
            options=opening.options,
            timeout=(opening.timeout_s / 2, opening.timeout_s / 2),
        ) as container:
            if not container.streams.video:
                raise ValueError("no video in it")
            stream = container.streams.video[0]
            if stream.codec_context.name not in CODECS and not opening.format:
                raise ValueError(f"허용되지 않은 코덱 · codec not allowed: {stream.codec_context.name}")
            check(stream.codec_context, device=opening.format is not None)
            rate = float(stream.average_rate or 25)
            for number, (frame, off_s) in enumerate(self._frames(container, stream)):
                at_s = number / rate if frame.time is None else float(frame.time)
                if self._streams:  # a camera's own time stamps may jump: pictures are as old as they arrive
                    at_s = time.monotonic()
                if first is None:
                    first = at_s
                at_s -= first
                if at_s < start_s:
                    continue
                passed, step = at_s - start_s, 1 / rate
                self._offer(frame, passed + self._shift_s, off_s)
        return 0.0 if passed is None or step is None else passed + step

    @property
    def _streams(self) -> bool:
        return self._opening.live and not self._opening.loops

    def _frames(
        self, container: InputContainer, stream: VideoStream
    ) -> Iterator[tuple[av.VideoFrame, float]]:
        """Yield pictures, each with how far the source's clock is ahead of ours; skip damaged ones."""
        damaged, off_s = 0, UNKNOWN
        for packet in container.demux(stream):
            if self._streams and packet.has_sidedata("prft"):
                wall_us = WALL_CLOCK.unpack_from(bytes(packet.get_sidedata("prft")))[0]
                off_s = wall_us / 1e6 - time.time()
            try:
                for frame in packet.decode():
                    yield frame, off_s
                damaged = 0
            except av.error.InvalidDataError:
                damaged += 1
                if not self._streams or damaged > DAMAGED:
                    raise

    def _offer(self, frame: av.VideoFrame, t_s: float, off_s: float) -> None:
        if t_s < self._due_s - EARLY_S:
            return
        self._due_s = max(self._due_s, t_s - 1 / self._opening.fps) + 1 / self._opening.fps
        if self._opening.live and self._opening.loops:
            time.sleep(max(0.0, self._began_s + t_s - time.monotonic()))
        check_size(frame.width, frame.height)  # it may change in the middle of a stream
        if self._streams and not select.select([], [self._out], [], 0)[1]:
            return  # whoever looks at the pictures is late: an old one would make it later still
        width = min(frame.width, self._opening.width)
        height = max(1, round(frame.height * width / frame.width))
        image = frame.to_ndarray(format="bgr24", width=width, height=height)
        self._out.write(HEADER.pack(FRAME, t_s, off_s, width, height))
        self._out.write(image.tobytes())
        self._out.flush()


def check(codec: av.VideoCodecContext, *, device: bool) -> None:
    """Refuse, by ValueError, odd codecs (the fewer decoders the fewer holes) and odd sizes."""
    if codec.name not in CODECS and not (device and codec.name == "rawvideo"):
        raise ValueError(f"codec not accepted: {codec.name}")
    check_size(codec.width, codec.height)


def check_size(width: int, height: int) -> None:
    """Refuse, by ValueError, pictures of odd sizes."""
    if min(width, height) < SMALLEST_SIDE or max(width, height) > LARGEST_SIDE:
        raise ValueError(f"picture of {width} x {height}: not {SMALLEST_SIDE} to {LARGEST_SIDE}")


def main() -> int:
    """Decode what standard input names; the exit code is 0 after the last picture, else 1."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    opening = msgspec.json.decode(sys.stdin.buffer.read(), type=Opening)
    out = sys.stdout.buffer
    try:
        Decoder(opening, out).run()
    except BrokenPipeError:
        os._exit(0)
    except (av.FFmpegError, ValueError, OSError, MemoryError) as error:
        text = reason(error, opening.address).encode()
        out.write(HEADER.pack(ERROR, 0.0, UNKNOWN, len(text), 0) + text)
        out.flush()
        return 1
    return 0


def reason(error: BaseException, address: str) -> str:
    """Say what FFmpeg says, in one line, without the address (it may hold a password)."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(_lines(str(said).replace(address, "…")))[:300]


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


if __name__ == "__main__":
    raise SystemExit(main())
