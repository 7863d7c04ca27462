"""Pictures of a source, from a decoder process that may hang or die without harm."""

import contextlib
import fcntl
import math
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec
import numpy as np

from cctv.sources.base import Frame, Opening, SourceError
from cctv.sources.child import ALIVE, END, ERROR, HEADER, LENGTH
from cctv.sources.footage import Footage
from cctv.sources.stream_choice import LARGEST_SIDE

ROOT = Path(__file__).resolve().parent.parent.parent
PIPE_BYTES = 1 << 20
LONGEST_TEXT = 1 << 16  # bytes of an error or an ending
FIRST_S = 10.0  # a process that starts on a busy machine


class Decoding:
    """One running decoder; iterate for frames, close when done.

    ``footage``: what came of the source, once its frames have ended by themselves; ``length_s``: how long a
    film seems to be, from its first frame on.
    """

    def __init__(self, opening: Opening) -> None:
        """Start the process."""
        self._patience_s, self._stall_s = opening.timeout_s, opening.stall_s
        self._said = tempfile.TemporaryFile()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "cctv.sources.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            cwd=ROOT,
            bufsize=0,
        )
        if self._child.stdin is None or self._child.stdout is None:
            raise SourceError("no pipe to the decoder")
        self._pipe = self._child.stdout.fileno()
        os.set_blocking(self._pipe, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._child.stdin.write(msgspec.json.encode(opening))
        self._child.stdin.close()
        self._extra_s = FIRST_S
        self.footage: Footage | None = None
        self.length_s: float | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the process."""
        self._child.kill()
        self._child.wait()
        if self._child.stdout:
            self._child.stdout.close()
        self._said.close()

    def ended(self) -> Footage:
        """Return what came of the source.

        Raises:
            SourceError: when its frames have not ended.
        """
        if self.footage is None:
            raise SourceError("영상이 끝나지 않음 · the footage has not ended")
        return self.footage

    def __iter__(self) -> Iterator[Frame]:
        """Return itself."""
        return self

    def __next__(self) -> Frame:
        """Return the next frame.

        Raises:
            SourceError: when it cannot be decoded, the process died, or nothing came in time.
        """
        while True:
            kind, t_s, off_s, width, height, damaged = HEADER.unpack(self._read(HEADER.size))
            if kind not in {ALIVE, LENGTH}:
                break
            self._extra_s = 0.0
            if kind == LENGTH and math.isfinite(t_s):
                self.length_s = t_s
        if kind == END:
            self.footage = self._ending(width)
            raise StopIteration
        if kind == ERROR:
            raise SourceError(bytes(self._read(min(width, LONGEST_TEXT))).decode(errors="replace"))
        if not (0 < width <= LARGEST_SIDE and 0 < height <= 2 * LARGEST_SIDE):
            raise SourceError("decoder sent nonsense")
        self._extra_s, self._patience_s = 0.0, self._stall_s
        raw = self._read(width * height * 3)
        image = np.frombuffer(raw, np.uint8).reshape(height, width, 3)
        return Frame(t_s, image, None if math.isnan(off_s) else off_s, damaged)

    def _ending(self, size: int) -> Footage:
        try:
            return msgspec.json.decode(self._read(min(size, LONGEST_TEXT)), type=Footage)
        except msgspec.MsgspecError as error:
            raise SourceError("decoder sent nonsense") from error

    def _read(self, size: int) -> bytearray:
        into, have = bytearray(size), 0
        until_s = time.monotonic() + self._patience_s + self._extra_s
        view = memoryview(into)
        while have < size:
            ready, _, _ = select.select([self._pipe], [], [], max(0.0, until_s - time.monotonic()))
            if not ready:
                raise SourceError(
                    f"{self._patience_s:g}초 동안 화면 없음 · no picture for {self._patience_s:g} s"
                )
            got = os.readv(self._pipe, [view[have:]])
            if not got:
                raise SourceError(self._death())
            have += got
        return into

    def _death(self) -> str:
        code = self._child.wait()
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return f"디코더가 죽음 · the decoder died ({name}): damaged or hostile footage"
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return f"디코더가 끝남 · the decoder ended ({code}): {lines[-1] if lines else 'no reason given'}"


@contextlib.contextmanager
def decoding(opening: Opening) -> Iterator[Decoding]:
    """Frames of an opening, the process surely ended afterwards."""
    with Decoding(opening) as running:
        yield running
