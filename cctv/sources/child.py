"""The decoder process: ``python -m cctv.sources.child``; a hostile file may kill it and nobody else.

Reads one ``Opening`` as JSON from standard input, writes messages to standard output: a header
(:data:`HEADER`: kind, seconds, how far the source's clock is ahead, width, height, damaged so far) and, for a
frame, BGR bytes. How long a film seems to be comes before its first frame. For an error (UTF-8 text) and for
the end (``Footage`` as JSON), the length of what follows stands in the place of the width.
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
import numpy as np

from cctv.sources.base import NOTHING, Image, Opening
from cctv.sources.footage import Footage
from cctv.sources.reader import UNKNOWN, Picture, Reader
from cctv.sources.stream_choice import check_size
from cctv.sources.upright import AS_IT_IS, true_size, turn_of, turned

HEADER = struct.Struct("<cddIII")
LENGTH = b"L"
FRAME = b"F"
ERROR = b"E"
END = b"Z"
ALIVE = b"A"
MEMORY_BYTES = 4 << 30
EARLY_S = 0.004
ALIVE_S = (
    1.0  # a film from which nothing can be shown for long, damaged or skipped, is not a decoder that hangs
)


class Decoder:
    """Decodes the footage of one opening; sound is never touched."""

    def __init__(self, opening: Opening, out: IO[bytes]) -> None:
        """Nothing is opened yet."""
        self._opening, self._out = opening, out
        self._is_watched = opening.live and not opening.loops
        self._began_s = self._wrote_s = time.monotonic()
        self._due_s = 0.0
        self._shift_s = 0.0
        self._size: tuple[int, int] | None = None
        self._turn = AS_IT_IS
        self._has_told_length = False
        self._damaged = 0

    def run(self) -> None:
        """Send every wanted picture, then the end; a file played live has none."""
        start_s = self._opening.start_s
        while True:
            played_s, footage = self._play(start_s)
            if not (self._opening.live and self._opening.loops) or played_s <= 0:
                break
            self._shift_s += played_s
            start_s = 0.0
        said = msgspec.json.encode(footage)
        self._out.write(HEADER.pack(END, 0.0, UNKNOWN, len(said), 0, 0) + said)
        self._out.flush()

    def _play(self, start_s: float) -> tuple[float, Footage]:
        """Play once; return how long that was on the clock of the pictures, in seconds, and what came of it.

        A video without a single picture is left for the next one of the same film; ValueError when no video
        has any.
        """
        choice = 0
        while True:
            reader = Reader(self._opening, choice, self._tell_alive)
            last_s = None
            for picture in reader.read():
                self._tell_length(reader.length_s)
                self._turn = turn_of(picture.frame, self._turn)
                if picture.t_s >= start_s:
                    last_s = picture.t_s - start_s
                    self._offer(picture._replace(t_s=last_s + self._shift_s), reader.damaged)
            choice += 1
            if reader.pictures:
                break
            if choice >= reader.videos:
                raise ValueError("; ".join([NOTHING, *reader.footage.notes()]))
        self._damaged += reader.damaged
        return 0.0 if last_s is None else last_s + reader.step_s, reader.footage

    def _offer(self, picture: Picture, damaged: int) -> None:
        t_s, fps = picture.t_s, self._opening.fps
        if t_s < self._due_s - EARLY_S:
            return
        self._due_s = max(self._due_s, t_s - 1 / fps) + 1 / fps
        if self._opening.live and self._opening.loops:
            time.sleep(max(0.0, self._began_s + t_s - time.monotonic()))
        check_size(picture.frame.width, picture.frame.height)  # it may change in the middle of a stream
        if self._is_watched and not select.select([], [self._out], [], 0)[1]:
            return  # whoever looks at the pictures is late: an old one would make it later still
        image = self._upright(picture)
        height, width = image.shape[:2]
        self._out.write(HEADER.pack(FRAME, t_s, picture.clock_off_s, width, height, self._damaged + damaged))
        self._out.write(np.ascontiguousarray(image).data)
        self._out.flush()
        self._wrote_s = time.monotonic()

    def _upright(self, picture: Picture) -> Image:
        """Return a picture as BGR, upright, in true proportions, all of one source of one size."""
        width, height = self._size or self._size_of(picture)
        self._size = (width, height)
        if self._turn.swap:
            width, height = height, width
        image = np.asarray(picture.frame.to_ndarray(format="bgr24", width=width, height=height), np.uint8)
        return turned(image, self._turn)

    def _size_of(self, picture: Picture) -> tuple[int, int]:
        """Return the size to show a picture at, no wider than is asked for."""
        size = true_size(picture.frame.width, picture.frame.height, picture.pixel)
        width, height = reversed(size) if self._turn.swap else size
        shown = min(width, self._opening.width)
        return shown, max(1, round(height * shown / width))

    def _tell_length(self, length_s: float | None) -> None:
        if not self._has_told_length:
            self._has_told_length = True
            self._out.write(HEADER.pack(LENGTH, UNKNOWN if length_s is None else length_s, UNKNOWN, 0, 0, 0))

    def _tell_alive(self) -> None:
        if time.monotonic() - self._wrote_s > ALIVE_S:
            self._wrote_s = time.monotonic()
            self._out.write(HEADER.pack(ALIVE, 0.0, UNKNOWN, 0, 0, 0))
            self._out.flush()


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
        out.write(HEADER.pack(ERROR, 0.0, UNKNOWN, len(text), 0, 0) + text)
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
